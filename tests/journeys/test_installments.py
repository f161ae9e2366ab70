"""Cards paid in instalments: the window offers the months of the setting, and what was chosen is kept and shown."""

from collections.abc import Callable

import pytest

from tests.shop import OPERATOR, Json, Shop

RULES = ("2=50000", "3=50000", "6=300000")


@pytest.fixture
def shop(shop_with: Callable[..., Shop]) -> Shop:
    """A shop that offers some months."""
    return shop_with(card_installments=RULES)


def offered(shop: Shop, price: int, **wish: object) -> list[int] | None:
    """The months that the window is opened with; None if nothing is said about them."""
    session = shop.open(shop.item(price=price), **wish)
    shop.post(f"/payments/sessions/{session['session_id']}/close", {})
    params: Json = session["checkout"]["params"]
    if shop.generation == "v1":
        return params["display"]["card_quota"] if "display" in params else None
    if "card" not in params:
        return None
    option: Json = params["card"]["installment"]["monthOption"]
    return option.get("availableMonthList") or [option["fixedMonth"]]


def test_the_months_follow_from_the_amount(shop: Shop, shop_with: Callable[..., Shop]) -> None:
    v1 = shop.generation == "v1"
    assert (offered(shop, 50_000), offered(shop, 300_000)) == ([2, 3], [2, 3, 6])
    assert offered(shop, 49_999) == ([] if v1 else None)
    assert offered(shop, 300_000, pay_method="kakaopay") is None
    assert offered(shop_with(card_installments=("none",)), 300_000) == ([] if v1 else [0])
    assert offered(shop_with(), 300_000) is None
    shown = shop.get("/pay-methods")["methods"]
    assert shown[0]["installments"] == [
        {"months": 2, "least_amount": 50_000},
        {"months": 3, "least_amount": 50_000},
        {"months": 6, "least_amount": 300_000},
    ]
    assert shown[1]["installments"] is None


@pytest.mark.parametrize("months", [0, 3])
def test_what_the_buyer_chose_is_shown(shop: Shop, months: int) -> None:
    session = shop.open(shop.item(price=60_000))
    imp_uid = shop.window(session)
    with pytest.raises(AssertionError, match="does not offer 12 months"):
        shop.act(imp_uid, "approve", months=12)
    shop.act(imp_uid, "approve", months=months)
    shop.verify(session, imp_uid)
    shop.drain()

    assert shop.payment(session)["installment_months"] == months
    shop.login(OPERATOR, role="support")
    order = shop.get(f"/operations/payments/{session['merchant_uid']}", OPERATOR)
    assert [payment["installment_months"] for payment in order["payments"]] == [months]


def test_other_methods_have_no_months(shop: Shop) -> None:
    assert shop.payment(shop.paid(pay_method="trans"))["installment_months"] is None
