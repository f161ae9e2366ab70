"""Incoming webhooks in Slack's format: what is posted, and what each answer or silence means."""

import logging
from datetime import UTC, datetime, timedelta

import pytest

from pitturu.domain.errors import GatewayError, Reaction
from pitturu.outbound import slack
from pitturu.outbound.message import Message, Notice
from pitturu.store.outbound import Channel
from tests.portone.faulty_server import Behaviour, FaultyServer, Peer, http, says
from tests.untrusted_server import untrusted_server
from tests.values import settings_for

SECRET = "/services/T000/B000/a-secret-of-the-webhook"


def message(subject: str = "Work waits", text: str = "Start workers.") -> Message:
    return Message("msg123", Channel.SLACK, datetime.now(UTC), "", {"subject": subject, "text": text})


def send(url: str, what: Message | None = None) -> str:
    return slack.send(settings_for(alert_slack_url=url + SECRET), what or message())


def refused(behaviour: Behaviour) -> GatewayError:
    with FaultyServer(behaviour) as server, pytest.raises(GatewayError) as caught:
        send(server.url)
    return caught.value


def test_what_is_posted() -> None:
    with FaultyServer(says(http(b"ok"))) as server:
        assert send(server.url) == "200 ok"
    (request,) = server.requests
    assert (request.method, request.target) == ("POST", SECRET)
    assert request.headers["content-type"] == "application/json"
    assert request.json() == {"text": "*Work waits*\nStart workers."}


def test_no_text_mentions_a_channel_or_forges_a_link() -> None:
    text = slack.render(Notice("<!channel> & you", "see <https://thief.example|our shop>"))
    assert text == "*&lt;!channel&gt; &amp; you*\nsee &lt;https://thief.example|our shop&gt;"


def test_a_long_text_is_cut() -> None:
    assert len(slack.render(Notice("long", "x" * 50_000))) == slack.LONGEST_TEXT


@pytest.mark.parametrize(
    ("status", "reaction"),
    [
        (400, Reaction.STOP),
        (403, Reaction.CALL_HUMAN),
        (404, Reaction.CALL_HUMAN),
        (410, Reaction.CALL_HUMAN),
        (302, Reaction.CALL_HUMAN),
        (408, Reaction.TRY_AGAIN),
        (429, Reaction.TRY_AGAIN),
        (500, Reaction.TRY_AGAIN),
        (503, Reaction.TRY_AGAIN),
    ],
)
def test_refusals(status: int, reaction: Reaction) -> None:
    error = refused(says(http(b"no_service\n\x00\x1b[31m", status)))
    assert error.reaction is reaction
    assert f"(HTTP {status}: no_service" in error.message
    assert error.message.isprintable()


def test_it_waits_for_as_long_as_it_is_asked_to() -> None:
    error = refused(says(http(b"", 429, "Retry-After: 30")))
    assert (error.reaction, error.retry_after) == (Reaction.TRY_AGAIN, timedelta(seconds=30))
    assert refused(says(http(b"", 429, "Retry-After: 99999999"))).retry_after == timedelta(hours=1)


def test_no_redirect_is_followed() -> None:
    """A redirect would carry what is wrong in the shop to another server."""
    with FaultyServer(says(http(b"ok"))) as elsewhere:
        error = refused(says(http(b"", 302, f"Location: {elsewhere.url}/")))
    assert (error.reaction, elsewhere.requests) == (Reaction.CALL_HUMAN, [])


def endless(peer: Peer) -> None:
    peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n" + b"x" * 10_000)
    peer.closing.wait(20)


def test_of_an_endless_answer_the_beginning_is_read() -> None:
    with FaultyServer(endless) as server:
        assert send(server.url) == f"200 {'x' * 100}"


@pytest.mark.parametrize(
    "behaviour",
    [
        lambda peer: peer.closing.wait(20),
        lambda peer: peer.drip(b"HTTP/1.1 200 OK\r\n" + b"X-Slow: yes\r\n" * 1000),
        lambda peer: peer.reset(),
        lambda peer: peer.send(b"220 smtp here\r\n"),
    ],
)
def test_no_answer_is_tried_again(monkeypatch: pytest.MonkeyPatch, behaviour: Behaviour) -> None:
    monkeypatch.setattr(slack, "WHOLE", 0.5)
    assert refused(behaviour).reaction is Reaction.TRY_AGAIN


def test_the_address_is_in_no_error_line_or_representation(caplog: pytest.LogCaptureFixture) -> None:
    """Whoever knows it can post in the shop's channel."""
    caplog.set_level(logging.INFO)
    errors = [refused(lambda peer: peer.reset()), refused(says(http(b"", 404)))]
    for url in ("http://127.0.0.1:1", "http://[bad", "http://a..b", "http://x y"):
        with pytest.raises(GatewayError) as caught:
            send(url)
        errors.append(caught.value)
    for error in errors:
        assert SECRET not in f"{error!r} {error.message}"
        assert (error.__cause__, error.__context__) == (None, None)
    assert SECRET not in caplog.text
    assert SECRET not in repr(settings_for(alert_slack_url=SECRET))


def test_a_receiver_that_repeats_the_address_reveals_nothing() -> None:
    """As servers do with an unknown path, percent-encoded or not."""
    path = "/services/T0001/B0002/s3cr%20t-of-path?token=abcdef123456"
    said = b"Cannot POST /services/T0001/B0002/s3cr%20t-of-path (s3cr t-of-path) token abcdef123456 "
    with FaultyServer(says(http(said, 404))) as server, pytest.raises(GatewayError) as caught:
        slack.send(settings_for(alert_slack_url=server.url + path), message())
    assert "Cannot POST" in caught.value.message
    for secret in ("s3cr", "t-of-path", "abcdef"):
        assert secret not in caught.value.message
    with FaultyServer(says(http(b"x" * 92 + b"s3cr%20t-of-path", 404))) as server, pytest.raises(GatewayError) as cut:
        slack.send(settings_for(alert_slack_url=server.url + path), message())
    assert "s3cr" not in cut.value.message


def test_an_untrusted_certificate_gets_nothing(tmp_path_factory: pytest.TempPathFactory) -> None:
    with untrusted_server(tmp_path_factory.mktemp("tls")) as (port, received), pytest.raises(GatewayError):
        send(f"https://localhost:{port}")
    assert received == []


def test_a_missing_setting_is_named() -> None:
    with pytest.raises(GatewayError, match="ALERT_SLACK_URL is not set"):
        slack.send(settings_for(), message())
