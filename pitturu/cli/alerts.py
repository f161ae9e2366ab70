"""`flask pitturu alerts test`: whether alerts reach people."""

from typing import Final

import click
from flask.cli import AppGroup

from pitturu.cli import terminal
from pitturu.domain import clock, ids
from pitturu.domain.errors import GatewayError
from pitturu.domain.operator_actions import OperatorAction
from pitturu.outbound import alert_notices
from pitturu.outbound.message import Message
from pitturu.outbound.senders import SENDERS
from pitturu.services import services
from pitturu.store import operator_log
from pitturu.store.outbound import Channel
from pitturu.store.unit_of_work import unit_of_work

LOOK_AT: Final = {
    Channel.SLACK: "look for it in the channel that the webhook ALERT_SLACK_URL belongs to",
    Channel.EMAIL: "look for it in the mailbox, and among its spam",
}

alerts = AppGroup("alerts", help="Alerts to people.")


@alerts.command("test")
def send_test() -> None:
    """Send a test message to every recipient of alerts, now and without a worker. Exits with 1 when one is refused."""
    settings = services().settings
    everybody = list(alert_notices.recipients(settings))
    if not everybody:
        raise click.ClickException(
            "Nobody is notified of alerts: set ALERT_SLACK_URL, or ALERT_EMAILS, SMTP_URL and MAIL_FROM."
        )
    with unit_of_work() as work:
        detail = f"{len(everybody)} messages"
        operator_log.write(work, terminal.operator(), OperatorAction.TEST_ALERTS, detail=detail)
    sent = [_send(channel, destination) for channel, destination in everybody]
    if not all(sent):
        raise click.exceptions.Exit(1)


def _send(channel: Channel, destination: str) -> bool:
    """Send one and say how it went. It is no row: a refused test is not to be repeated, nor to be an alert itself."""
    settings, name = services().settings, f"{channel} {destination}".strip()
    notice = alert_notices.test(settings)
    content = {"subject": notice.subject, "text": notice.text}
    message = Message(ids.new("msg"), channel, clock.now(), destination, content)
    try:
        answer = SENDERS[channel](settings, message)
    except GatewayError as error:
        click.echo(f"FAIL {name}: {error.message}", err=True)
        return False
    click.echo(f"ok   {name}: {answer}; {LOOK_AT[channel]}")
    return True
