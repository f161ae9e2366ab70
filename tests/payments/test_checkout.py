"""Opening a session: the price is computed, the stock is reserved, invalid requests are refused."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import pytest

from pitturu.domain import clock
from pitturu.domain.errors import Conflict, NotFound, Unprocessable
from pitturu.domain.jobs import JobName
from pitturu.domain.lifecycle import OPEN, SessionStatus
from pitturu.domain.money import MAX_AMOUNT
from pitturu.extensions import db
from pitturu.payments import checkout
from pitturu.payments.cart import WantedLine
from pitturu.payments.checkout import CheckoutRequest
from pitturu.store import users
from pitturu.store.items import Item
from pitturu.store.payment_lines import PaymentLine
from pitturu.store.sessions import PaymentSession
from pitturu.store.unit_of_work import UnitOfWork
from tests.payments.provider_payments import story
from tests.store import rows
from tests.values import settings_for

SETTINGS = settings_for(session_ttl=timedelta(minutes=7))


@pytest.fixture(autouse=True)
def _buyer(work: UnitOfWork) -> Iterator[None]:
    users.ensure(work, "hana")
    return


def request_for(item: Item, quantity: int = 2) -> CheckoutRequest:
    """A request of hana's for this item."""
    db.session.commit()
    return CheckoutRequest([WantedLine(quantity, item.id)], "김하나", "hana@example.org", "010-1234-5678")


def test_the_price_is_that_of_the_item(work: UnitOfWork) -> None:
    thing = rows.item(price=1_500, stock=3)
    session = checkout.open_session(work, "hana", request_for(thing), SETTINGS, "r1")
    work.flush()
    db.session.refresh(thing)
    assert (session.unit_price, session.amount, session.currency) == (1_500, 3_000, "KRW")
    assert (session.stock_held, thing.stock) == (2, 1)
    assert (session.next_job, session.request_id, story(session)) == (JobName.PREPARE, "r1", ["created"])
    assert session.due_at is not None
    assert session.due_at <= clock.now()
    assert timedelta(minutes=6) < session.expires_at - clock.now() <= timedelta(minutes=7)


def test_a_session_has_a_line_with_the_same_values(work: UnitOfWork) -> None:
    session = checkout.open_session(work, "hana", request_for(rows.item(price=1_500)), SETTINGS, "r1")
    work.flush()
    line = db.session.scalars(db.select(PaymentLine).where(PaymentLine.session_key == session.id)).one()
    assert (line.position, line.item_id, line.item_name) == (0, session.item_id, session.item_name)
    assert (line.unit_price, line.quantity) == (1_500, 2)


def test_a_later_price_does_not_change_an_open_session(work: UnitOfWork) -> None:
    thing = rows.item(price=1_500)
    session = checkout.open_session(work, "hana", request_for(thing), SETTINGS, "r1")
    thing.price, thing.name = 9_999, "another"
    db.session.flush()
    assert (session.amount, session.item_name) == (3_000, "감귤")


def test_an_unknown_item_is_refused(work: UnitOfWork) -> None:
    gone = CheckoutRequest([WantedLine(1, uuid4())], "김하나", "hana@example.org", "010-1234-5678")
    with pytest.raises(NotFound) as refusal:
        checkout.open_session(work, "hana", gone, SETTINGS, "r1")
    assert refusal.value.code == "item_not_found"


def test_a_total_above_the_limit_is_refused(work: UnitOfWork) -> None:
    dear = rows.item(price=MAX_AMOUNT, stock=None)
    assert checkout.open_session(work, "hana", request_for(dear, 1), SETTINGS, "r1").amount == MAX_AMOUNT
    with pytest.raises(Unprocessable) as refusal:
        checkout.open_session(work, "hana", request_for(dear, 2), SETTINGS, "r1")
    assert list(refusal.value.errors) == ["quantity"]


def test_an_item_that_is_sold_out_is_refused(work: UnitOfWork) -> None:
    checkout.open_session(work, "hana", request_for(rows.item(stock=1)), SETTINGS, "r1")
    with pytest.raises(Conflict) as refusal:
        work.flush()
    assert refusal.value.code == "out_of_stock"


def again(session: PaymentSession) -> PaymentSession:
    """Prepare the session again."""
    work = UnitOfWork()
    prepared = checkout.prepare_again(work, "hana", session.session_id, None, SETTINGS, "r2")
    work.flush()
    return prepared


@pytest.mark.parametrize("status", [SessionStatus.PREPARED, SessionStatus.VERIFYING, SessionStatus.AWAITING_DEPOSIT])
def test_preparing_a_prepared_session_changes_nothing(status: SessionStatus) -> None:
    session = again(rows.session(status=status))
    assert (session.status, session.due_at) == (status, None)


def test_preparing_a_session_again_that_failed_to_prepare() -> None:
    session = again(rows.session(dead_at=clock.now(), attempts=9))
    assert (session.next_job, session.dead_at, session.attempts, session.request_id) == (
        "payments.prepare",
        None,
        0,
        "r2",
    )


def test_a_declined_session_is_reopened_before_its_deadline() -> None:
    thing = rows.item(stock=2)
    session = again(rows.session(thing=thing, status="failed", fail_reason="한도 초과"))
    db.session.refresh(thing)
    assert (session.status, session.fail_reason, session.stock_held, thing.stock) == ("created", None, 2, 0)
    assert story(session) == ["created"]


@pytest.mark.parametrize("status", [status for status in SessionStatus if status not in OPEN])
def test_preparing_a_closed_or_paid_session_is_refused(status: SessionStatus) -> None:
    paid = {"paid_at": clock.now(), "imp_uid": "imp_1"} if status == "paid" else {}
    session = rows.session(status=status, expires_at=clock.now(), **paid)
    with pytest.raises(Conflict) as refusal:
        again(session)
    assert refusal.value.code == "session_closed"
    assert status in refusal.value.detail


def test_preparing_another_users_session_is_refused() -> None:
    session = rows.session("minji")
    with pytest.raises(NotFound):
        again(session)
