"""`flask pitturu alerts test`: a message to each recipient, and what to look at."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from pitturu import create_app
from pitturu.config.settings import Settings
from pitturu.extensions import db
from pitturu.store.outbound import OutboundMessage
from tests.operators import actions
from tests.outbound.mail_server import MailServer, mail_server
from tests.portone.faulty_server import FaultyServer, http, says


@pytest.fixture
def slack() -> Iterator[FaultyServer]:
    with FaultyServer(says(http(b"ok"))) as server:
        yield server


@pytest.fixture
def mail() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


@pytest.fixture
def notifying(app: Flask, settings: Settings, slack: FaultyServer, mail: MailServer) -> Iterator[Flask]:
    """An app with two recipients, over empty tables."""
    recipients: dict[str, Any] = {"alert_slack_url": f"{slack.url}/secret", "alert_emails": ("kim@example.com",)}
    made = create_app(replace(settings, **recipients, smtp_url=mail.url, mail_from="pitturu@example.com"))
    yield made
    with made.app_context():
        db.engine.dispose()


def run(app: Flask) -> Any:
    return app.test_cli_runner().invoke(args=["pitturu", "alerts", "test"])


def test_one_to_each_recipient(notifying: Flask, slack: FaultyServer, mail: MailServer) -> None:
    result = run(notifying)
    assert (result.exit_code, len(slack.requests)) == (0, 1)
    assert [one["Subject"] for one in mail.mails] == ["[pitturu] test: Alerts arrive here"]
    assert "ok   slack: 200 ok; look for it in the channel" in result.output
    assert "ok   email kim@example.com: 250" in result.output
    assert actions(notifying) == ["test_alerts"]


def test_a_refused_one_is_explained_and_not_repeated(notifying: Flask, slack: FaultyServer, mail: MailServer) -> None:
    slack.behaviour = says(http(b"no_service", 404))
    result = run(notifying)
    assert result.exit_code == 1
    assert "FAIL slack: The receiver of alerts refused us (HTTP 404: no_service). Check" in result.output
    assert "/secret" not in result.output
    assert len(mail.mails) == 1, "the others are tried all the same"
    with notifying.app_context():
        assert db.session.scalars(db.select(OutboundMessage)).all() == []


def test_nobody_is_in_the_settings(app: Flask) -> None:
    result = run(app)
    assert result.exit_code == 1
    assert "set ALERT_SLACK_URL" in result.output
