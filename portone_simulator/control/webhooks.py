"""The webhook log: resend, release held webhooks, forge."""

from typing import Any, Final

from marshmallow import Schema, validate
from marshmallow import fields as checks

from portone_simulator.answers import Refusal
from portone_simulator.call import Call
from portone_simulator.control.endpoint import Body, Reply, route
from portone_simulator.outgoing import Notification
from portone_simulator.state import Simulation
from portone_simulator.waiting import offload


class ForgerySchema(Schema):
    """A webhook that PortOne never sent; the payload is used as it is."""

    payload = checks.Dict(keys=checks.String(), required=True)
    url = checks.Url(require_tld=False, schemes={"http", "https"})
    format = checks.String(validate=validate.OneOf(["json", "form"]))


class ReleaseSchema(Schema):
    """The order in which held webhooks are sent, one after the other."""

    order = checks.String(load_default="first_come", validate=validate.OneOf(["first_come", "last_come"]))


class PatienceSchema(Schema):
    """Seconds to wait at most."""

    timeout = checks.Float(load_default=10.0, validate=validate.Range(0, 60))


def listed(simulation: Simulation, _call: Call, _body: Body) -> dict[str, Any]:
    """Every delivery in the log, oldest first."""
    return {"webhooks": [delivery.plain() for delivery in simulation.webhooks.log()]}


def resend(simulation: Simulation, call: Call, _body: Body) -> Reply:
    """Send the same webhook again, to the same URL."""
    number = int(call.path_parts["number"])
    delivery = simulation.webhooks.resend(number)
    if delivery is None:
        raise LookupError(f"webhook {number}")
    return Reply(delivery.plain(), 202)


def release(simulation: Simulation, _call: Call, body: Body) -> Reply:
    """Send the held webhooks, out of order if requested."""
    released = simulation.webhooks.release(last_first=body["order"] == "last_come")
    return Reply({"webhooks": [delivery.plain() for delivery in released]}, 202)


def forge(simulation: Simulation, _call: Call, body: Body) -> Reply:
    """Send a forged webhook to the shop."""
    url = body.get("url") or simulation.settings.webhook_url
    if not url:
        raise Refusal("Name a url: no webhook_url is set.", http=400)
    notification = Notification(url, body["payload"], body.get("format", simulation.settings.webhook_format))
    return Reply(simulation.webhooks.send([notification])[0].plain(), 202)


def wait(simulation: Simulation, _call: Call, body: Body) -> dict[str, Any]:
    """Respond when no webhook is due or in progress, or after the timeout."""
    return {"idle": offload(lambda: simulation.webhooks.wait_until_idle(body["timeout"]))}


ROUTES: Final = (
    route("GET", "/webhooks", listed),
    route("POST", "/webhooks/<int:number>/resend", resend),
    route("POST", "/webhooks/release", release, ReleaseSchema),
    route("POST", "/webhooks/forge", forge, ForgerySchema),
    route("POST", "/webhooks/wait", wait, PatienceSchema),
)
