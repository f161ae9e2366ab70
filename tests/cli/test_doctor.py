"""The doctor checks PortOne and our own web, and explains each failure."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from threading import Thread
from wsgiref.types import WSGIApplication

import pytest
from flask import Flask
from werkzeug.serving import make_server

from pitturu import create_app
from pitturu.cli import doctor
from pitturu.config.settings import Settings
from pitturu.extensions import db
from pitturu.services import services_of
from pitturu.store.webhooks import WebhookDelivery
from tests.fake_portone import PortOne
from tests.values import V2_WEBHOOK_SECRET
from tests.waiting import POLL

OTHER = "whsec_YW5vdGhlciBzZWNyZXQgb2YgdGhlIHRlc3Rz"


@contextmanager
def served(application: WSGIApplication) -> Iterator[str]:
    """Any application over HTTP; its address."""
    server = make_server("127.0.0.1", 0, application, threaded=True)
    Thread(target=server.serve_forever, args=[POLL], daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.fixture
def web(app: Flask) -> Iterator[str]:
    """The shop's own web, over HTTP."""
    with served(app) as url:
        yield url


def reported(settings: Settings) -> dict[str, doctor.Line]:
    """The doctor's results by check."""
    app = create_app(settings)
    found = {line.what: line for line in doctor.examine(settings, services_of(app).open_gateway)}
    with app.app_context():
        db.engine.dispose()
    return found


def test_everything_is_ok(app: Flask, settings: Settings, web: str) -> None:
    found = reported(replace(settings, public_url=web))

    assert {what: line.words for what, line in found.items() if not line.well} == {}
    assert list(found) == ["PortOne V1", "V1 virtual accounts", "PortOne V2", "V2 webhook secret 1", "Channels"]
    with app.app_context():
        (kept,) = db.session.query(WebhookDelivery)
    assert (kept.event_status, kept.state, kept.due_at) == (doctor.TYPE, "ignored", None)


@pytest.mark.parametrize(
    ("name", "what", "words"),
    [
        ("portone_api_secret", "PortOne V1", "check PORTONE_API_KEY and PORTONE_API_SECRET"),
        ("portone_v2_api_secret", "PortOne V2", "Check PORTONE_V2_API_SECRET"),
    ],
)
def test_wrong_keys(app: Flask, settings: Settings, web: str, name: str, what: str, words: str) -> None:
    line = reported(replace(settings, public_url=web, **{name: "wrong"}))[what]

    assert not line.well
    assert words in line.words


@pytest.mark.parametrize(
    ("changes", "well", "words"),
    [
        ({}, False, "Set PORTONE_INICIS_API_KEY"),
        ({"portone_inicis_api_key": "set"}, True, "PORTONE_INICIS_API_KEY is set"),
        ({"portone_pg": "kcp"}, True, "go through kcp"),
        ({"portone_channels": (("vbank", "channel-key-inicis"),)}, False, "Set PORTONE_INICIS_API_KEY"),
        ({"portone_channels": (("vbank", "channel-key-tosspayments"),)}, True, "go through tosspayments"),
        ({"portone_channels": (("vbank", "channel-key-of-nobody"),)}, True, "if it is KG Inicis"),
    ],
)
def test_whether_virtual_accounts_can_be_withdrawn(
    app: Flask, settings: Settings, changes: dict[str, object], well: bool, words: str
) -> None:
    """PortOne returns the PG of a channel key."""
    line = reported(replace(settings, **{"portone_inicis_api_key": "", **changes}))["V1 virtual accounts"]

    assert line.well is well
    assert words in line.words


def test_keys_are_tried_although_a_token_lives(app: Flask, settings: Settings, portone: PortOne) -> None:
    """What workers with the right keys left in Redis must not hide that these are wrong."""
    reported(settings)
    assert not reported(replace(settings, portone_api_secret="wrong"))["PortOne V1"].well


def test_portone_cannot_be_reached(app: Flask, settings: Settings) -> None:
    found = reported(replace(settings, portone_base_url="http://127.0.0.1:1", portone_v2_base_url="http://127.0.0.1:1"))

    for what in ("PortOne V1", "PortOne V2"):
        assert "cannot be reached" in found[what].words
        assert "http://127.0.0.1:1" in found[what].words


def test_a_generation_that_is_not_set_up_is_no_error(app: Flask, settings: Settings) -> None:
    found = reported(replace(settings, portone_v2_api_secret=""))

    assert found["PortOne V2"].well
    assert "V2 webhook secret 1" not in found


def test_the_web_runs_with_other_secrets(app: Flask, settings: Settings, web: str) -> None:
    found = reported(replace(settings, public_url=web, portone_v2_webhook_secrets=(V2_WEBHOOK_SECRET, OTHER)))

    assert found["V2 webhook secret 1"].well
    assert "runs with other secrets" in found["V2 webhook secret 2"].words


@pytest.mark.parametrize(("url", "words"), [("", "PUBLIC_URL is not set"), ("http://127.0.0.1:1", "cannot be reached")])
def test_the_web_cannot_be_reached(app: Flask, settings: Settings, url: str, words: str) -> None:
    line = reported(replace(settings, public_url=url))["V2 webhook secret 1"]

    assert not line.well
    assert words in line.words


def test_another_service_answers(app: Flask, settings: Settings, portone: PortOne) -> None:
    line = reported(replace(settings, public_url=portone.url))["V2 webhook secret 1"]

    assert "answers 404 to a signed webhook" in line.words


def test_the_address_accepts_forged_webhooks(app: Flask, settings: Settings) -> None:
    """A service that accepts everything is not our web."""
    with served(lambda _environ, start: (start("200 OK", []), [b"{}"])[1]) as url:
        line = reported(replace(settings, public_url=url))["V2 webhook secret 1"]

    assert not line.well
    assert "accepts forged webhooks" in line.words


@pytest.mark.parametrize(("secret", "status"), [("", 0), ("wrong", 1)])
def test_the_command_ends_with_a_status(app: Flask, settings: Settings, web: str, secret: str, status: int) -> None:
    changes = {"portone_v2_api_secret": secret} if secret else {}
    shop = create_app(replace(settings, public_url=web, **changes))

    result = shop.test_cli_runner().invoke(args=["pitturu", "doctor"])

    assert result.exit_code == status, result.output
    assert ("FAIL PortOne V2" in result.output) == bool(status)
    assert "ok   PortOne V1" in result.output
