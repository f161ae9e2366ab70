"""Validation of the settings of messages to people: Slack's webhook, addresses, the mail server.

Each problem is one line that says what to do, and repeats no secret.
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from pitturu.config import urls

if TYPE_CHECKING:
    from pitturu.config.settings import Settings

LONGEST_ADDRESS: Final = 254
"""Characters of an e-mail address (RFC 5321)."""

_ADDRESS: Final = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")
"""An address without quotes, comments or display name, as HTML's input fields accept it: nothing in it can end a header
or a command."""


def about(settings: "Settings") -> Iterator[str]:
    """What cannot work is reported at startup, not when the first alert is to be sent."""
    yield from _slack(settings.alert_slack_url)
    for address in settings.alert_emails:
        if not is_address(address):
            yield f"ALERT_EMAILS: {address[:80]!r} is no address like kim@example.com."
    if settings.mail_from and not is_address(settings.mail_from):
        yield "MAIL_FROM must be an address like pitturu@example.com, without a name."
    if settings.smtp_url:
        try:
            urls.smtp(settings.smtp_url)
        except ValueError as problem:
            yield f"SMTP_URL cannot be used: {problem}."
    for name in ("smtp_url", "mail_from"):
        if settings.alert_emails and not getattr(settings, name):
            yield f"{name.upper()} is not set: ALERT_EMAILS needs it. Set both, or leave ALERT_EMAILS empty."


def readable(settings: "Settings") -> Iterator[str]:
    """What production refuses: connections that others can read, with passwords and what is wrong in the shop."""
    if settings.alert_slack_url.startswith("http://"):
        yield "ALERT_SLACK_URL must be https:// in production: whoever reads it can post there."
    try:
        server = urls.smtp(settings.smtp_url) if settings.smtp_url else None
    except ValueError:
        return  # Reported in every environment.
    if server is not None and server.tls == "none" and urls.is_remote(server.host):
        yield "SMTP_URL must use TLS in production, since its host is remote: smtps://, or smtp:// without ?tls=none."


def is_address(text: str) -> bool:
    """Whether this is one plain e-mail address."""
    return len(text) <= LONGEST_ADDRESS and _ADDRESS.fullmatch(text) is not None


def _slack(url: str) -> Iterator[str]:
    if url and urls.web_host(url) is None:
        yield "ALERT_SLACK_URL must be like https://hooks.slack.com/services/..., without a user in it: copy it anew."
