"""Sends a notice as e-mail over SMTP, to one recipient at a time.

If the server's last answer is lost, the mail may have been accepted, and is sent again: both have the same Message-ID,
by which mail programs recognise the second one.
"""

import io
import re
import smtplib
from collections.abc import Callable
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Final

from pitturu import certificates
from pitturu.config import urls
from pitturu.config.notices import is_address
from pitturu.config.settings import Settings
from pitturu.config.urls import SmtpAddress
from pitturu.domain.errors import GatewayError, Reaction
from pitturu.outbound.message import Message, Notice
from pitturu.portone import deadline
from pitturu.portone.http_adapter import BoundedReader, TooLarge

TIMEOUT: Final = 10.0
"""Seconds to connect, and of silence."""

WHOLE: Final = 45.0
"""Seconds of the whole conversation, which has a dozen steps; below the lease."""

LONGEST_SUBJECT: Final = 150

CHECK: Final = "Check SMTP_URL, and that the server lets this machine and user send."

_ADDRESS: Final = re.compile(r"[^\s<>]+@[^\s<>]+")


class _Bounded:
    """Reads replies within the deadline and the size of one answer; smtplib limits neither."""

    file: io.BufferedReader | None

    def getreply(self) -> tuple[int, bytes]:
        """The next reply of the server. Raises TimeoutError and TooLarge besides smtplib's errors."""
        if self.file is None:
            sock = self.sock  # type: ignore[attr-defined] # Of smtplib's class beside this one.
            self.file = io.BufferedReader(BoundedReader(sock.makefile("rb", buffering=0), sock))
        return super().getreply()  # type: ignore[misc,no-any-return]


class _Plain(_Bounded, smtplib.SMTP):
    """A connection without TLS, or with TLS after STARTTLS."""


class _OverTLS(_Bounded, smtplib.SMTP_SSL):
    """A connection with TLS from the first byte."""


def send(settings: Settings, message: Message) -> str:
    """Send it once. Returns the server's answer. Raises GatewayError."""
    if not (settings.smtp_url and settings.mail_from):
        raise GatewayError(
            Reaction.CALL_HUMAN, "SMTP_URL or MAIL_FROM is not set: nothing was sent. Set them, restart."
        )
    if not is_address(message.destination):
        raise GatewayError(Reaction.STOP, "The recipient is no e-mail address. Nothing was sent.")
    server = urls.smtp(settings.smtp_url)
    data = compose(settings.mail_from, message).as_bytes()
    try:
        with deadline.within(WHOLE):
            client = _connected(server, settings.mail_from.rpartition("@")[2])
            try:
                return _submit(client, settings.mail_from, message.destination, data)
            finally:
                # The server has answered: whether it says goodbye does not matter, so nothing is waited for.
                client.close()
    except (OSError, ValueError, TooLarge) as error:  # Those of smtplib are OSErrors.
        raise _explained(error, server) from None


def check(settings: Settings) -> None:
    """Connect and log in, as for a mail, and send none. Raises GatewayError."""
    server = urls.smtp(settings.smtp_url)
    try:
        with deadline.within(WHOLE):
            _connected(server, settings.mail_from.rpartition("@")[2]).close()
    except (OSError, ValueError, TooLarge) as error:
        raise _explained(error, server) from None


def compose(sender: str, message: Message) -> EmailMessage:
    """The mail. Line breaks and control characters of a subject become spaces: nothing can add a header."""
    notice = Notice.of(message.content)
    mail = EmailMessage(policy=SMTP.clone(cte_type="7bit"))
    mail["From"] = Address(_one_line(notice.sender), addr_spec=sender)
    mail["To"], mail["Subject"] = message.destination, _one_line(notice.subject)[:LONGEST_SUBJECT]
    mail["Date"] = format_datetime(message.created_at)
    mail["Message-ID"] = f"<{message.message_id}@{sender.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(notice.text)
    if notice.html:
        mail.add_alternative(notice.html, subtype="html")
    return mail


def _one_line(text: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in text)


def _connected(server: SmtpAddress, us: str) -> smtplib.SMTP:
    """A connection that is ready for a mail: with TLS where the setting demands it, and logged in. `us` is the name
    that we give ourselves: smtplib's own choice may wait for DNS without a limit."""
    where, context = (server.host, server.port, us), certificates.context()
    if server.tls == "smtps":
        client: smtplib.SMTP = _OverTLS(*where, timeout=TIMEOUT, context=context)
    else:
        client = _Plain(*where, timeout=TIMEOUT)
    try:
        if server.tls == "starttls":
            client.starttls(context=context)
        if server.login:
            client.login(server.login["username"], server.login["password"])
        else:
            client.ehlo_or_helo_if_needed()
    except BaseException:
        client.close()
        raise
    return client


def _submit(client: smtplib.SMTP, sender: str, recipient: str, data: bytes) -> str:
    """The answer to the mail. Raises SMTPDataError for the first step that is refused."""
    steps: list[Callable[[], tuple[int, bytes]]] = [
        lambda: client.mail(sender),
        lambda: client.rcpt(recipient),
        lambda: client.data(data),
    ]
    code, text = 0, b""
    for step in steps:
        code, text = step()
        if not 200 <= code < 300:
            raise smtplib.SMTPDataError(code, text)
    return f"{code} {_line(text)}"


def _explained(error: Exception, server: SmtpAddress) -> GatewayError:
    """STOP only where the mail itself is refused for good: a refused login ends when somebody corrects a setting."""
    if not isinstance(error, smtplib.SMTPResponseException):
        kind = type(error).__name__
        return GatewayError(Reaction.TRY_AGAIN, f"The mail server did not take the mail ({kind}). {CHECK}")
    words = _text(error.smtp_error)
    for secret in server.login.values():
        words = words.replace(secret, "***")
    words = _line(words)
    said = f"{error.smtp_code} {words}"
    if isinstance(error, smtplib.SMTPDataError) and error.smtp_code >= 500:
        return GatewayError(Reaction.STOP, f"The mail server refused the mail for good ({said}). Is the address right?")
    if error.smtp_code >= 500:
        return GatewayError(Reaction.CALL_HUMAN, f"The mail server refused us ({said}). {CHECK}")
    return GatewayError(Reaction.TRY_AGAIN, f"The mail server takes no mail now ({said}). It is tried again.")


def _line(text: bytes | str) -> str:
    """What a server said, on one line and without addresses."""
    line = "".join(letter if letter.isprintable() else " " for letter in _text(text)[:500])
    return _ADDRESS.sub("(address)", line)[:150].strip()


def _text(text: bytes | str) -> str:
    return text.decode(errors="replace") if isinstance(text, bytes) else text
