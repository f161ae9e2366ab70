"""Replayed rows are processed as usual: a sent cancel is asked about first, and cancels keep their order."""

from flask import Flask

from pitturu.domain import clock
from pitturu.domain.cancellation import CancelStage
from pitturu.payments import replay
from pitturu.payments.replay import Replayed
from pitturu.payments.row_kinds import By
from pitturu.registry import REGISTRY
from pitturu.store.cancellations import Cancellation
from pitturu.store.dead_letters import Wanted
from pitturu.store.sessions import PaymentSession
from pitturu.store.unit_of_work import unit_of_work
from tests.shop import Json, Shop

BY = By("cli:kim", "request-1")


def replay_ids(app: Flask, *names: str) -> Replayed:
    """Replay these ids, or all dead rows."""
    with app.app_context(), unit_of_work() as work:
        return (
            replay.replay(work, REGISTRY, names, BY) if names else replay.replay_dead(work, REGISTRY, Wanted(), 100, BY)
        )


def exhaust_tries(shop: Shop) -> None:
    """Let every cancel run out of tries."""
    shop.set(Cancellation, due_at=None, dead_at=clock.now(), attempts=50)


def names(session: Json, shop: Shop) -> list[str]:
    return [cancel["cancellation_id"] for cancel in shop.payment(session)["cancellations"]]


def test_a_sent_and_executed_cancel_moves_no_money_again(shop: Shop) -> None:
    """Its answer was lost, and PortOne could not be asked until the tries ran out."""
    session = shop.paid()
    shop.portone.faults({"kind": "reset_after", "endpoint": "payments.cancel", "times": 1})
    shop.refund(session, 1_000)
    shop.drain()
    assert shop.payment(session)["cancellations"][0]["stage"] == "sent"
    exhaust_tries(shop)

    replay_ids(shop.app, *names(session, shop))
    shop.drain()

    payment = shop.payment(session)
    assert [cancel["stage"] for cancel in payment["cancellations"]] == ["succeeded"]
    assert len(shop.portone.ledger()[payment["imp_uid"]]["cancels"]) == 1
    shop.balance()


def test_an_earlier_dead_cancel_is_replayed_too(shop: Shop) -> None:
    session = shop.paid()
    for _ in range(2):
        shop.refund(session, 1_000)
    exhaust_tries(shop)
    first, second = names(session, shop)

    assert replay_ids(shop.app, second).done == [first, second]
    shop.drain()
    assert shop.payment(session)["cancelled_amount"] == 2_000
    shop.balance()


def test_a_cancel_that_waits_for_its_next_try_is_not_replayed(shop: Shop) -> None:
    session = shop.paid()
    shop.cancel(session)
    shop.set(Cancellation, stage=CancelStage.SENT, attempts=3, last_error="no answer")
    (name,) = names(session, shop)

    result = replay_ids(shop.app, name)
    assert result.done == []
    assert "asking PortOne for the outcome of the cancel" in result.left_alone[name]


def test_a_replayed_session_is_verified(shop: Shop) -> None:
    session = shop.open()
    shop.pay(session)
    shop.set(PaymentSession, next_job="payments.verify", dead_at=clock.now(), due_at=None, attempts=50)

    assert replay_ids(shop.app, session["session_id"]).done == [session["session_id"]]
    shop.drain()
    assert shop.session(session)["status"] == "paid"
    assert shop.row(session).dead_at is None


def test_all_dead_rows_are_replayed_and_a_second_replay_does_nothing(shop: Shop) -> None:
    sessions = [shop.paid() for _ in range(3)]
    for session in sessions:
        shop.cancel(session)
    exhaust_tries(shop)

    assert len(replay_ids(shop.app).done) == 3
    assert replay_ids(shop.app) == Replayed()
    shop.drain()
    assert {shop.session(session)["status"] for session in sessions} == {"cancelled"}
    shop.balance()


def test_replaying_twice_writes_one_line_of_the_timeline(shop: Shop) -> None:
    session = shop.paid()
    shop.cancel(session)
    exhaust_tries(shop)
    (name,) = names(session, shop)
    replay_ids(shop.app, name)
    replay_ids(shop.app, name)

    kinds = [line.kind for line in shop.lines(session)]
    assert kinds.count("replayed") == 1


def test_a_repeated_id_counts_once(shop: Shop) -> None:
    assert list(replay_ids(shop.app, "a", "a").left_alone) == ["a"]
