"""Ways to pay that the shop offers, and what becomes of a wish for another one."""

from collections.abc import Callable

import pytest

from tests.fake_portone import PortOne
from tests.journeys.generations import V1_ONLY
from tests.shop import Json, Shop

CHANNELS = {
    "naverpay": "channel-key-naverpay",
    "tosspay": "channel-key-tosspay",
    "samsungpay": "channel-key-inicis",
    "payco": "channel-key-payco",
}


@pytest.fixture
def shop(shop_with: Callable[..., Shop]) -> Shop:
    """A shop with channels for all easy pays."""
    channels = tuple(CHANNELS.items())
    return shop_with(portone_channels=channels, portone_v2_channels=channels)


@pytest.mark.parametrize("method", CHANNELS)
def test_a_purchase_and_a_refund_with_an_easy_pay(shop: Shop, portone: PortOne, method: str) -> None:
    session = shop.paid(quantity=2, pay_method=method)

    params = session_params(shop, method)
    assert params["channelKey"] == CHANNELS[method]
    if shop.generation == "v2":
        assert (params["payMethod"], params["easyPay"]) == ("EASY_PAY", {"easyPayProvider": method.upper()})
    payment = shop.payment(session)
    assert (session["pay_method"], payment["pay_method"]) == (method, method)
    shop.cancel(session, quantity=1)
    shop.drain()
    assert shop.kept(session["imp_uid"]) == 10_000
    if (method, shop.generation) == ("naverpay", "v1"):
        truth = portone.control("GET", f"payments/{session['imp_uid']}")
        assert truth["cancel_history"][0]["reason"], "Naver Pay refuses a cancel without one"
    shop.balance()


def session_params(shop: Shop, method: str) -> Json:
    """What the window of another order is opened with."""
    params: Json = shop.open(pay_method=method)["checkout"]["params"]
    return params


def test_naver_pay_lists_the_products(shop: Shop) -> None:
    item = shop.item()
    params = shop.open(item, quantity=2, pay_method="naverpay")["checkout"]["params"]

    listed = params["naverProducts"] if shop.generation == "v1" else params["bypass"]["naverpay"]["productItems"]
    product = {"categoryType": "PRODUCT", "categoryId": "GENERAL", "uid": item, "name": "제주 감귤 5kg", "count": 2}
    assert listed == [product]


@V1_ONLY
def test_an_easy_pay_in_the_window_of_another_pg(shop_with: Callable[..., Shop], portone: PortOne) -> None:
    """The PG's window lists no products, and PortOne may report the card that is behind the easy pay."""
    shop = shop_with(portone_channels=(("naverpay", "pg:html5_inicis"),))
    portone.control("PATCH", "settings", {"hub_easy_pay": "card"})
    session = shop.paid(pay_method="naverpay")

    assert "naverProducts" not in session_params(shop, "naverpay")
    truth = portone.control("GET", f"payments/{session['imp_uid']}")
    assert (truth["pay_method"], truth["emb_pg_provider"]) == ("card", "naverpay")
    assert shop.payment(session)["pay_method"] == "naverpay"


def test_a_method_that_is_not_offered_is_refused(shop_with: Callable[..., Shop]) -> None:
    """Neither for a new order nor for one that exists, and nothing is held for it."""
    shop = shop_with(pay_methods=("trans", "card"))
    item = shop.item()
    body = {"item_id": item, "quantity": 1, "generation": shop.generation}
    buyer = {"buyer_name": "김하나", "buyer_email": "hana@example.org", "buyer_tel": "010-1234-5678"}
    for method in ("naverpay", "vbank"):
        problem = shop.post("/payments/sessions", {**body, **buyer, "pay_method": method}, status=422)
        assert (problem["code"], list(problem["errors"])) == ("pay_method_not_offered", ["pay_method"])
        assert "trans, card" in problem["detail"]
    assert shop.stock(item) == 10

    session = shop.open(item)
    problem = shop.post(f"/payments/sessions/{session['session_id']}/prepare", {"pay_method": "payco"}, status=422)
    assert problem["code"] == "pay_method_not_offered"
    assert shop.session(session)["pay_method"] is None
    assert shop.get(f"/pay-methods?generation={shop.generation}")["methods"] == [
        {"pay_method": "trans", "least_amount": 1, "installments": None},
        {"pay_method": "card", "least_amount": 1, "installments": None},
    ]
    shop.balance()


def test_naver_pay_takes_ten_won_and_more(shop: Shop) -> None:
    session = shop.open(shop.item(price=9))
    path = f"/payments/sessions/{session['session_id']}/prepare"

    problem = shop.post(path, {"pay_method": "naverpay"}, status=422)

    assert (problem["code"], list(problem["errors"])) == ("amount_below_minimum", ["pay_method"])
    assert shop.post(path, {"pay_method": "tosspay"})["pay_method"] == "tosspay"


def test_without_card_the_first_method_is_taken(shop_with: Callable[..., Shop]) -> None:
    shop = shop_with(pay_methods=("kakaopay", "trans"))

    assert shop.open()["pay_method"] == "kakaopay"


def test_another_method_than_was_chosen_is_kept_as_it_was_paid(shop: Shop) -> None:
    """The buyer's browser changes what the window is opened with: the money is right, so the order is paid."""
    session = shop.open(pay_method="tosspay")
    shop.verify(session, shop.pay(session, pay_method="card"))
    shop.drain()

    session = shop.session(session)
    assert (session["status"], session["pay_method"]) == ("paid", "card")
