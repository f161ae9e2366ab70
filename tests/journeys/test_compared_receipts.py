"""Cash receipts that somebody issued or cancelled in a console: a comparison finds them, and nothing is sent."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.journeys.books import Turn, compared
from tests.journeys.test_cash_receipts import again, transferred, valid_there
from tests.shop import OPERATOR, Json, Shop


def by_hand(shop: Shop, session: Json, status: str) -> None:
    shop.act(shop.session(session)["imp_uid"], "receipt", status=status)


def requests(shop: Shop) -> int:
    """Receipts that we had issued or cancelled."""
    return len(shop.portone.calls_to("receipts.issue")) + len(shop.portone.calls_to("receipts.cancel"))


def test_cancelled_in_a_console(shop: Shop, turn: Turn) -> None:
    session, fine = transferred(shop), transferred(shop)
    by_hand(shop, session, "CANCELLED")
    turn(timedelta(hours=2))
    sent = requests(shop)

    (found,) = [one for one in compared(shop, turn).rows if one.kind.startswith("receipt")]

    assert (found.kind, found.state, found.theirs, found.amount) == ("receipt_cancelled", "open", "cancelled", 10_000)
    assert (shop.payment(session)["cash_receipt"]["stage"], requests(shop)) == ("differs", sent)
    assert shop.payment(fine)["cash_receipt"]["stage"] == "issued"
    shop.login(OPERATOR, role="finance")
    (case,) = [one for one in shop.get("/operations/dead", OPERATOR)["items"] if one["kind"] == "cash_receipt"]
    assert case["reason"] == "cash_receipt"
    assert compared(shop, turn).findings == [], "it is listed for operators already"
    again(shop, session)
    shop.drain()
    assert valid_there(shop, session) == [10_000]


@pytest.mark.parametrize("heal", [True, False])
def test_issued_in_a_console(shop: Shop, turn: Turn, heal: bool) -> None:
    """What was missing here is taken over; what nobody asked us for is only reported."""
    shop.portone.control("PATCH", "settings", {"cash_receipts": "unsupported"})
    session, unasked = transferred(shop), transferred(shop, cash_receipt=None)
    for one in (session, unasked):
        by_hand(shop, one, "ISSUED")
    turn(timedelta(hours=2))

    found = [one for one in compared(shop, turn, heal=heal).rows if one.kind.startswith("receipt")]

    states = {one.order_id: (one.kind, one.state) for one in found}
    assert states == {
        session["merchant_uid"]: ("receipt_unknown", "healed" if heal else "open"),
        unasked["merchant_uid"]: ("receipt_unknown", "open"),
    }
    assert shop.payment(session)["cash_receipt"]["stage"] == ("issued" if heal else "failed")
    assert requests(shop) == 1, "the one that was refused"


@pytest.mark.parametrize("listed", [True, False])
def test_no_call_for_each_receipt_where_there_is_a_list(
    shop_with: Callable[..., Shop], turn: Turn, generation: str, listed: bool
) -> None:
    """V2's list has those of V1 as well. A shop without V2 is asked about each receipt of the window, once."""
    shop = shop_with() if listed or generation == "v2" else shop_with(portone_v2_api_secret="")
    sessions = [transferred(shop) for _ in range(2)]
    if not listed:
        by_hand(shop, sessions[1], "CANCELLED")
    before = len(shop.portone.calls_to("receipts.get"))
    turn(timedelta(hours=2))

    found = compared(shop, turn).findings

    assert found == ([] if listed else [("receipt_cancelled", "open")])
    calls = len(shop.portone.calls_to("receipts.get")) - before
    lists = len(shop.portone.calls_to("receipts.list"))
    assert (calls, lists) == ((0, 1) if listed or generation == "v2" else (2, 0))
