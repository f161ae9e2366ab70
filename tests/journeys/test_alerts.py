"""PortOne refuses our keys, and people are notified: once when it begins, once when it is over."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from pitturu.outbound import alerts
from pitturu.services import services_of
from pitturu.worker import sweep
from tests.journeys.generations import V1_ONLY
from tests.outbound.mail_server import MailServer, mail_server
from tests.portone.faulty_server import FaultyServer, http, says
from tests.shop import Shop

Turn = Callable[[timedelta], None]
MINUTE = timedelta(minutes=1)


@dataclass
class People:
    """Operators with a channel in Slack and a mailbox."""

    slack: FaultyServer
    mail: MailServer

    @property
    def settings(self) -> dict[str, Any]:
        """How they are notified."""
        mail = {"smtp_url": self.mail.url, "mail_from": "pitturu@example.com", "alert_emails": ("kim@example.com",)}
        return {"alert_slack_url": f"{self.slack.url}/services/T0/B0/secret", **mail}

    def read(self) -> tuple[list[str], list[str]]:
        """The first lines of what they got, in Slack and by mail."""
        posted = [str(request.json()["text"]).partition("\n")[0].strip("*") for request in self.slack.requests]
        return posted, [mail["Subject"] for mail in self.mail.mails]


@pytest.fixture
def people() -> Iterator[People]:
    with FaultyServer(says(http(b"ok"))) as slack, mail_server() as mail:
        yield People(slack, mail)


def time_passes(shop: Shop, turn: Turn, times: int, each: timedelta = MINUTE) -> None:
    """Beat and a worker do what they do, so many times."""
    for _ in range(times):
        with shop.engine.transaction():
            sweep.run(())
        shop.drain()
        alerts.evaluate(shop.engine.transaction, services_of(shop.app).settings)
        shop.drain()
        turn(each)


def test_refused_keys_until_they_are_corrected(
    shop: Shop, shop_with: Callable[..., Shop], turn: Turn, people: People
) -> None:
    wrong = {"portone_api_secret": "not the secret", "portone_v2_api_secret": "not the secret"}
    misled, corrected = shop_with(**wrong, **people.settings), shop_with(**people.settings)
    session = shop.open()
    misled.verify(session, shop.pay(session))
    time_passes(misled, turn, 3)
    begun = "[pitturu] critical: PortOne refuses our keys"
    assert people.read() == ([begun], [begun])
    text = people.mail.mails[0].get_content()
    assert f"{shop.generation.upper()} at 20" in text
    assert {"v1": "PORTONE_API_SECRET", "v2": "PORTONE_V2_API_SECRET"}[shop.generation] in text
    assert not any(secret in text for secret in ("not the secret", "김하나", "hana", session["merchant_uid"]))

    time_passes(corrected, turn, 5, each=4 * MINUTE)
    ended = "[pitturu] ended: PortOne refuses our keys"
    assert people.read() == ([begun, ended], [begun, ended])
    assert shop.session(session)["status"] == "paid"


@V1_ONLY
def test_slack_is_unavailable_when_it_happens(
    shop: Shop, shop_with: Callable[..., Shop], turn: Turn, people: People
) -> None:
    """Mail arrives at once, and Slack's message as soon as Slack is back; the alert is raised once all the same."""
    people.slack.behaviour = says(http(b"", 503))
    misled = shop_with(portone_api_secret="wrong", portone_v2_api_secret="wrong", **people.settings)
    session = shop.open()
    misled.verify(session, shop.pay(session))
    time_passes(misled, turn, 1)
    assert len(people.mail.mails) == 1
    people.slack.behaviour = says(http(b"ok"))
    people.slack.requests.clear()
    time_passes(misled, turn, 2)
    assert (len(people.slack.requests), len(people.mail.mails)) == (1, 1)
    turn(timedelta(minutes=11))
    shop.drain()
