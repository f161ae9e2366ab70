"""PortOne V2 in the API: sessions that choose it, signed webhooks, what the browser sends and gets."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from pitturu.domain import ids
from pitturu.extensions import db
from pitturu.store import webhooks
from pitturu.store.webhooks import WebhookDelivery
from tests import v2
from tests.shop import Shop
from tests.values import BUYER, V2_STORE

WEBHOOK = "/api/v1/payments/webhook"
NEWS = {
    "type": "Transaction.Paid",
    "timestamp": "2026-11-24T00:00:00Z",
    "data": {"storeId": V2_STORE, "paymentId": "ord1", "transactionId": "0192-1"},
}
OTHER = "whsec_YW5vdGhlciBzZWNyZXQgb2YgdGhlIHRlc3Rz"


@pytest.fixture
def shop(shop: Shop) -> Shop:
    """Sessions are paid through V2 here."""
    shop.generation = "v2"
    return shop


def kept(app: Flask) -> list[WebhookDelivery]:
    with app.app_context():
        return list(db.session.query(WebhookDelivery))


def post(shop: Shop, news: Any = NEWS, headers: dict[str, str] | None = None, form: bool = False) -> Any:
    """Post this webhook, signed unless other headers are given."""
    kind = "application/x-www-form-urlencoded" if form else "application/json"
    body = news if isinstance(news, bytes) else json.dumps(news).encode()
    signed = v2.signature_headers(body, "wh_1") if headers is None else headers
    return shop.client.post(WEBHOOK, data=body, content_type=kind, headers=signed)


def test_everything_that_the_window_needs(shop_with: Callable[..., Shop]) -> None:
    shop = shop_with(public_url="https://pay.example.com", portone_v2_channels=(("card", "channel-key-cards"),))
    shop.generation = "v2"
    item, redirect = shop.item(), "https://shop.example.com/done"
    session = shop.open(item, pay_method="card", buyer_addr="서울", buyer_postcode="04524", redirect_url=redirect)

    assert session["checkout"] == {
        "generation": "v2",
        "script_url": "https://cdn.portone.io/v2/browser-sdk.js",
        "user_code": None,
        "ready": True,
        "params": {
            "storeId": V2_STORE,
            "channelKey": "channel-key-cards",
            "paymentId": session["merchant_uid"],
            "orderName": "제주 감귤 5kg",
            "totalAmount": 10_000,
            "products": [{"id": item, "name": "제주 감귤 5kg", "amount": 10_000, "quantity": 1}],
            "currency": "KRW",
            "payMethod": "CARD",
            "customer": {
                "customerId": ids.customer_id("hana"),
                "fullName": "김하나",
                "phoneNumber": "010-1234-5678",
                "email": "hana@example.org",
                "address": {"addressLine1": "서울", "addressLine2": ""},
                "zipcode": "04524",
            },
            "locale": "KO_KR",
            "redirectUrl": redirect,
            "noticeUrls": ["https://pay.example.com/api/v1/payments/webhook"],
        },
    }


@pytest.mark.parametrize(
    ("method", "answered"),
    [
        ("kakaopay", {"payMethod": "EASY_PAY", "easyPay": {"easyPayProvider": "KAKAOPAY"}}),
        ("trans", {"payMethod": "TRANSFER"}),
        ("phone", {"payMethod": "MOBILE", "productType": "REAL"}),
        ("vbank", {"payMethod": "VIRTUAL_ACCOUNT"}),
    ],
)
def test_each_payment_method_in_v2(shop: Shop, method: str, answered: dict[str, Any]) -> None:
    params = shop.open(pay_method=method)["checkout"]["params"]

    assert params | answered == params
    assert params["channelKey"] == "channel-key-inicis"
    assert ("virtualAccount" in params) == (method == "vbank")


def test_a_long_name_is_cut_between_characters(shop: Shop) -> None:
    name = shop.open(shop.item(name="제주 감귤 " * 10))["checkout"]["params"]["orderName"]

    assert len(name.encode()) <= 40
    assert "제주 감귤 제주 감귤 제주 감귤".startswith(name)


def test_a_long_name_of_a_buyer_is_cut_as_inicis_counts(shop: Shop) -> None:
    """In bytes: thirty of them are ten Korean syllables."""
    params = shop.open(buyer_name="남궁하나" * 4)["checkout"]["params"]

    assert params["customer"]["fullName"] == "남궁하나남궁하나남궁"


def test_the_setting_decides_where_nobody_else_does(shop_with: Callable[..., Shop]) -> None:
    shop = shop_with(portone_generation="v2")
    order_body = {"item_id": shop.item(), "quantity": 1, **BUYER}

    assert shop.post("/payments/sessions", order_body, status=201)["generation"] == "v2"
    assert shop.post("/payments/sessions", {**order_body, "generation": "v1"}, status=201)["generation"] == "v1"


def test_a_generation_without_keys_is_refused(shop_with: Callable[..., Shop]) -> None:
    shop = shop_with(portone_v2_api_secret="")
    order_body = {"item_id": shop.item(), "quantity": 1, **BUYER}

    problem = shop.post("/payments/sessions", {**order_body, "generation": "v2"}, status=422)

    assert problem["code"] == "generation_not_served"
    assert "through v1 here" in problem["errors"]["generation"][0]
    assert shop.post("/payments/sessions", {**order_body, "generation": "v3"}, status=422)["errors"]["generation"]


def test_sessions_whose_keys_were_taken_away_wait_for_them(shop: Shop, shop_with: Callable[..., Shop]) -> None:
    session = shop.open()
    shop.verify(session, shop.pay(session))
    keyless = shop_with(portone_v2_api_secret="")
    keyless.drain()
    assert "PORTONE_V2_API_SECRET again until every V2 session has ended" in (keyless.row(session).last_error or "")
    assert shop.session(session)["status"] == "verifying"


@pytest.mark.parametrize("answered", ["both", "payment_id", "transaction_id"])
def test_what_the_browser_reports(shop: Shop, answered: str) -> None:
    session = shop.open()
    known = {"payment_id": session["merchant_uid"], "transaction_id": shop.pay(session)}
    shop.post("/payments/verify", known if answered == "both" else {answered: known[answered]})
    shop.drain()
    assert shop.session(session)["status"] == "paid"


def test_signed_webhooks_are_stored_raw(shop: Shop, app: Flask) -> None:
    assert post(shop).status_code == 200

    (row,) = kept(app)
    assert (row.generation, row.delivery_id, row.merchant_uid, row.imp_uid) == ("v2", "wh_1", "ord1", "0192-1")
    assert (row.event_status, row.state) == ("Transaction.Paid", "pending")
    assert row.body == json.dumps(NEWS).encode()


def test_the_same_message_is_one_row_and_another_message_is_another(shop: Shop, app: Flask) -> None:
    for name in ("wh_1", "wh_1", "wh_2"):
        post(shop, headers=v2.signature_headers(json.dumps(NEWS).encode(), name))

    assert sorted((row.delivery_id, row.copies) for row in kept(app)) == [("wh_1", 2), ("wh_2", 1)]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"webhook-id": "wh_1"},
        {"webhook-id": "wh_1", "webhook-timestamp": "x", "webhook-signature": "v1,AAAA"},
        {"webhook-id": "wh_1", "webhook-timestamp": "1764547200", "webhook-signature": "v1"},
    ],
)
def test_unsigned_webhooks_are_refused(
    shop: Shop, app: Flask, caplog: pytest.LogCaptureFixture, headers: dict[str, str]
) -> None:
    refused(post(shop, headers=headers), app, caplog)


@pytest.mark.parametrize("wrong", [{"body": b"other bytes"}, {"secret": OTHER}, {"age": 600}, {"age": -600}])
def test_forged_webhooks_are_refused(
    shop: Shop, app: Flask, caplog: pytest.LogCaptureFixture, wrong: dict[str, Any]
) -> None:
    good = {"body": json.dumps(NEWS).encode(), "name": "wh_1"}

    refused(post(shop, headers=v2.signature_headers(**good | wrong)), app, caplog)


def refused(answer: Any, app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    """The webhook is not stored, and the log reports it."""
    assert (answer.status_code, answer.json["code"]) == (401, "webhook_forged")
    assert kept(app) == []
    assert "webhook_refused" in caplog.text


def test_either_of_two_secrets_is_accepted(shop_with: Callable[..., Shop]) -> None:
    shop = shop_with(portone_v2_webhook_secrets=(OTHER, "whsec_" + "A" * 32))

    assert post(shop, headers=v2.signature_headers(json.dumps(NEWS).encode(), "wh_1", secret=OTHER)).status_code == 200
    assert post(shop).status_code == 401


def test_without_a_secret_v2_webhooks_are_refused(shop_with: Callable[..., Shop]) -> None:
    assert post(shop_with(portone_v2_webhook_secrets=())).status_code == 401


@pytest.mark.parametrize("kind", ["BillingKey.Issued", "Transaction.Confirm", "Something.New"])
def test_webhooks_about_no_payment_are_stored_and_cause_no_query(shop: Shop, app: Flask, kind: str) -> None:
    assert post(shop, {**NEWS, "type": kind, "data": {"billingKey": "b"}}).status_code == 200

    (row,) = kept(app)
    assert (row.state, row.due_at) == ("ignored", None)
    shop.drain()
    assert shop.portone.calls("v2/payments") == []


@pytest.mark.parametrize("form", [False, True])
def test_the_first_version_of_the_webhook(shop: Shop, app: Flask, form: bool) -> None:
    session = shop.open()
    answered = {"payment_id": session["merchant_uid"], "tx_id": shop.pay(session), "status": "Paid"}
    body = (
        "&".join(f"{name}={value}" for name, value in answered.items()).encode()
        if form
        else json.dumps(answered).encode()
    )
    assert post(shop, body, form=form).status_code == 200
    shop.drain()
    assert shop.session(session)["status"] == "paid"
    assert kept(app)[0].state == "done"


def test_ignored_webhooks_are_deleted_after_a_month(shop: Shop, app: Flask, turn: Callable[[timedelta], None]) -> None:
    post(shop, {**NEWS, "type": "Something.New"})
    turn(timedelta(days=31))
    with app.app_context():
        webhooks.delete_expired()
        db.session.commit()
    assert kept(app) == []
