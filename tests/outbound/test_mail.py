"""Mail over SMTP, to a real server: what arrives, over which connections, and what each failure means."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pitturu.domain.errors import GatewayError, Reaction
from pitturu.outbound import mail
from pitturu.outbound.message import Message
from pitturu.store.outbound import Channel
from tests.outbound.mail_server import ANSWER, PASSWORD, USER, hanging_server, mail_server
from tests.values import settings_for

pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")

WHOM = "kim@example.com"


def message(subject: str = "Work waits", text: str = "일이 밀려 있습니다.", to: str = WHOM) -> Message:
    created = datetime(2026, 11, 29, 1, 2, 3, tzinfo=UTC)
    return Message("msg123", Channel.EMAIL, created, to, {"subject": subject, "text": text})


def send(url: str, what: Message | None = None) -> str:
    return mail.send(settings_for(smtp_url=url, mail_from=USER, alert_emails=(WHOM,)), what or message())


def refused(url: str, what: Message | None = None) -> GatewayError:
    with pytest.raises(GatewayError) as caught:
        send(url, what)
    return caught.value


def test_what_arrives() -> None:
    with mail_server() as server:
        assert send(server.url) == ANSWER
    (arrived,), (envelope,) = server.mails, server.envelopes
    assert (envelope.mail_from, envelope.rcpt_tos) == (USER, [WHOM])
    assert {name: arrived[name] for name in ("From", "To", "Subject", "Message-ID", "Date", "Auto-Submitted")} == {
        "From": USER,
        "To": WHOM,
        "Subject": "Work waits",
        "Message-ID": "<msg123@example.com>",
        "Date": "Sun, 29 Nov 2026 01:02:03 +0000",
        "Auto-Submitted": "auto-generated",
    }
    assert arrived.get_content().strip() == "일이 밀려 있습니다."


def test_nothing_in_a_subject_becomes_a_header_or_a_recipient() -> None:
    with mail_server() as server:
        send(server.url, message("one\r\nBcc: thief@example.com\r\n\r\nbody\x00"))
        send(server.url, message(text="before\r\n.\r\nRCPT TO:<thief@example.com>\r\n"))
    first, second = server.mails
    assert first["Subject"].split() == ["one", "Bcc:", "thief@example.com", "body"]
    assert first["Bcc"] is None
    assert "RCPT TO:<thief@example.com>" in second.get_content()
    assert {tuple(envelope.rcpt_tos) for envelope in server.envelopes} == {(WHOM,)}


def test_a_mail_with_html_and_a_name_has_both_forms_and_no_other_header() -> None:
    content = {"subject": "결제", "text": "글", "html": "<p>글</p>", "sender": '가게, "x"\r\nBcc: thief@example.com'}
    with mail_server() as server:
        send(server.url, replace(message(), content=content))
    (arrived,), (envelope,) = server.mails, server.envelopes
    assert [part.get_content().strip() for part in arrived.iter_parts()] == ["글", "<p>글</p>"]
    (address,) = arrived["From"].addresses
    assert (address.display_name, address.addr_spec) == ('가게, "x" Bcc: thief@example.com', USER)
    assert (arrived["Bcc"], envelope.rcpt_tos) == (None, [WHOM])


@pytest.mark.parametrize("to", ["kim@example.com>\r\nRCPT TO:<thief@example.com", "no address", "", "a b@example.com"])
def test_a_recipient_that_is_no_address_is_never_sent_to(to: str) -> None:
    with mail_server() as server:
        assert refused(server.url, message(to=to)).reaction is Reaction.STOP
    assert server.mails == []


@pytest.mark.parametrize("smtps", [True, False])
def test_tls_and_login(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, smtps: bool) -> None:
    with mail_server(tmp_path, smtps=smtps, login=True) as server:
        assert refused(server.url).reaction is Reaction.TRY_AGAIN, "its certificate is not trusted yet"
        assert server.mails == []
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "certificate.pem"))
        assert send(server.url) == ANSWER
        wrong = refused(server.url.replace("mail%23", "wrong%23"))
    assert wrong.reaction is Reaction.CALL_HUMAN
    assert wrong.message.startswith("The mail server refused us (535")
    assert len(server.mails) == 1


def test_without_tls_nothing_is_sent_to_a_server_that_has_none() -> None:
    """Somebody between us and the server can hide that it offers STARTTLS."""
    with mail_server(login=True) as server:
        error = refused(server.url.removesuffix("?tls=none"))
    assert (error.reaction, server.mails) == (Reaction.TRY_AGAIN, [])
    assert "SMTPNotSupportedError" in error.message


@pytest.mark.parametrize(
    ("step", "answer", "reaction"),
    [
        ("on_rcpt", "450 4.2.1 greylisted, come back", Reaction.TRY_AGAIN),
        ("on_rcpt", "550 5.1.1 no such user", Reaction.STOP),
        ("on_data", "451 4.3.0 local error", Reaction.TRY_AGAIN),
        ("on_data", "554 5.7.1 spam", Reaction.STOP),
    ],
)
def test_refusals(step: str, answer: str, reaction: Reaction) -> None:
    with mail_server() as server:
        setattr(server, step, answer)
        error = refused(server.url)
    assert (error.reaction, server.mails) == (reaction, [])
    assert answer in error.message


def test_a_refusal_repeats_neither_addresses_nor_the_password() -> None:
    """It is shown to operators, and logged when the message is replayed."""
    with mail_server(login=True) as server:
        server.on_rcpt = f"550 <{WHOM}>: {PASSWORD} of {USER} refused"
        error = refused(server.url)
    assert not any(secret in f"{error} {error.message}" for secret in (WHOM, PASSWORD, USER))
    assert error.message.startswith("The mail server refused the mail for good (550 <(address)>: *** of ")


def test_a_lost_answer_is_tried_again_with_the_same_message_id() -> None:
    with mail_server() as server:
        server.on_data = ""
        assert refused(server.url).reaction is Reaction.TRY_AGAIN
        server.on_data = ANSWER
        send(server.url)
    assert [one["Message-ID"] for one in server.mails] == ["<msg123@example.com>"] * 2


@pytest.mark.parametrize("greeting", [b"", b"2", b"220-more\r\n" * 1000])
def test_a_server_that_hangs_or_never_stops_is_left(monkeypatch: pytest.MonkeyPatch, greeting: bytes) -> None:
    """It says nothing, or one byte after the other, or lines without an end."""
    monkeypatch.setattr(mail, "WHOLE", 1.0)
    with hanging_server(greeting) as url:
        assert refused(url).reaction is Reaction.TRY_AGAIN


def test_nobody_listens() -> None:
    assert refused("smtp://127.0.0.1:1?tls=none").reaction is Reaction.TRY_AGAIN


def test_secrets_are_in_no_representation() -> None:
    assert WHOM not in repr(message())
    with mail_server(login=True) as server:
        pass
    error = refused(server.url)
    assert PASSWORD not in f"{error!r} {error.message}"
    assert (error.__cause__, error.__suppress_context__) == (None, True)


def test_settings_that_are_missing_are_named() -> None:
    assert "SMTP_URL" in refused("").message
