"""A webhook and a verification of one order arrive at the same time: one question answers both."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from pitturu.payments import verification, webhook_inbox
from pitturu.payments.handlers import AnyJobHandler
from pitturu.store.webhook_questions import LONGEST_WAIT
from tests.journeys.generations import V2_ONLY
from tests.shop import Json, Shop

HANDLERS = {"webhook": webhook_inbox.HANDLER, "verification": verification.HANDLER}
BOTH = pytest.mark.parametrize(("first", "second"), [("webhook", "verification"), ("verification", "webhook")])


def begin(shop: Shop, kind: str, session: Json, imp_uid: str) -> None:
    """PortOne's webhook arrives, or the browser's report."""
    if kind == "webhook":
        assert shop.webhook(session, imp_uid).status_code == 200
    else:
        shop.verify(session, imp_uid)


def claim(shop: Shop, handler: AnyJobHandler) -> Any:
    """A worker claims the only row of this kind."""
    with shop.engine.transaction() as work:
        (claimed,) = handler.claim(shop.engine.context, work, 10)
    return claimed


def questions(shop: Shop) -> int:
    """How often PortOne was asked about an order, however it is called in each generation."""
    return sum("payments.findAll" in call["endpoint"] and call["method"] == "GET" for call in shop.portone.calls(""))


@BOTH
def test_the_second_waits_for_the_answer_to_the_first(shop: Shop, first: str, second: str) -> None:
    session = shop.open()
    imp_uid = shop.pay(session)
    before = questions(shop)
    begin(shop, first, session, imp_uid)
    claimed = claim(shop, HANDLERS[first])
    begin(shop, second, session, imp_uid)
    shop.engine.work(HANDLERS[second])
    assert questions(shop) == before

    answer = HANDLERS[first].ask(shop.engine.context, claimed)
    with shop.engine.transaction() as work:
        HANDLERS[first].apply(shop.engine.context, work, claimed, answer)
    shop.drain()

    assert (questions(shop), shop.session(session)["status"]) == (before + 1, "paid")


@BOTH
def test_an_answer_that_does_not_decide_is_followed_by_the_second_question(shop: Shop, first: str, second: str) -> None:
    """PortOne is asked before the buyer has paid, and the second report comes after it."""
    session = shop.open()
    imp_uid = shop.window(session)
    begin(shop, first, session, imp_uid)
    claimed = claim(shop, HANDLERS[first])
    answer = HANDLERS[first].ask(shop.engine.context, claimed)
    shop.act(imp_uid, "approve")
    begin(shop, second, session, imp_uid)
    with shop.engine.transaction() as work:
        HANDLERS[first].apply(shop.engine.context, work, claimed, answer)
    shop.drain()

    assert shop.session(session)["status"] == "paid"


@BOTH
def test_the_question_of_a_worker_that_died_is_not_waited_for(
    shop: Shop, turn: Callable[[timedelta], None], first: str, second: str
) -> None:
    session = shop.open()
    imp_uid = shop.pay(session)
    begin(shop, first, session, imp_uid)
    claim(shop, HANDLERS[first])
    begin(shop, second, session, imp_uid)

    turn(LONGEST_WAIT)
    shop.engine.work(HANDLERS[second])

    assert shop.session(session)["status"] == "paid"


@V2_ONLY
@pytest.mark.parametrize(("reported", "asked"), [(True, 0), (False, 1)])
def test_an_opened_window_is_asked_about_only_if_the_browser_did_not_report_it(
    shop: Shop, reported: bool, asked: int
) -> None:
    session = shop.open()
    if reported:
        shop.post(f"/payments/sessions/{session['session_id']}/window", {}, status=200)
    before = questions(shop)

    shop.v2_webhook(session, shop.window(session), "Ready")
    shop.drain()

    assert questions(shop) - before == asked
    assert shop.row(session).window_until is None


def test_the_calls_of_a_purchase(shop: Shop, generation: str, turn: Callable[[timedelta], None]) -> None:
    """Of six buyers at the same time, from the first call to the last look. Tokens are shared by all purchases."""
    buyers = [f"buyer{number}" for number in range(6)]
    orders = [(buyer, shop.open(user=buyer)) for buyer in buyers]
    attempts = [(buyer, session, shop.pay(session)) for buyer, session in orders]
    for buyer, session, imp_uid in attempts:
        shop.verify(session, imp_uid, user=buyer)
        assert shop.webhook(session, imp_uid).status_code == 200
    shop.drain()
    turn(timedelta(hours=1))
    shop.drain()

    ended = Counter(call["endpoint"] for call in shop.portone.calls("") if call["status"] != 401)
    assert [shop.session(session, user=buyer)["status"] for buyer, session in orders] == ["paid"] * 6
    assert sum(ended.values()) - ended["users.getToken"] == {"v1": 6 + 1 + 6, "v2": 6 + 6 + 6}[generation], ended
