"""The parameters of PortOne's window."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from pitturu.domain import ids
from tests.shop import Shop


def params(shop: Shop, **order_body: Any) -> dict[str, Any]:
    checkout = shop.open(**order_body)["checkout"]
    found: dict[str, Any] = checkout["params"]
    return found


def test_everything_that_the_window_needs(shop_with: Callable[..., Shop]) -> None:
    shop = shop_with(public_url="https://pay.example.com/", portone_user_code="imp12345678")
    item, redirect = shop.item(), "https://shop.example.com/done"
    session = shop.open(item, pay_method="card", buyer_addr="서울", buyer_postcode="04524", redirect_url=redirect)

    assert session["checkout"] == {
        "generation": "v1",
        "script_url": "https://cdn.iamport.kr/v1/iamport.js",
        "user_code": "imp12345678",
        "ready": True,
        "params": {
            "pg": "html5_inicis",
            "pay_method": "card",
            "merchant_uid": session["merchant_uid"],
            "name": "제주 감귤 5kg",
            "amount": 10_000,
            "products": [
                {"id": item, "code": item, "name": "제주 감귤 5kg", "unitPrice": 10_000, "quantity": 1},
            ],
            "currency": "KRW",
            "language": "ko",
            "buyer_name": "김하나",
            "buyer_email": "hana@example.org",
            "buyer_tel": "010-1234-5678",
            "buyer_addr": "서울",
            "buyer_postcode": "04524",
            "m_redirect_url": redirect,
            "notice_url": "https://pay.example.com/api/v1/payments/webhook",
            "confirm_url": "https://pay.example.com/api/v1/payments/confirm",
        },
    }


def test_the_window_waits_for_the_preparation(shop: Shop) -> None:
    assert shop.open(prepared=False)["checkout"]["ready"] is False


def test_what_is_not_known_is_left_out(shop: Shop) -> None:
    absent = {"buyer_addr", "buyer_postcode", "m_redirect_url", "notice_url", "confirm_url", "digital", "vbank_due"}

    assert absent.isdisjoint(params(shop))


def test_confirm_needs_https(shop_with: Callable[..., Shop]) -> None:
    found = params(shop_with(public_url="http://localhost:8080"))

    assert found["notice_url"] == "http://localhost:8080/api/v1/payments/webhook"
    assert "confirm_url" not in found


@pytest.mark.parametrize(
    ("method", "channels", "expected"),
    [
        (None, {}, {"pg": "html5_inicis", "pay_method": "card"}),
        ("trans", {}, {"pg": "html5_inicis", "pay_method": "trans"}),
        ("kakaopay", {}, {"pg": "kakaopay", "pay_method": "kakaopay"}),
        ("kakaopay", {"kakaopay": "pg:kakaopay.TC0ONETIME"}, {"pg": "kakaopay.TC0ONETIME"}),
        ("card", {"card": "channel-key-1", "vbank": "channel-key-2"}, {"channelKey": "channel-key-1"}),
        (None, {"card": "channel-key-1"}, {"channelKey": "channel-key-1"}),
        ("phone", {"card": "channel-key-1"}, {"pg": "html5_inicis"}),
    ],
)
def test_which_channel(
    shop_with: Callable[..., Shop], method: str | None, channels: dict[str, str], expected: dict[str, str]
) -> None:
    found = params(shop_with(portone_channels=tuple(channels.items())), pay_method=method)

    assert found | expected == found
    assert ("pg" in found) != ("channelKey" in found)


def test_the_lengths_that_portone_takes(shop: Shop) -> None:
    found = params(
        shop,
        item_id=shop.item(name="귤" * 100),
        buyer_name="하" * 100,
        buyer_email=f"{'h' * 60}@example.org",
        buyer_tel="+82 10-1234-56789",
        buyer_addr="길" * 500,
        buyer_postcode="1" * 20,
    )

    lengths = {name: len(found[name]) for name in ("name", "buyer_name", "buyer_addr", "buyer_postcode")}
    assert lengths == {"name": 40, "buyer_name": 16, "buyer_addr": 128, "buyer_postcode": 8}
    assert found["buyer_tel"] == "+8210123456789"
    assert "buyer_email" not in found, "half an address is somebody else's"


@pytest.mark.parametrize(("stock", "digital"), [(10, False), (None, True)])
def test_phone_payments_say_what_is_sold(shop: Shop, stock: int | None, digital: bool) -> None:
    assert params(shop, item_id=shop.item(stock=stock), pay_method="phone")["digital"] is digital


@pytest.mark.parametrize(("pg", "there"), [("kcp", True), ("kcp.T0000", True), ("html5_inicis", False)])
def test_phone_payments_at_kcp_name_the_customer(shop_with: Callable[..., Shop], pg: str, there: bool) -> None:
    shop = shop_with(portone_pg=pg)
    found = params(shop, pay_method="phone")

    customer = {"bypass": {"shop_user_id": ids.customer_id("hana")}}
    assert {name: found[name] for name in ("bypass",) if name in found} == (customer if there else {})
    assert "bypass" not in params(shop, pay_method="card")


def test_the_deadline_of_a_virtual_account_is_in_korean_time(shop: Shop) -> None:
    session = shop.open(pay_method="vbank")
    due = datetime.fromisoformat(session["created_at"]) + timedelta(days=3, hours=9)

    assert session["checkout"]["params"]["vbank_due"] == due.strftime("%Y%m%d%H%M%S")


def test_who_cannot_pay_has_no_checkout(shop: Shop) -> None:
    waiting = shop.open(pay_method="vbank")
    imp_uid = shop.window(waiting)
    shop.act(imp_uid, "issue")
    shop.verify(waiting, imp_uid)
    shop.drain()
    waiting = shop.session(waiting)

    assert shop.paid()["checkout"] is None
    assert (waiting["status"], waiting["checkout"]) == ("awaiting_deposit", None)
    assert waiting["virtual_account"]["number"]
