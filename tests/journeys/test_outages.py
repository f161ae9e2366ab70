"""PortOne is unavailable, slow, wrong or refuses our keys: nothing is lost, and no result is guessed."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from pitturu.domain.retry_policy import TRY_AGAIN
from pitturu.store.sessions import PaymentSession
from tests.journeys.generations import V1_ONLY
from tests.shop import Json, Shop
from tests.values import SECRET

Turn = Callable[[timedelta], None]
DOWN = {"kind": "status", "status": 503, "endpoint": "*"}


def test_an_outage_while_the_buyer_waits(shop: Shop, turn: Turn) -> None:
    """The session stays `verifying`, with PortOne's trouble in words beside it; then it is paid."""
    session = shop.open()
    imp_uid = shop.pay(session)
    shop.portone.faults(DOWN)
    shop.verify(session, imp_uid)
    for _ in range(5):
        shop.drain()
        turn(timedelta(minutes=1))
        row = shop.row(session)
        assert (row.status, row.dead_at) == ("verifying", None)
        assert "HTTP 503" in (row.last_error or "")
    assert row.attempts > 1
    shop.portone.faults()
    turn(timedelta(minutes=12))
    shop.drain()
    assert (shop.session(session)["status"], shop.row(session).last_error) == ("paid", None)


@pytest.mark.parametrize(
    "fault", [{"kind": "reset_before"}, {"kind": "malformed"}, {"kind": "html", "status": 200}, DOWN]
)
def test_an_outage_at_the_deadline(shop: Shop, turn: Turn, fault: Json) -> None:
    """Nothing expires before PortOne was asked: the money that was paid in the last minute is found."""
    session = shop.open()
    shop.pay(session)
    shop.portone.faults({**fault, "endpoint": "payments.findAll"})
    turn(timedelta(minutes=31))
    shop.drain()
    turn(timedelta(minutes=11))
    shop.drain()
    assert shop.session(session)["status"] == "prepared"
    shop.portone.faults()
    turn(timedelta(minutes=11))
    shop.drain()
    assert shop.session(session)["status"] == "paid"


def test_an_outage_while_the_amount_is_registered(shop: Shop, turn: Turn) -> None:
    shop.portone.faults({**DOWN, "endpoint": "prepare.*", "times": 2})
    session = shop.open(prepared=False)
    for _ in range(3):
        shop.drain()
        turn(timedelta(seconds=5))
    assert shop.session(session)["status"] == "prepared"


def test_registered_and_the_answer_lost(shop: Shop, turn: Turn) -> None:
    """PortOne refuses to register twice; that is how we learn that it had worked."""
    shop.open()
    shop.portone.control("DELETE", "calls")
    shop.portone.faults({"kind": "reset_after", "endpoint": "prepare.create", "times": 1})
    session = shop.open(prepared=False)
    shop.drain()
    assert shop.session(session)["status"] == "created"
    turn(timedelta(seconds=5))
    shop.drain()
    assert shop.session(session)["status"] == "prepared"
    assert len(shop.portone.calls_to("prepare.create")) == 2


def test_never_registered_and_paid_all_the_same(shop: Shop, turn: Turn) -> None:
    """Registration is a safeguard, not a condition: what was paid without it counts when the amount is right."""
    shop.portone.faults({**DOWN, "endpoint": "prepare.*"})
    session = shop.open(prepared=False)
    shop.drain()
    shop.pay(session)
    for _ in range(20):
        turn(timedelta(minutes=2))
        shop.drain()
    assert shop.session(session)["status"] == "paid"


def test_wrong_keys_until_they_are_corrected(shop: Shop, shop_with: Callable[..., Shop], turn: Turn) -> None:
    """Only an operator can help, so PortOne is queried at long intervals, the row says what to check, and nothing is
    lost."""
    session = shop.open()
    imp_uid = shop.pay(session)
    misled = shop_with(portone_api_secret="not the secret", portone_v2_api_secret="not the secret")
    misled.verify(session, imp_uid)
    misled.drain()
    row = misled.row(session)
    assert row.status == "verifying"
    name = {"v1": "PORTONE_API_SECRET", "v2": "PORTONE_V2_API_SECRET"}[shop.generation]
    assert name in (row.last_error or "")
    turn(timedelta(seconds=5))
    assert misled.due() == set()
    turn(timedelta(minutes=2))
    misled.drain()
    assert (misled.row(session).attempts, misled.row(session).status) == (2, "verifying")

    turn(timedelta(minutes=11))
    shop.drain()
    assert shop.session(session)["status"] == "paid"


@V1_ONLY
def test_keys_changed_at_portone(shop: Shop, turn: Turn) -> None:
    """The token dies with the old secret; the session waits until it is restored."""
    session = shop.open()
    shop.portone.control("PATCH", "settings", {"imp_secret": "a new one"})
    shop.portone.faults({"kind": "revoke_token", "endpoint": "*", "times": 1})
    shop.verify(session, shop.pay(session))
    shop.drain()
    assert shop.row(session).status == "verifying"
    shop.portone.control("PATCH", "settings", {"imp_secret": SECRET})
    turn(timedelta(minutes=2))
    shop.drain()
    assert shop.session(session)["status"] == "paid"


def test_marked_as_dead_after_the_last_attempt_and_still_queried(shop: Shop, turn: Turn) -> None:
    """A payment may exist: the mark is for operators, queries continue until there is an answer."""
    session = shop.open()
    imp_uid = shop.pay(session)
    shop.portone.faults(DOWN)
    shop.verify(session, imp_uid)
    shop.set(PaymentSession, attempts=TRY_AGAIN.attempts - 1)
    for _ in range(2):
        shop.drain()
        turn(timedelta(minutes=11))
    row = shop.row(session)
    assert (row.attempts, row.status) == (TRY_AGAIN.attempts + 1, "verifying")
    assert row.dead_at is not None
    shop.portone.faults()
    turn(timedelta(minutes=11))
    shop.drain()
    assert (shop.session(session)["status"], shop.row(session).dead_at) == ("paid", None)


def test_an_unknown_status(shop: Shop, turn: Turn) -> None:
    """An unknown status decides nothing; it is asked about again."""
    session = shop.open()
    imp_uid = shop.window(session)
    shop.act(imp_uid, "decline")
    shop.portone.faults({"kind": "unknown_enum", "endpoint": "payments.findAll", "times": 1})
    shop.verify(session, imp_uid)
    shop.drain()
    assert shop.session(session)["status"] == "verifying"
    turn(timedelta(seconds=5))
    shop.drain()
    assert shop.session(session)["status"] == "failed"
