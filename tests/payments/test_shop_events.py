"""Events for the shop's own systems: what each change of an order writes, in a sequence without gaps."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, select

from pitturu.domain.shop_events import ShopEventType
from pitturu.extensions import db
from pitturu.payments import shop_events as writer
from pitturu.reconciliation import discrepancies
from pitturu.store.shop_events import ShopEvent
from pitturu.store.unit_of_work import unit_of_work
from tests.journeys.books import compared
from tests.journeys.concurrency import concurrently
from tests.journeys.test_virtual_accounts import deposited, issued
from tests.shop import Shop
from tests.shop_events import events_of, seen
from tests.values import BUYER

Turn = Callable[[timedelta], None]


def test_a_purchase_and_its_refunds(shop: Shop) -> None:
    session = shop.paid()
    for amount in (3_000, 2_000, 5_000):
        shop.refund(session, amount)
        shop.drain()
    assert seen(shop, session) == [
        ("payment.paid", "paid", 0),
        ("payment.partially_cancelled", "partially_cancelled", 3_000),
        ("payment.partially_cancelled", "partially_cancelled", 5_000),
        ("payment.cancelled", "cancelled", 10_000),
    ]
    payment, second = shop.payment(session), events_of(shop, session)[2].data
    assert second == {
        "session_id": session["session_id"],
        "payment_id": payment["payment_id"],
        "order_number": session["merchant_uid"],
        "status": "partially_cancelled",
        "amount": 10_000,
        "cancelled_amount": 5_000,
        "currency": "KRW",
        "refund": {"cancellation_id": payment["cancellations"][1]["cancellation_id"], "amount": 2_000},
    }


def test_cancels_in_the_console_that_one_answer_shows(shop: Shop) -> None:
    """Also those before any webhook, and each with the amounts of its own moment."""
    session = shop.open()
    imp_uid = shop.pay(session)
    shop.act(imp_uid, "console-cancel", amount=3_000)
    shop.act(imp_uid, "console-cancel", amount=7_000)
    shop.webhook(session, imp_uid)
    shop.drain()
    assert seen(shop, session) == [
        ("payment.paid", "paid", 0),
        ("payment.partially_cancelled", "partially_cancelled", 3_000),
        ("payment.cancelled", "cancelled", 10_000),
    ]


def test_a_declined_payment_and_a_second_try(shop: Shop) -> None:
    session = shop.open()
    shop.decline(session)
    shop.post(f"/payments/sessions/{session['session_id']}/prepare", {}, status=202)
    shop.drain()
    shop.webhook(session, shop.pay(shop.session(session)))
    shop.drain()
    assert [kind for kind, *_ in seen(shop, session)] == ["payment.failed", "payment.paid"]
    assert events_of(shop, session)[0].data["decline_reason"] == "other"


def test_a_deposit(shop: Shop) -> None:
    session, imp_uid = issued(shop)
    deposited(shop, session, imp_uid)
    assert [kind for kind, *_ in seen(shop, session)] == ["deposit.awaited", "payment.paid"]
    assert events_of(shop, session)[0].data["deposit_due_at"] is not None


def test_an_account_that_is_withdrawn(shop: Shop) -> None:
    session, _ = issued(shop)
    shop.cancel(session)
    shop.drain()
    assert [kind for kind, *_ in seen(shop, session)] == ["deposit.awaited", "payment.cancelled"]


def test_a_session_that_nobody_pays(shop: Shop, turn: Turn) -> None:
    session = shop.open()
    assert seen(shop, session) == []
    turn(timedelta(hours=1))
    shop.drain()
    assert seen(shop, session) == [("session.expired", "expired", 0)]


def test_a_refund_that_the_pg_refuses(shop: Shop) -> None:
    session = shop.paid()
    shop.portone.faults({"kind": "pg_refusal", "endpoint": "payments.cancel", "message": "취소 가능 시간이 아닙니다."})
    shop.cancel(session)
    shop.drain()
    shop.portone.faults()
    assert seen(shop, session) == [("payment.paid", "paid", 0), ("refund.refused", "paid", 0)]
    cancellation_id = shop.payment(session)["cancellations"][0]["cancellation_id"]
    assert events_of(shop, session)[1].data["refund"] == {"cancellation_id": cancellation_id, "amount": 10_000}


def test_money_of_the_wrong_channel_is_a_payment_that_failed(shop: Shop) -> None:
    """Its automatic refund is none of the shop's business: the order was never paid."""
    session = shop.open()
    shop.webhook(session, shop.pay(session, sandbox=False))
    shop.drain()
    assert shop.session(session)["status"] == "mismatched"
    assert seen(shop, session) == [("payment.failed", "mismatched", 0)]


def test_a_payment_that_comes_twice_is_refunded_silently(shop: Shop) -> None:
    session = shop.open()
    first, second = shop.window(session), shop.window(session)
    for imp_uid in (first, second):
        shop.act(imp_uid, "approve")
        shop.webhook(session, imp_uid)
    shop.drain()
    assert shop.kept(first) + shop.kept(second) == 10_000
    assert seen(shop, session) == [("payment.paid", "paid", 0)]


def test_answers_that_come_again_add_no_event(shop: Shop) -> None:
    session = shop.paid()
    for _ in range(3):
        shop.webhook(session, session["imp_uid"])
        shop.drain()
    assert seen(shop, session) == [("payment.paid", "paid", 0)]


@pytest.mark.parametrize("heal", [True, False])
def test_a_discrepancy(shop: Shop, turn: Turn, heal: bool) -> None:
    session = shop.paid()
    for _ in range(3):
        turn(timedelta(hours=1))
        shop.drain()
    shop.act(session["imp_uid"], "console-cancel")
    books = compared(shop, turn, heal=heal)
    found = events_of(shop, session)[1]
    assert (found.type, found.data["status"], found.data["payment_id"]) == (
        "discrepancy.found",
        "paid",
        session["payment_id"],
    )
    assert found.data["discrepancy"] == {
        "comparison_id": books.row.comparison_id,
        "kind": "cancelled_amount",
        "ours": "0",
        "theirs": "10000",
        "amount": 10_000,
    }
    assert [kind for kind, *_ in seen(shop, session)][2:] == (["payment.cancelled"] if heal else [])


def test_money_for_an_order_number_that_was_never_issued(shop: Shop, turn: Turn) -> None:
    """It belongs to no session, so it has no place in a sequence."""
    session = shop.open()
    shop.pay({**session, "checkout": {"params": session["checkout"]["params"] | {"merchant_uid": "stranger1"}}})
    compared(shop, turn)
    with shop.app.app_context():
        (found,) = db.session.scalars(select(ShopEvent).where(ShopEvent.session_key.is_(None)))
        assert (found.type, found.sequence, found.data["order_number"]) == ("discrepancy.found", None, "stranger1")
        assert (found.data["session_id"], found.data["discrepancy"]["kind"]) == (None, "unknown")


def test_no_personal_data(shop: Shop) -> None:
    session = shop.paid()
    shop.cancel(session)
    shop.drain()
    text = json.dumps([one.payload for one in events_of(shop, session)], ensure_ascii=False)
    assert "payment.cancelled" in text
    assert [name for name, value in BUYER.items() if value in text or "hana" in text] == []


def test_no_statement_more(shop: Shop) -> None:
    """An event is a row of the statement that writes the timeline, and its number a column that is written anyway."""
    session = shop.open()
    shop.verify(session, shop.pay(session))
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        sent.append(statement)

    with shop.app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        shop.drain()
    finally:
        event.remove(engine, "before_cursor_execute", note)
    events = [statement for statement in sent if "INSERT INTO shop_events" in statement]
    assert len(events) == 1
    assert "INSERT INTO payment_events" in events[0]
    counted = [statement for statement in sent if "event_count=" in statement]
    assert len(counted) == 1
    assert "status=" in counted[0]


def test_changes_at_once_are_numbered_without_gaps_and_twins(shop: Shop) -> None:
    session = shop.paid()
    key = shop.row(session).id

    def change() -> None:
        for _ in range(10):
            with shop.app.app_context(), unit_of_work() as work:
                writer.write(work, ShopEventType.DISCREPANCY_FOUND, work.lock_session(key), None)

    concurrently(*[change] * 4)
    assert len(events_of(shop, session)) == 41


def test_a_change_that_is_rolled_back_leaves_neither_event_nor_gap(shop: Shop) -> None:
    session = shop.paid()
    key = shop.row(session).id

    def broken() -> None:
        with shop.app.app_context(), unit_of_work() as work:
            writer.write(work, ShopEventType.DISCREPANCY_FOUND, work.lock_session(key), None)
            work.flush()
            raise RuntimeError("the worker fails before the commit")

    with pytest.raises(RuntimeError, match="before the commit"):
        broken()
    shop.cancel(session)
    shop.drain()
    assert [kind for kind, *_ in seen(shop, session)] == ["payment.paid", "payment.cancelled"]


def test_findings_beyond_the_limit_make_no_events(shop: Shop, turn: Turn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discrepancies, "MOST_LISTED", 1)
    session = shop.open()
    for number in range(3):
        params = session["checkout"]["params"] | {"merchant_uid": f"stranger{number}"}
        shop.pay({**session, "checkout": {"params": params}})
    compared(shop, turn)
    with shop.app.app_context():
        assert len(list(db.session.scalars(select(ShopEvent)))) == 1
