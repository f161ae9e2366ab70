"""Orders of several items are given back line by line, with their shipping, discount and taxes."""

from tests.journeys.carts import APPLES, COFFEE, buy, give_back, line_ids, open_cart, open_for, stocks, wanted
from tests.journeys.test_returns import decide, fulfil
from tests.shop import Shop


def test_a_cart_is_bought_and_given_back_line_by_line(shop: Shop, items: dict[str, str]) -> None:
    session = open_cart(shop, wanted(items))
    assert (session["amount"], session["items_total"], session["tax_free_amount"]) == (29_500, 29_500, 9_000)
    assert (session["item_name"], session["line_count"], len(session["lines"])) == (COFFEE, 3, 3)
    assert stocks(shop, items) == (3, 2)

    session = buy(shop, session)
    assert (session["status"], shop.owned()) == ("paid", 6)
    give_back(shop, session, apples=2)
    assert (shop.session(session)["status"], shop.owned()) == ("partially_cancelled", 4)
    assert (stocks(shop, items), shop.kept(session["imp_uid"])) == ((3, 4), 23_500)
    give_back(shop, session, coffee=1, cards=1)
    assert (stocks(shop, items), shop.kept(session["imp_uid"]), shop.owned()) == ((4, 4), 13_000, 2)
    shop.cancel(session)
    shop.drain()
    assert (shop.session(session)["status"], stocks(shop, items), shop.owned()) == ("cancelled", (5, 5), 0)
    records = shop.payment(session)["cancellations"]
    assert [(one["amount"], one["quantity"], one["tax_free"]) for one in records] == [
        *((6_000, 2, 6_000), (10_500, 2, 0), (13_000, 2, 3_000))
    ]


def test_the_tax_free_part_is_sent_with_the_payment_and_each_cancel(shop: Shop, items: dict[str, str]) -> None:
    """PortOne would refuse a cancel of more of either part than is left."""
    v1 = shop.generation == "v1"
    session = open_cart(shop, wanted(items, cards=0))
    params = session["checkout"]["params"]
    assert params["tax_free" if v1 else "taxFreeAmount"] == 9_000
    assert v1 or params["vatAmount"] == 1_818
    session = buy(shop, session)
    give_back(shop, session, apples=1)
    give_back(shop, session, coffee=1)
    shop.cancel(session)
    shop.drain()
    assert shop.session(session)["status"] == "cancelled"
    cancels = shop.portone.ledger()[session["imp_uid"]]["cancels"]
    assert [(one["tax_free"], one["vat"]) for one in cancels] == [(3_000, 0), (0, 909), (6_000, 909)]


def test_a_cancel_in_the_console_takes_its_tax_free_part_along(shop: Shop, items: dict[str, str]) -> None:
    session = buy(shop, open_cart(shop, wanted(items, cards=0)))
    shop.act(session["imp_uid"], "console-cancel", amount=2_900)
    shop.webhook(session, session["imp_uid"], "cancelled")
    shop.drain()
    shop.cancel(session)
    shop.drain()
    assert shop.session(session)["status"] == "cancelled"
    assert sum(one["tax_free"] for one in shop.payment(session)["cancellations"]) == 9_000


def test_shipping_and_a_discount_go_back_with_the_pieces(shop: Shop, items: dict[str, str]) -> None:
    """29,000 won of items less 2,900, and 3,000 for shipping: a tenth off every piece, shipping with the last ones."""
    session = open_for(shop, items, shipping=3_000, discount=2_900)
    assert (session["amount"], session["shipping"], session["discount"]) == (29_100, 3_000, 2_900)
    assert session["tax_free_amount"] == 8_100
    assert "products" not in session["checkout"]["params"]
    session = buy(shop, session)
    give_back(shop, session, coffee=1)
    assert shop.kept(session["imp_uid"]) == 20_100
    give_back(shop, session, coffee=1, apples=2)
    assert shop.kept(session["imp_uid"]) == 5_700
    give_back(shop, session, apples=1)
    assert (shop.session(session)["status"], shop.kept(session["imp_uid"])) == ("cancelled", 0)


def test_one_line_was_sent_and_the_other_is_cancelled_alone(shop: Shop, items: dict[str, str]) -> None:
    session = buy(shop, open_cart(shop, wanted(items, cards=0)))
    fulfil(shop, session, "shipped", line_id=line_ids(shop, session)[COFFEE])
    ways = {line["item_name"]: line["way"] for line in shop.payment(session)["lines"]}
    assert ways == {COFFEE: "return_request", APPLES: "cancel"}
    give_back(shop, session, apples=1)
    assert shop.payment(session)["cancellations"][-1]["stage"] == "succeeded"
    give_back(shop, session, coffee=1)
    assert shop.payment(session)["cancellations"][-1]["stage"] == "return_requested"


def test_a_return_that_its_buyer_withdraws_does_not_make_the_shipping_free(shop: Shop, items: dict[str, str]) -> None:
    """The lines beside it were cancelled meanwhile. Shipping goes back when the buyer has nothing left."""
    session = buy(shop, open_for(shop, items, shipping=3_000, discount=2_900))
    fulfil(shop, session, "shipped", line_id=line_ids(shop, session)[COFFEE])
    asked = give_back(shop, session, coffee=2)["cancellations"][-1]
    give_back(shop, session, apples=3)
    assert (shop.kept(session["imp_uid"]), shop.owned()) == (21_000, 2)
    assert [one["amount"] for one in shop.payment(session)["cancellations"]] == [21_000, 8_100]
    path = f"/payments/{session['payment_id']}/cancellations/{asked['cancellation_id']}/withdraw"
    shop.post(path, {}, status=200)
    shop.drain()
    assert (shop.kept(session["imp_uid"]), shop.owned()) == (21_000, 2)
    again = give_back(shop, session, coffee=2)["cancellations"][-1]
    decide(shop, again["cancellation_id"], "approve")
    shop.drain()
    assert (shop.session(session)["status"], shop.kept(session["imp_uid"]), shop.owned()) == ("cancelled", 0, 0)


def test_lines_are_named_where_there_are_several(shop: Shop, items: dict[str, str]) -> None:
    session = buy(shop, open_cart(shop, wanted(items, apples=1)))
    assert shop.cancel(session, status=422, quantity=1)["code"] == "line_needed"
    ids = line_ids(shop, session)
    twice = [{"line_id": ids[COFFEE], "quantity": 1}] * 2
    assert "lines" in shop.cancel(session, status=422, lines=twice)["errors"]
    too_many = shop.cancel(session, status=422, lines=[{"line_id": ids[COFFEE], "quantity": 3}])
    assert (too_many["code"], "lines" in too_many["errors"]) == ("quantity_too_large", True)
    other = buy(shop, open_cart(shop, wanted(items, coffee=1, apples=1)))
    foreign = line_ids(shop, other)[COFFEE]
    assert shop.cancel(session, status=404, lines=[{"line_id": foreign, "quantity": 1}])["code"] == "line_not_found"
