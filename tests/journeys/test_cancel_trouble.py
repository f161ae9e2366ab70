"""A cancel is sent once, and queried before it is sent again, whatever happens to its answer."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from pitturu.domain.retry_policy import TRY_AGAIN
from pitturu.store.cancellations import Cancellation
from tests.shop import Json, Shop

Turn = Callable[[timedelta], None]


def executed(shop: Shop, session: Json) -> list[int]:
    """The cancels that PortOne really executed."""
    return [cancel["amount"] for cancel in shop.portone.ledger()[session["imp_uid"]]["cancels"]]


def sent(shop: Shop) -> int:
    """How often we sent a cancel."""
    return len(shop.portone.calls_to("payments.cancel"))


def record(shop: Shop, session: Json) -> Json:
    """The payment's only cancellation."""
    (only,) = shop.payment(session)["cancellations"]
    return dict(only)


def patiently(shop: Shop, turn: Turn) -> None:
    """Work with time passing, longer than any retry waits."""
    for _ in range(5):
        shop.drain()
        turn(timedelta(minutes=12))
    shop.drain()


@pytest.mark.parametrize("kind", ["reset_after", "malformed", "html"])
def test_the_answer_was_lost_after_portone_executed_it(shop: Shop, turn: Turn, kind: str) -> None:
    session = shop.paid()
    shop.portone.faults({"kind": kind, "endpoint": "payments.cancel", "times": 1})
    shop.refund(session, 4_000)
    shop.drain()
    assert (executed(shop, session), record(shop, session)["stage"]) == ([4_000], "sent")
    turn(timedelta(seconds=5))
    shop.drain()
    assert record(shop, session)["stage"] == "succeeded"
    assert (executed(shop, session), sent(shop)) == ([4_000], 1)


@pytest.mark.parametrize(
    "fault", [{"kind": "reset_before"}, {"kind": "status", "status": 502}, {"kind": "status", "status": 429}]
)
def test_it_never_arrived(shop: Shop, turn: Turn, fault: Json) -> None:
    session = shop.paid()
    shop.portone.faults({**fault, "endpoint": "payments.cancel", "times": 1})
    shop.cancel(session)
    patiently(shop, turn)
    assert (executed(shop, session), sent(shop)) == ([10_000], 2)
    assert shop.session(session)["status"] == "cancelled"


def test_neither_cancel_nor_query_is_answered_for_a_while(shop: Shop, turn: Turn) -> None:
    session = shop.paid()
    shop.portone.faults(
        {"kind": "reset_after", "endpoint": "payments.cancel", "times": 1},
        {"kind": "status", "status": 503, "endpoint": "payments.get", "times": 3},
    )
    shop.refund(session, 1_000)
    patiently(shop, turn)
    assert (executed(shop, session), sent(shop)) == ([1_000], 1)
    assert shop.session(session)["status"] == "partially_cancelled"


def test_the_pg_refuses(shop: Shop) -> None:
    """Its message is kept, the money is still ours, and the buyer may try again."""
    item = shop.item(stock=1)
    session = shop.paid(item)
    shop.portone.faults({"kind": "pg_refusal", "endpoint": "payments.cancel", "message": "취소 가능 시간이 아닙니다."})
    shop.cancel(session)
    shop.drain()
    refused = record(shop, session)
    assert refused["stage"] == "refused"
    assert "취소 가능 시간이 아닙니다." in refused["refusal"]
    assert (shop.session(session)["status"], shop.owned(), shop.stock(item)) == ("paid", 1, 0)
    assert "cancel_refused" in [line["kind"] for line in shop.payment(session)["timeline"]]

    shop.portone.faults()
    shop.cancel(session)
    shop.drain()
    assert (executed(shop, session), shop.session(session)["status"]) == ([10_000], "cancelled")


def test_the_console_changed_the_balance_and_it_still_fits(shop: Shop, turn: Turn) -> None:
    """PortOne refuses our checksum; the other cancel is detected, and ours is sent with the new balance."""
    session = shop.paid()
    shop.act(session["imp_uid"], "console-cancel", amount=3_000)
    shop.refund(session, 5_000)
    patiently(shop, turn)
    assert executed(shop, session) == [3_000, 5_000]
    stages = {entry["amount"]: entry["stage"] for entry in shop.payment(session)["cancellations"]}
    assert stages == {3_000: "succeeded", 5_000: "succeeded"}


def test_the_console_changed_the_balance_and_it_no_longer_fits(shop: Shop, turn: Turn) -> None:
    session = shop.paid()
    shop.act(session["imp_uid"], "console-cancel", amount=8_000)
    shop.refund(session, 5_000)
    patiently(shop, turn)
    assert executed(shop, session) == [8_000]
    ours = next(entry for entry in shop.payment(session)["cancellations"] if entry["amount"] == 5_000)
    assert (ours["stage"], shop.session(session)["status"]) == ("refused", "partially_cancelled")
    assert ours["refusal"]


def test_the_console_refunded_everything_first(shop: Shop, turn: Turn) -> None:
    session = shop.paid()
    shop.act(session["imp_uid"], "console-cancel")
    shop.cancel(session)
    patiently(shop, turn)
    assert executed(shop, session) == [10_000]
    assert (shop.session(session)["status"], shop.owned()) == ("cancelled", 0)


def test_the_console_did_exactly_what_we_lost_the_answer_of(shop: Shop, turn: Turn) -> None:
    """Ours never arrived, the console refunded the same amount: one cancel happened, so ours counts as done."""
    session = shop.paid()
    shop.portone.faults({"kind": "reset_before", "endpoint": "payments.cancel", "times": 1})
    shop.refund(session, 4_000)
    shop.drain()
    shop.act(session["imp_uid"], "console-cancel", amount=4_000)
    patiently(shop, turn)
    assert (executed(shop, session), shop.kept(session["imp_uid"])) == ([4_000], 6_000)
    assert record(shop, session)["stage"] == "succeeded"


def test_an_automatic_refund_whose_answer_was_lost(shop: Shop, turn: Turn) -> None:
    session = shop.open(prepared=False)
    imp_uid = shop.pay(session, amount=500)
    shop.portone.faults({"kind": "reset_after", "endpoint": "payments.cancel", "times": 1})
    shop.verify(session, imp_uid)
    patiently(shop, turn)
    assert (shop.session(session)["status"], shop.kept(imp_uid), sent(shop)) == ("mismatched", 0, 1)


def test_out_of_attempts_it_waits_for_an_operator(shop: Shop, turn: Turn) -> None:
    """The row is dead: kept, explained, and alive again with the next cancel of this payment, which waits behind it."""
    session = shop.paid()
    shop.portone.faults({"kind": "status", "status": 429, "endpoint": "payments.cancel"})
    shop.refund(session, 1_000)
    shop.set(Cancellation, attempts=TRY_AGAIN.attempts - 1)
    patiently(shop, turn)
    assert (sent(shop), record(shop, session)["stage"], shop.due()) == (1, "requested", set())
    shop.portone.faults()
    patiently(shop, turn)
    assert executed(shop, session) == []
    shop.refund(session, 2_000)
    patiently(shop, turn)
    assert executed(shop, session) == [1_000, 2_000]


def lost_before_it_arrived(shop: Shop, session: Json, in_the_console: list[int], **wish: int) -> None:
    """A cancel never arrives, and meanwhile the console gives money back, which we hear of first."""
    shop.portone.faults({"kind": "reset_before", "endpoint": "payments.cancel", "times": 1})
    ask = shop.refund if "amount" in wish else shop.cancel
    ask(session, **wish)
    shop.drain()
    for amount in in_the_console:
        shop.act(session["imp_uid"], "console-cancel", amount=amount)
    shop.webhook(session, session["imp_uid"], "cancelled")
    shop.drain()
    shop.audit()


def test_the_remaining_amount_has_become_smaller(shop: Shop, turn: Turn) -> None:
    session = shop.paid()
    lost_before_it_arrived(shop, session, [300])

    patiently(shop, turn)

    assert executed(shop, session) == [300, 9_700]
    assert shop.session(session)["status"] == "cancelled"


def test_nothing_remains_to_cancel(shop: Shop, turn: Turn) -> None:
    session = shop.paid()
    lost_before_it_arrived(shop, session, [4_000, 6_000])

    patiently(shop, turn)

    assert executed(shop, session) == [4_000, 6_000]
    assert shop.session(session)["status"] == "cancelled"


def test_a_partial_cancel_no_longer_fits(shop: Shop, turn: Turn) -> None:
    session = shop.paid()
    lost_before_it_arrived(shop, session, [9_000], amount=2_000)

    patiently(shop, turn)

    stages = {cancel["amount"]: cancel["stage"] for cancel in shop.payment(session)["cancellations"]}
    assert (executed(shop, session), stages) == ([9_000], {2_000: "refused", 9_000: "succeeded"})
