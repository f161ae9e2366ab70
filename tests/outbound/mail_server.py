"""A mail server that tests send to: it keeps every mail, and refuses, hangs or loses its answer when a test says so."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from devstack.ports import free_port
from tests.untrusted_server import self_signed

USER, PASSWORD = "pitturu@example.com", "mail#password"
ANSWER = "250 2.0.0 accepted by the tests"


@dataclass
class MailServer:
    """`mails` are those that it took. `on_rcpt` and `on_data` are its answers; "" for `on_data` keeps the mail, and
    breaks the connection instead of answering."""

    url: str = ""
    mails: list[EmailMessage] = field(default_factory=list)
    envelopes: list[Envelope] = field(default_factory=list)
    on_rcpt: str = "250 ok"
    on_data: str = ANSWER

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's names.
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.on_rcpt.startswith("2"):
            envelope.rcpt_tos.append(address)
        return self.on_rcpt

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.on_data and not self.on_data.startswith("2"):
            return self.on_data
        self.envelopes.append(envelope)
        assert isinstance(envelope.content, bytes)
        self.mails.append(message_from_bytes(envelope.content, policy=default))  # type: ignore[arg-type]
        if not self.on_data:
            server.transport.abort()
        return self.on_data


def authenticate(_server: Any, _session: Any, _envelope: Any, _mechanism: Any, given: Any) -> AuthResult:
    right = isinstance(given, LoginPassword) and (given.login, given.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=right, handled=False)


@contextmanager
def mail_server(
    certificate: Path | None = None, *, smtps: bool = False, login: bool = False, port: int | None = None
) -> Iterator[MailServer]:
    """A mail server, on a port of its own unless one is given. With a directory for its certificate it demands
    STARTTLS, or with `smtps` TLS from the first byte."""
    handler, port, tls = MailServer(), port or free_port(), None
    if certificate is not None:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        key, chain = self_signed(certificate)
        tls.load_cert_chain(chain, key)
    options: dict[str, Any] = {"auth_required": True, "authenticator": authenticate} if login else {}
    options |= {"auth_require_tls": False} if tls is None or smtps else {}
    if tls is not None:
        options |= {"ssl_context": tls} if smtps else {"tls_context": tls, "require_starttls": True}
    controller = Controller(handler, hostname="127.0.0.1", port=port, **options)
    host = "127.0.0.1" if tls is None else "localhost"
    user = f"{USER.replace('@', '%40')}:{PASSWORD.replace('#', '%23')}@" if login else ""
    handler.url = f"{'smtps' if smtps else 'smtp'}://{user}{host}:{port}{'?tls=none' if tls is None else ''}"
    controller.start()
    try:
        yield handler
    finally:
        controller.stop()


@contextmanager
def hanging_server(greeting: bytes = b"") -> Iterator[str]:
    """The URL of a server that says this much, byte after byte without an end, or accepts and says nothing."""
    closing = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            sock, _ = listener.accept()
            with sock:
                while not closing.wait(0.01):
                    try:
                        sock.sendall(greeting)
                    except OSError:
                        return

        serving = threading.Thread(target=serve, daemon=True)
        serving.start()
        try:
            yield f"smtp://127.0.0.1:{listener.getsockname()[1]}?tls=none"
        finally:
            closing.set()
            serving.join(20)
