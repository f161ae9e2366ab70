"""What is replayed goes the road it always goes: asked before it is sent again, and one after the other."""

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


def again(app: Flask, *names: str) -> Replayed:
    """Replay these, or all."""
    with app.app_context(), unit_of_work() as work:
        return (
            replay.replay(work, REGISTRY, names, BY) if names else replay.replay_dead(work, REGISTRY, Wanted(), 100, BY)
        )


def die(shop: Shop) -> None:
    """Every cancel runs out of tries."""
    shop.set(Cancellation, due_at=None, dead_at=clock.now(), attempts=50)


def names(session: Json, shop: Shop) -> list[str]:
    return [cancel["cancellation_id"] for cancel in shop.payment(session)["cancellations"]]


def test_a_cancel_that_was_sent_and_carried_out_moves_no_money_again(shop: Shop) -> None:
    """Its answer got lost, and PortOne could not be asked until the tries ran out."""
    session = shop.paid()
    shop.portone.faults({"kind": "reset_after", "endpoint": "payments.cancel", "times": 1})
    shop.refund(session, 1_000)
    shop.drain()
    assert shop.payment(session)["cancellations"][0]["stage"] == "sent"
    die(shop)

    again(shop.app, *names(session, shop))
    shop.drain()

    payment = shop.payment(session)
    assert [cancel["stage"] for cancel in payment["cancellations"]] == ["succeeded"]
    assert len(shop.portone.ledger()[payment["imp_uid"]]["cancels"]) == 1
    shop.balance()


def test_an_earlier_cancel_that_is_dead_as_well_goes_along(shop: Shop) -> None:
    session = shop.paid()
    for _ in range(2):
        shop.refund(session, 1_000)
    die(shop)
    first, second = names(session, shop)

    assert again(shop.app, second).done == [first, second]
    shop.drain()
    assert shop.payment(session)["cancelled_amount"] == 2_000
    shop.balance()


def test_a_cancel_that_waits_for_its_next_try_may_be_on_its_way_and_is_left_alone(shop: Shop) -> None:
    session = shop.paid()
    shop.cancel(session)
    shop.set(Cancellation, stage=CancelStage.SENT, attempts=3, last_error="no answer")
    (name,) = names(session, shop)

    result = again(shop.app, name)
    assert result.done == []
    assert "asking PortOne what became of the cancel" in result.left_alone[name]


def test_a_session_is_asked_about_now(shop: Shop) -> None:
    session = shop.open()
    shop.pay(session)
    shop.set(PaymentSession, next_job="payments.verify", dead_at=clock.now(), due_at=None, attempts=50)

    assert again(shop.app, session["session_id"]).done == [session["session_id"]]
    shop.drain()
    assert shop.session(session)["status"] == "paid"
    assert shop.row(session).dead_at is None


def test_everything_at_once_and_twice(shop: Shop) -> None:
    sessions = [shop.paid() for _ in range(3)]
    for session in sessions:
        shop.cancel(session)
    die(shop)

    assert len(again(shop.app).done) == 3
    assert again(shop.app) == Replayed()
    shop.drain()
    assert {shop.session(session)["status"] for session in sessions} == {"cancelled"}
    shop.balance()


def test_replaying_twice_leaves_one_line(shop: Shop) -> None:
    session = shop.paid()
    shop.cancel(session)
    die(shop)
    (name,) = names(session, shop)
    again(shop.app, name)
    again(shop.app, name)

    kinds = [line["kind"] for line in shop.payment(session)["timeline"]]
    assert kinds.count("replayed") == 1


def test_a_name_that_is_said_twice_counts_once(shop: Shop) -> None:
    assert list(again(shop.app, "a", "a").left_alone) == ["a"]
