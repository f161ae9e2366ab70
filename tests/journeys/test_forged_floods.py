"""Webhooks without end about one order: PortOne is asked little, and the buyer notices nothing."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from pitturu.domain import clock
from pitturu.extensions import db
from pitturu.payments import verification, webhook_inbox
from pitturu.services import services_of
from pitturu.store import webhook_questions
from pitturu.store.unit_of_work import unit_of_work
from pitturu.store.webhook_questions import BUDGET, WINDOW
from pitturu.store.webhooks import WebhookDelivery
from tests.shop import Json, Shop

Turn = Callable[[timedelta], None]

pytestmark = pytest.mark.parametrize("generation", ["v1"])
"""V2's webhooks are signed; nobody can forge them."""


def forge(shop: Shop, session: Json, count: int, start: int = 0) -> None:
    """Post webhooks in V1's unsigned form, each different from all others."""
    for number in range(start, start + count):
        body = {"imp_uid": f"imp_{number:012}", "merchant_uid": session["merchant_uid"], "status": f"forged {number}"}
        assert shop.client.post("/api/v1/payments/webhook", json=body).status_code == 200


def trickle(shop: Shop, session: Json, count: int) -> None:
    """The same, each after the one before has been worked on."""
    for number in range(count):
        forge(shop, session, 1, start=number)
        shop.drain()


def states(shop: Shop) -> dict[str, int]:
    """How many deliveries there are in each state."""
    with shop.app.app_context():
        query = select(WebhookDelivery.state, func.count()).group_by(WebhookDelivery.state)
        return {row[0]: row[1] for row in db.session.execute(query)}


def questions(shop: Shop) -> int:
    """How often PortOne was asked about the payments of an order."""
    return len(shop.portone.calls_to("payments.findAll"))


def test_a_flood_is_one_question(shop: Shop) -> None:
    forge(shop, shop.open(), 200)

    shop.drain()

    assert (questions(shop), states(shop)) == (1, {"done": 200})


def test_a_trickle_uses_up_the_budget_of_its_order_only(shop: Shop, turn: Turn) -> None:
    session = shop.open()
    trickle(shop, session, BUDGET + 5)
    assert (questions(shop), states(shop)) == (BUDGET, {"done": BUDGET, "pending": 5})

    other = shop.open(user="minji")
    shop.webhook(other, shop.pay(other))
    shop.drain()
    assert shop.session(other, user="minji")["status"] == "paid"

    turn(WINDOW)
    shop.drain()
    assert (questions(shop), states(shop)) == (BUDGET + 2, {"done": BUDGET + 6})


def test_the_buyer_verifies_while_the_budget_is_used_up(shop: Shop) -> None:
    session = shop.open()
    trickle(shop, session, BUDGET + 1)
    assert states(shop)["pending"] == 1

    shop.verify(session, shop.pay(session))
    shop.drain()

    assert shop.session(session)["status"] == "paid"
    assert (questions(shop), states(shop)) == (BUDGET + 1, {"done": BUDGET + 1}), "its answer closes what waits"


def test_one_answer_serves_verification_and_webhook(shop: Shop) -> None:
    session = shop.open()
    imp_uid = shop.pay(session)
    shop.webhook(session, imp_uid)
    shop.verify(session, imp_uid)

    shop.engine.work(verification.HANDLER)
    assert states(shop) == {"done": 1}

    shop.drain()
    assert (questions(shop), shop.session(session)["status"]) == (1, "paid")


def test_what_is_known_is_not_asked_about(shop: Shop) -> None:
    session = shop.paid()
    before = questions(shop)

    shop.webhook(session, session["imp_uid"])
    shop.drain()

    assert (questions(shop), states(shop)) == (before, {"done": 1})


@pytest.mark.parametrize("status", ["cancelled", "paid"])
def test_a_cancel_in_the_console_is_found_whatever_its_webhook_says(shop: Shop, status: str) -> None:
    """V1 may say `paid` once more after a cancel of a part, with nothing else that tells the two apart."""
    session = shop.paid()
    shop.webhook(session, session["imp_uid"])
    shop.drain()

    shop.act(session["imp_uid"], "console-cancel", amount=1_000)
    shop.webhook(session, session["imp_uid"], status)
    shop.drain()

    assert shop.payment(session)["cancelled_amount"] == 1_000


def test_the_unsigned_form_moves_no_order_of_v2(shop: Shop) -> None:
    session = shop.open(generation="v2")
    transaction_id = shop.pay(session)
    forge(shop, session, 3)
    shop.drain()
    assert (questions(shop), states(shop), shop.session(session)["status"]) == (0, {"ignored": 3}, "prepared")

    shop.webhook(session, transaction_id)
    shop.drain()
    assert (states(shop), shop.session(session)["status"]) == ({"ignored": 3, "done": 1}, "paid")


def test_webhooks_wait_while_their_order_is_asked_about(shop: Shop, turn: Turn) -> None:
    """The worker that asks dies; with its lease the question ends, and the webhooks are due again."""
    session = shop.open()
    imp_uid = shop.pay(session)
    forge(shop, session, 2)
    with shop.app.app_context(), unit_of_work() as work:
        assert len(webhook_inbox.HANDLER.claim(shop.engine.context, work, 100)) == 1
    shop.webhook(session, imp_uid)
    shop.drain()
    assert (questions(shop), states(shop)) == (0, {"pending": 3})

    turn(services_of(shop.app).settings.lease)
    shop.drain()

    assert (questions(shop), states(shop), shop.session(session)["status"]) == (1, {"done": 3}, "paid")


def test_an_outage_of_portone_does_not_hold_the_webhooks(shop: Shop, turn: Turn) -> None:
    session = shop.open()
    shop.webhook(session, shop.pay(session))
    shop.portone.faults({"kind": "status", "status": 503})
    shop.drain()
    assert states(shop) == {"pending": 1}

    shop.portone.faults()
    turn(timedelta(minutes=1))
    shop.drain()

    assert (states(shop), shop.session(session)["status"]) == ({"done": 1}, "paid")


def test_an_answer_closes_only_what_came_before_the_question(shop: Shop) -> None:
    """What comes while PortOne is being asked may report what its answer does not show yet."""
    session = shop.open()
    forge(shop, session, 2)
    context, handler = shop.engine.context, webhook_inbox.HANDLER
    with shop.engine.transaction() as work:
        (claimed,) = handler.claim(context, work, 100)
    answer = handler.ask(context, claimed)
    shop.webhook(session, shop.pay(session))

    with shop.engine.transaction() as work:
        handler.apply(context, work, claimed, answer)

    assert states(shop) == {"done": 2, "pending": 1}
    shop.drain()
    assert (questions(shop), shop.session(session)["status"]) == (2, "paid")


def test_of_many_workers_one_asks(shop: Shop, app: Flask) -> None:
    key = shop.row(shop.open()).id
    ready, taken = threading.Barrier(8), list[int]()

    def take() -> None:
        with app.app_context(), unit_of_work() as work:
            ready.wait(timeout=30)
            taken.append(len(webhook_questions.begin(work, [key], clock.now() + timedelta(seconds=30))))

    threads = [threading.Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(taken) == [0] * 7 + [1]


def test_a_question_that_is_being_reserved_is_not_waited_for(shop: Shop, app: Flask) -> None:
    key, until = shop.row(shop.open()).id, clock.now() + timedelta(seconds=30)

    def take() -> set[object]:
        with app.app_context(), unit_of_work() as work:
            return {*webhook_questions.begin(work, [key], until)}

    with ThreadPoolExecutor(1) as other, app.app_context():
        with unit_of_work() as work:
            assert webhook_questions.begin(work, [key], until) == {key}
            assert other.submit(take).result(30) == set()
        assert other.submit(take).result(30) == set()


def test_a_worker_that_comes_second_leaves_the_webhook_as_it_was(shop: Shop, app: Flask) -> None:
    """Its session is locked: another worker is writing an answer, which this one must not wait for."""
    session = shop.open()
    forge(shop, session, 1)

    def claim() -> list[object]:
        with app.app_context(), unit_of_work() as work:
            return list(webhook_inbox.HANDLER.claim(shop.engine.context, work, 100))

    with ThreadPoolExecutor(1) as other, app.app_context(), unit_of_work() as work:
        work.lock_session(shop.row(session).id)
        assert other.submit(claim).result(30) == []

    shop.drain()
    assert (questions(shop), states(shop)) == (1, {"done": 1})
