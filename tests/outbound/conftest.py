"""A shop that sends alerts to a webhook in Slack's format and to a mail server, both real servers on this machine."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from flask import Flask

from pitturu import create_app
from pitturu.config.settings import Settings
from pitturu.extensions import db
from tests.fake_portone import PortOne
from tests.outbound.mail_server import ANSWER, MailServer, mail_server
from tests.portone.faulty_server import FaultyServer, http, says
from tests.shop import Shop

KIM = "kim@example.com"


@dataclass
class Receivers:
    """Slack and the mail server. A test changes `slack.behaviour`, `mail.on_rcpt` or `mail.on_data`."""

    slack: FaultyServer
    mail: MailServer

    def reset(self) -> None:
        """Both work, and have received nothing."""
        self.slack.behaviour = says(http(b"ok"))
        self.mail.on_rcpt, self.mail.on_data = "250 ok", ANSWER
        self.slack.requests.clear()
        self.mail.mails.clear()
        self.slack.connections = 0

    @property
    def posted(self) -> list[str]:
        """The texts that Slack received."""
        return [str(request.json()["text"]) for request in self.slack.requests]

    @property
    def subjects(self) -> list[str]:
        """The subjects of the mails that the mail server took."""
        return [mail["Subject"] for mail in self.mail.mails]


@pytest.fixture(scope="package")
def servers() -> Iterator[Receivers]:
    """Both servers, for all tests of this folder."""
    with FaultyServer(says(http(b"ok"))) as slack, mail_server() as mail:
        yield Receivers(slack, mail)


@pytest.fixture
def receivers(servers: Receivers) -> Receivers:
    """Both servers, which work and have received nothing."""
    servers.reset()
    return servers


@pytest.fixture(scope="package")
def notifying(settings: Settings, servers: Receivers) -> Settings:
    """Settings with both recipients."""
    return replace(
        settings,
        public_url="https://pay.example.com",
        alert_slack_url=f"{servers.slack.url}/services/secret",
        alert_emails=(KIM,),
        smtp_url=servers.mail.url,
        mail_from="pitturu@example.com",
    )


@pytest.fixture(scope="package")
def notifying_app(notifying: Settings) -> Iterator[Flask]:
    """The app with these settings."""
    made = create_app(notifying)
    yield made
    with made.app_context():
        db.engine.dispose()


@pytest.fixture
def shop(app: Flask, notifying_app: Flask, portone: PortOne) -> Shop:
    """A shop with these settings and empty tables."""
    return Shop(notifying_app, portone)
