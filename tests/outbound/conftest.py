"""A shop that sends alerts to a webhook in Slack's format and to a mail server, both real servers on this machine."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask

from pitturu import create_app
from pitturu.config.settings import Settings
from pitturu.extensions import db
from tests.fake_portone import PortOne
from tests.outbound.evaluator import Evaluator, Gauge
from tests.outbound.mail_server import mail_server
from tests.outbound.receivers import KIM, Receivers
from tests.portone.faulty_server import FaultyServer, http, says
from tests.shop import Shop


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


@pytest.fixture
def system() -> Iterator[FaultyServer]:
    """A system of the shop that takes events."""
    with FaultyServer(says(http(b"ok"))) as server:
        yield server


@pytest.fixture
def gauge() -> Gauge:
    return Gauge()


@pytest.fixture
def evaluator(shop: Shop, notifying: Settings, gauge: Gauge, turn: Callable[[timedelta], None]) -> Evaluator:
    """Of the rule of `gauge`, which is raised at once and ends at once."""
    return Evaluator(shop, notifying, turn, [replace(gauge.rule, quiet=timedelta())])
