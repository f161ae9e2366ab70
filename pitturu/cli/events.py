"""`flask pitturu events ...`: endpoints of the shop's own systems, and events forwarded to a developer's machine."""

from datetime import datetime
from typing import Final

import click
from flask.cli import AppGroup, ScriptInfo
from marshmallow import ValidationError

from pitturu import logs
from pitturu.api.schemas import event_endpoints as bodies
from pitturu.cli import terminal
from pitturu.cli.event_listener import DatabaseEvents, EventSource, Listener
from pitturu.cli.remote_events import CannotRead, RemoteEvents
from pitturu.domain.errors import GatewayError, Problem
from pitturu.domain.operator_actions import OperatorAction, Thing
from pitturu.domain.shop_events import STORED
from pitturu.outbound import endpoints, webhooks
from pitturu.payments.explanations import clock_time
from pitturu.services import services
from pitturu.store import event_endpoints, operator_log, outbound
from pitturu.store.event_endpoints import EventEndpoint
from pitturu.store.unit_of_work import unit_of_work

TYPES: Final = click.Choice([kind.value for kind in STORED])
NO_SUCH: Final = "No such endpoint. `flask pitturu events endpoints` lists all."
type_option = click.option("--type", "types", multiple=True, type=TYPES, help="Only events of this type; repeatable.")

group = AppGroup("events", help="Events for the shop's own systems.")


@group.command("endpoints")
def list_endpoints() -> None:
    """List where events are sent to, and how that goes."""
    rows = event_endpoints.everything()
    for row in rows:
        click.echo(f"{row.endpoint_id} {row.url}: {_state(row)}\n    events     {', '.join(row.types) or 'all'}")
    if not rows:
        click.echo("Events are sent nowhere. `flask pitturu events add URL` adds an endpoint.")


@group.command("add")
@click.argument("url")
@type_option
@click.option("--description", default="", help="For operators.")
def add_endpoint(url: str, types: tuple[str, ...], description: str) -> None:
    """Send every event from now on to URL. Prints the secret that signs them, this once."""
    operator = terminal.operator()
    body = {"url": url, "types": list(types), "description": description}
    try:
        checked = bodies.NewEndpointSchema().load(body)
        with unit_of_work() as work:
            row, secret = endpoints.create(work, checked["url"], checked["types"], checked["description"], None)
            what = Thing(endpoints.KIND, row.endpoint_id)
            action, detail = OperatorAction.CREATE_EVENT_ENDPOINT, endpoints.whereto(row)
            operator_log.write(work, operator, action, what=what, detail=detail)
            name = row.endpoint_id
    except ValidationError as error:
        problems = [f"{field}: {' '.join(map(str, texts))}" for field, texts in error.messages_dict.items()]
        raise click.ClickException("; ".join(problems)) from error
    except Problem as error:
        raise click.ClickException(error.detail) from error
    click.echo(f"{name} gets every event from now on.\nIts secret, which is not shown again: {secret}")


@group.command("test")
@click.argument("endpoint_id")
def send_test(endpoint_id: str) -> None:
    """Send a test event to an endpoint, now and without a worker. Exits with 1 when it is not taken."""
    row = event_endpoints.by_public_id(endpoint_id)
    if row is None:
        raise click.ClickException(NO_SUCH)
    message = endpoints.test_message(row)
    with unit_of_work() as work:
        what = Thing(endpoints.KIND, endpoint_id)
        operator_log.write(work, terminal.operator(), OperatorAction.TEST_EVENT_ENDPOINT, what=what)
    try:
        answer = webhooks.send(services().settings, message)
    except GatewayError as error:
        raise click.ClickException(f"{endpoint_id}: {error.message}") from error
    click.echo(f"ok   {endpoint_id}: {answer}")


@group.command("resume")
@click.argument("endpoint_id")
def resume(endpoint_id: str) -> None:
    """Send to an endpoint again, beginning with all that it did not take."""
    try:
        with unit_of_work() as work:
            _, resumed = endpoints.resume(work, endpoint_id)
            what = Thing(endpoints.KIND, endpoint_id)
            action = OperatorAction.RESUME_EVENT_ENDPOINT
            operator_log.write(work, terminal.operator(), action, what=what, detail=resumed.summary)
    except Problem as error:
        raise click.ClickException(error.detail) from error
    more = " More are left: run it again when these were sent." if resumed.next else ""
    click.echo(f"{endpoint_id} is enabled. {resumed.count} events are sent again.{more}")


@group.command("deliveries")
@click.argument("endpoint_id")
@click.option("--limit", type=click.IntRange(1, 1000), default=20, help="How many; 20 by default.")
def list_deliveries(endpoint_id: str, limit: int) -> None:
    """List what became of each event, the newest first."""
    if event_endpoints.by_public_id(endpoint_id) is None:
        raise click.ClickException(NO_SUCH)
    for row in outbound.deliveries(endpoint_id, None, None, limit):
        said = row.answer or row.last_error or ""
        click.echo(f"{row.about_id} {row.content['type']:<28} {row.status:<10} {said}".rstrip())


@group.command("replay")
@click.argument("endpoint_id")
@click.argument("event_ids", nargs=-1)
@click.option("--since", type=click.DateTime(["%Y-%m-%dT%H:%M:%S%z"]), help="Every event since: 2026-11-29T13:00:00Z.")
def replay_events(endpoint_id: str, event_ids: tuple[str, ...], since: datetime | None) -> None:
    """Send events to an endpoint again: EVENT_IDS, or all since a moment."""
    if bool(event_ids) == (since is not None):
        raise click.UsageError("Name the events, or use --since.")
    operator, total = terminal.operator(), 0
    with logs.bind(operator.request_id):
        while True:
            replayed = _replay(endpoint_id, event_ids, since)
            total += replayed.count
            with unit_of_work() as work:
                what = Thing(endpoints.KIND, endpoint_id)
                operator_log.write(work, operator, OperatorAction.REPLAY_EVENTS, what=what, detail=replayed.summary)
            if replayed.next is None:
                break
            since = replayed.next
    click.echo(f"{total} events are sent again.")


def _replay(endpoint_id: str, event_ids: tuple[str, ...], since: datetime | None) -> endpoints.Replayed:
    try:
        with unit_of_work() as work:
            if since is not None:
                return endpoints.replay_since(work, endpoint_id, since)
            return endpoints.replay_events(work, endpoint_id, event_ids)
    except Problem as error:
        raise click.ClickException(error.detail) from error


@group.command("listen", with_appcontext=False)
@click.option("--forward-to", "url", required=True, help="Where to post events, e.g. http://127.0.0.1:3000/webhook.")
@click.option(
    "--url", "system", help="The system to read, e.g. https://pay.example.com. Without it: this one's database."
)
@click.option(
    "--key", envvar="PITTURU_API_KEY", help="With --url: an API key with events:read. Better in PITTURU_API_KEY."
)
@click.option("--secret", default=None, help="Signs them (whsec_...). Without it one is made and printed.")
@click.option("--seconds", type=click.FloatRange(0), help="End after this long; without it with Ctrl-C.")
@type_option
@click.pass_context
def listen(
    context: click.Context,
    url: str,
    system: str | None,
    key: str | None,
    secret: str | None,
    seconds: float | None,
    types: tuple[str, ...],
) -> None:
    """Print events as they happen, and post each to a URL, signed. For developers of a shop."""
    if system is None:
        context.with_resource(context.ensure_object(ScriptInfo).load_app().app_context())
    try:
        listener = Listener(url, secret or endpoints.new_secret(), _source(system, key, types), click.echo)
        click.echo(f"Events are posted to {url}. They are signed with {listener.secret}\nCtrl-C ends.")
        listener.run(seconds)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--secret") from error
    except CannotRead as error:
        raise click.ClickException(str(error)) from error


def _source(system: str | None, key: str | None, types: tuple[str, ...]) -> EventSource:
    if system is not None:
        if not key:
            raise click.UsageError("--url needs --key, or PITTURU_API_KEY.")
        return RemoteEvents(system, key, types, click.echo)
    if services().settings.production:
        raise click.ClickException("This is for development. In production, `flask pitturu events add URL`.")
    return DatabaseEvents(types)


def _state(row: EventEndpoint) -> str:
    if row.paused_at is not None:
        return f"paused since {clock_time(row.paused_at)}: {row.paused_reason}"
    return f"failing since {clock_time(row.failing_since)}" if row.failing_since else "enabled"
