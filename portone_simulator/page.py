"""The console at `/`: the control API as a page with buttons. It does not look like a real payment page."""

from datetime import datetime
from importlib.resources import files
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from werkzeug.wrappers import Response

from portone_simulator.call import Call
from portone_simulator.cancelling import KST
from portone_simulator.faults import KINDS
from portone_simulator.payment import FAILED, READY, Payment
from portone_simulator.routing import Route
from portone_simulator.state import Simulation

SHOWN: Final = 100
"""Payments and webhooks on the page, newest first; the control API has all of them."""
ASSETS: Final = {
    "console.css": "text/css",
    "console.js": "text/javascript",
    "window.css": "text/css",
    "window.js": "text/javascript",
}
POLICY: Final = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; form-action 'none'"

_STATIC: Final = files("portone_simulator") / "static"


def actions(payment: Payment) -> list[tuple[str, str]]:
    """The actions that a payment allows now: the name in the control API, and the label of the button."""
    if payment.status == READY and payment.vbank_num:
        return [("deposit", "입금 Deposit"), ("console-vbank-revoke", "말소 Revoke")]
    if payment.status == READY and payment.behind.window_open:
        yes = ("issue", "계좌 발급 Issue") if payment.pay_method == "vbank" else ("approve", "승인 Approve")
        return [yes, ("decline", "거절 Decline"), ("abandon", "창 닫기 Abandon")]
    if payment.status in (READY, FAILED):
        return [("late-approve", "뒤늦은 승인 Late approve")]
    if payment.received and payment.remaining > 0:
        return [("console-cancel", "취소 Cancel"), ("pg-cancel", "PG 취소 At PG")]
    return []


def console(simulation: Simulation, _call: Call) -> Response:
    """The rendered page."""
    payments = simulation.ledger.payments()
    shown: dict[str, Any] = {
        "now": _time(simulation.clock.now()),
        "offset": int(simulation.clock.offset),
        "settings": simulation.settings.plain() | {"imp_secret": "…"},
        "total": len(payments),
        "payments": [(payment, actions(payment)) for payment in payments[: -SHOWN - 1 : -1]],
        "webhooks": [delivery.plain() for delivery in simulation.webhooks.log()[: -SHOWN - 1 : -1]],
        "faults": simulation.faults.plain(),
        "kinds": KINDS,
        "shown": SHOWN,
    }
    page = _pages().get_template("console.html").render(shown)
    return Response(page, mimetype="text/html", headers={"Content-Security-Policy": POLICY})


def asset(_simulation: Simulation, call: Call) -> Response:
    """Styles and scripts of the console and of the payment window."""
    name = call.path_parts["name"]
    if name not in ASSETS:
        return Response("Not found: the pages here have only their styles and scripts.\n", 404, mimetype="text/plain")
    return Response((_STATIC / name).read_bytes(), mimetype=ASSETS[name])


def _pages() -> Environment:
    pages = Environment(
        loader=PackageLoader("portone_simulator"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    pages.filters["time"] = _time
    pages.filters["won"] = lambda amount: f"{amount:,}"
    return pages


def _time(at: float) -> str:
    return datetime.fromtimestamp(at, KST).strftime("%Y-%m-%d %H:%M:%S") if at else ""


ROUTES: Final = (Route("GET", "/", console), Route("GET", "/assets/<name>", asset))
