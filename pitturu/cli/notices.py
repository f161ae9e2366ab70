"""`flask pitturu notices ...`: what buyers read, and whether it arrives."""

import click
from flask.cli import AppGroup

from pitturu.cli import terminal
from pitturu.config.settings import Settings
from pitturu.domain import ids
from pitturu.domain.errors import GatewayError
from pitturu.domain.languages import Language
from pitturu.domain.notices import NoticeKind, NoticeWay
from pitturu.domain.operator_actions import OperatorAction
from pitturu.notices import facts, templates
from pitturu.outbound import buyer_notices, deliver_notices
from pitturu.services import services
from pitturu.store import operator_log
from pitturu.store.unit_of_work import unit_of_work

group = AppGroup("notices", help="Notices to buyers: what they say, and whether they arrive.")

_kind = click.argument("kind", type=click.Choice([one.value for one in NoticeKind]))
_language = click.option(
    "--language", type=click.Choice([one.value for one in Language]), default="ko", show_default=True
)
_channel = click.option(
    "--channel", type=click.Choice([one.value for one in NoticeWay]), default="email", show_default=True
)


@group.command("preview")
@_kind
@_language
@_channel
@click.option("--html", is_flag=True, help="The HTML of a mail in place of its text.")
def preview(kind: str, language: str, channel: str, html: bool) -> None:
    """Show what a buyer reads, for an example of an order. Sends nothing."""
    _, text = buyer_notices.render(_settings(), NoticeWay(channel), _example(kind, language))
    if html:
        click.echo(text.html)
        return
    click.echo(f"{text.subject}\n\n{text.text}")


@group.command("test")
@_kind
@click.argument("recipient")
@_language
@_channel
def send_test(kind: str, recipient: str, language: str, channel: str) -> None:
    """Send an example to RECIPIENT, an e-mail address or, by webhook, a telephone number. Exits with 1 if refused.

    It goes out now and without a worker.
    """
    settings, way = _settings(), NoticeWay(channel)
    if way is NoticeWay.WEBHOOK and not (settings.notice_webhook_url and settings.notice_webhook_secrets):
        raise click.ClickException("Set NOTICE_WEBHOOK_URL and NOTICE_WEBHOOK_SECRETS first.")
    message = deliver_notices.example(settings, _example(kind, language), way, recipient, ids.new("msg"))
    with unit_of_work() as work:
        operator_log.write(work, terminal.operator(), OperatorAction.TEST_NOTICES, detail=f"{kind} by {channel}")
    try:
        answer = deliver_notices.send(settings, way, message)
    except GatewayError as error:
        raise click.ClickException(error.message) from None
    click.echo(f"Accepted ({answer}): look whether it arrives.")


def _example(kind: str, language: str) -> facts.NoticeFacts:
    return facts.examples(NoticeKind(kind), language)[0]


def _settings() -> Settings:
    """The settings. While NOTICES is empty, templates are not checked at startup, so they are here."""
    settings = services().settings
    try:
        templates.load(settings.notice_templates)
    except templates.BadTemplates as bad:
        raise click.ClickException("\n".join(f"NOTICE_TEMPLATES: {one}." for one in bad.problems)) from None
    return settings
