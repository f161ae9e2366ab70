"""Our records and PortOne's differ without a webhook, and the next daily comparison corrects it."""

from datetime import timedelta

import pytest

from pitturu.reconciliation import listings, runs
from tests.journeys.books import Turn, begin, compared
from tests.journeys.generations import V1_ONLY, V2_ONLY
from tests.shop import Shop


def later(shop: Shop, turn: Turn) -> None:
    """Hours pass, and all scheduled work is done."""
    for _ in range(3):
        turn(timedelta(hours=1))
        shop.drain()


def test_records_that_agree(shop: Shop, turn: Turn) -> None:
    session = shop.paid()
    shop.webhook(session, shop.session(session)["imp_uid"])
    shop.refund(shop.paid(), 400)
    shop.open()

    books = compared(shop, turn)

    assert books.findings == []
    assert (books.row.listed, books.row.progress) == (2, 100)


def test_a_cancel_in_the_console_whose_webhook_was_lost(shop: Shop, turn: Turn) -> None:
    session = shop.paid()
    later(shop, turn)
    shop.act(shop.session(session)["imp_uid"], "console-cancel")
    later(shop, turn)
    assert shop.session(session)["status"] == "paid"

    books = compared(shop, turn)

    assert books.findings == [("cancelled_amount", "healed")]
    assert (shop.session(session)["status"], shop.owned()) == ("cancelled", 0)
    shop.login("operator", "support")
    path = f"/payments/{shop.session(session)['payment_id']}"
    kinds = [[line["kind"] for line in shop.get(path, user)["timeline"]] for user in ("hana", "operator")]
    assert ["compared" in read for read in kinds] == [False, True], "a buyer reads what happened, not what was compared"


def test_a_partial_refund_in_the_console(shop: Shop, turn: Turn) -> None:
    session = shop.paid()
    later(shop, turn)
    shop.act(shop.session(session)["imp_uid"], "console-cancel", amount=400)

    books = compared(shop, turn)

    assert books.findings == [("cancelled_amount", "healed")]
    assert shop.payment(session)["cancelled_amount"] == 400


def test_money_that_arrived_after_the_last_check(shop: Shop, turn: Turn) -> None:
    session = shop.open()
    attempt = shop.window(session)
    later(shop, turn)
    assert shop.session(session)["status"] == "expired"
    shop.act(attempt, "approve")

    books = compared(shop, turn)

    assert books.findings == [("missing_here", "healed")]
    assert (shop.session(session)["status"], books.silent) == ("paid", [attempt])


def test_reporting_only_changes_nothing(shop: Shop, turn: Turn) -> None:
    session = shop.paid()
    later(shop, turn)
    attempt = shop.session(session)["imp_uid"]
    shop.act(attempt, "console-cancel")

    books = compared(shop, turn, heal=False)

    assert books.findings == [("cancelled_amount", "open")]
    assert (shop.session(session)["status"], shop.row(session).due_at) == ("paid", None)
    compared(shop, turn)


def test_killed_in_the_middle_and_resumed(shop: Shop, turn: Turn, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each page is read by a worker that dies before it has stored anything, and then by another one."""
    monkeypatch.setattr(listings, "SIZE", 2)
    sessions = [shop.paid() for _ in range(5)]
    later(shop, turn)
    for session in sessions:
        shop.act(shop.session(session)["imp_uid"], "console-cancel")
    books = begin(shop)
    places = []
    while (row := books.row).walk != "settle":
        places.append((row.walk, row.cursor))
        with shop.engine.transaction() as work:
            (step,) = runs.HANDLER.claim(shop.engine.context, work, 1)
        runs.HANDLER.ask(shop.engine.context, step)
        turn(timedelta(minutes=2))
        shop.engine.work(runs.HANDLER)

    books.to_the_end(turn)

    assert len(set(places)) == len(places)
    assert books.findings == [("cancelled_amount", "healed")] * 5
    assert {shop.session(session)["status"] for session in sessions} == {"cancelled"}


def test_a_frozen_worker_writes_nothing_that_another_one_has_written(shop: Shop, turn: Turn) -> None:
    session = shop.paid()
    later(shop, turn)
    shop.act(shop.session(session)["imp_uid"], "console-cancel")
    books = begin(shop)
    with shop.engine.transaction() as work:
        (step,) = runs.HANDLER.claim(shop.engine.context, work, 1)
    answer = runs.HANDLER.ask(shop.engine.context, step)
    turn(timedelta(minutes=2))
    shop.engine.work(runs.HANDLER)
    calls = books.row.calls
    with shop.engine.transaction() as work:
        runs.HANDLER.apply(shop.engine.context, work, step, answer)

    assert books.row.calls == calls
    assert books.to_the_end(turn).findings == [("cancelled_amount", "healed")]


@V1_ONLY
def test_more_than_ninety_days(shop: Shop, turn: Turn) -> None:
    early = shop.paid()
    turn(timedelta(days=120))
    shop.drain()
    late = shop.paid()
    for session in (early, late):
        shop.act(shop.session(session)["imp_uid"], "console-cancel", amount=400)

    books = compared(shop, turn, days=125)

    assert [one.order_id for one in books.rows if one.kind == "cancelled_amount"] == [
        early["merchant_uid"],
        late["merchant_uid"],
    ]
    assert [shop.payment(session)["cancelled_amount"] for session in (early, late)] == [400, 400]


@V2_ONLY
def test_a_cancel_of_last_month_is_found_by_the_money_that_moved(shop: Shop, turn: Turn) -> None:
    session = shop.paid()
    turn(timedelta(days=30))
    shop.drain()
    shop.act(shop.session(session)["imp_uid"], "console-cancel", amount=400)

    books = compared(shop, turn)

    assert (books.findings, books.row.listed) == ([("cancelled_amount", "healed")], 0)


def test_portone_is_unavailable_for_a_while(shop: Shop, turn: Turn) -> None:
    session = shop.paid()
    later(shop, turn)
    shop.act(shop.session(session)["imp_uid"], "console-cancel")
    names = ("payments.status", "payments.list")
    shop.portone.faults(*({"kind": "status", "status": 503, "endpoint": name, "times": 3} for name in names))

    books = compared(shop, turn)

    assert books.findings == [("cancelled_amount", "healed")]
    assert shop.session(session)["status"] == "cancelled"


def test_portone_asks_to_be_called_later(shop: Shop, turn: Turn) -> None:
    shop.portone.faults({"kind": "status", "status": 429, "retry_after": 90, "endpoint": "*", "times": 1})
    books = begin(shop)
    shop.engine.work(runs.HANDLER)
    before = books.row

    turn(timedelta(seconds=80))
    shop.drain()

    assert (books.row.calls, books.row.due_at) == (before.calls, before.due_at)
    assert "429" in (before.last_error or "")
    books.to_the_end(turn)


def test_our_own_refunds_are_no_difference(shop: Shop, turn: Turn) -> None:
    session = shop.paid()
    shop.cancel(session)
    shop.drain()

    assert compared(shop, turn).findings == []
