"""The two endpoints that PortOne calls."""

import re
from collections.abc import Callable
from datetime import timedelta
from ipaddress import ip_network
from typing import Any

import pytest
from flask import Flask

from pitturu.extensions import db
from pitturu.store.webhooks import WebhookDelivery
from tests.shop import Shop

WEBHOOK, CONFIRM = "/api/v1/payments/webhook", "/api/v1/payments/confirm"
NEWS = {"imp_uid": "imp_123456789012", "merchant_uid": "ord123", "status": "paid"}


def kept(app: Flask) -> list[WebhookDelivery]:
    with app.app_context():
        return list(db.session.query(WebhookDelivery))


@pytest.mark.parametrize("form", [False, True])
def test_webhooks_are_stored_raw(shop: Shop, app: Flask, form: bool) -> None:
    answer = shop.client.post(WEBHOOK, **({"data": NEWS} if form else {"json": NEWS}))

    assert (answer.status_code, answer.json) == (200, {"status": "ok"})
    (row,) = kept(app)
    assert (row.imp_uid, row.merchant_uid, row.event_status, row.remote_address) == (*NEWS.values(), "127.0.0.1")
    assert NEWS["imp_uid"].encode() in row.body
    assert row.request_id == answer.headers["X-Request-ID"]
    assert row.due_at is not None


def test_copies_share_a_row(shop: Shop, app: Flask) -> None:
    for _ in range(3):
        shop.client.post(WEBHOOK, json=NEWS)

    assert [row.copies for row in kept(app)] == [3]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", "application/json"),
        (b"{", "application/json"),
        (b"[]", "application/json"),
        (b"{}", "application/json"),
        (b'{"imp_uid": "imp_1\\u0000", "merchant_uid": "o", "status": "paid"}', "application/json"),
        (b'{"imp_uid": "imp_1", "merchant_uid": "' + b"o" * 41 + b'", "status": "paid"}', "application/json"),
        (b"imp_uid=imp_1&merchant_uid=o", "application/x-www-form-urlencoded"),
        (b"imp_uid=imp_1&merchant_uid=o&status=paid", "text/plain"),
        (b"imp_uid=imp_1&merchant_uid=o&status=paid", None),
    ],
)
def test_malformed_webhooks(
    shop: Shop, app: Flask, caplog: pytest.LogCaptureFixture, body: bytes, kind: str | None
) -> None:
    answer = shop.client.post(WEBHOOK, data=body, content_type=kind)

    assert (answer.status_code, answer.json["code"]) == (400, "webhook_malformed")
    assert "webhook_refused" in caplog.text
    assert kept(app) == []


def test_signatures_that_v1_does_not_document_change_nothing(shop: Shop, app: Flask) -> None:
    answer = shop.client.post(WEBHOOK, json=NEWS, headers={"webhook-id": "msg_1", "webhook-signature": "v1,abc"})

    assert answer.status_code == 200
    assert [(row.generation, row.delivery_id) for row in kept(app)] == [("v1", "")]


def test_a_webhook_is_small(shop: Shop, app: Flask) -> None:
    answer = shop.client.post(WEBHOOK, json=NEWS | {"note": "x" * 17_000})

    assert (answer.status_code, answer.json["code"]) == (413, "body_too_large")
    assert kept(app) == []


def test_only_from_where_it_may_come(shop_with: Callable[..., Shop], caplog: pytest.LogCaptureFixture) -> None:
    shop = shop_with(webhook_networks=(ip_network("203.0.113.0/24"), ip_network("2001:db8::/32")))

    def status(address: str) -> int:
        return shop.client.post(WEBHOOK, json=NEWS, environ_base={"REMOTE_ADDR": address}).status_code

    assert [status(address) for address in ("203.0.113.9", "::ffff:203.0.113.9", "2001:db8::1")] == [200, 200, 200]
    assert [status(address) for address in ("198.51.100.1", "2001:db9::1", "nonsense", "")] == [403] * 4
    assert "webhook_refused" in caplog.text


def test_forwarded_addresses_count_behind_our_own_proxy_only(shop_with: Callable[..., Shop]) -> None:
    networks = (ip_network("203.0.113.0/24"),)
    forwarded = {"X-Forwarded-For": "203.0.113.9, 198.51.100.1, 10.0.0.1"}

    def status(proxies: int) -> int:
        shop = shop_with(webhook_networks=networks, trusted_proxies=proxies)
        return shop.client.post(WEBHOOK, json=NEWS, headers=forwarded).status_code

    assert [status(proxies) for proxies in (0, 1, 2, 3)] == [403, 403, 403, 200]


def confirm(shop: Shop, session: dict[str, Any], **changes: Any) -> Any:
    body = {"imp_uid": "imp_123456789012", "merchant_uid": session["merchant_uid"], "amount": session["amount"]}
    return shop.client.post(CONFIRM, json=body | changes)


def test_a_payment_that_may_go_ahead(shop: Shop) -> None:
    answer = confirm(shop, shop.open(), something_new="ignored")

    assert (answer.status_code, answer.json) == (200, {})


@pytest.mark.parametrize(("amount", "status"), [("10000.0", 200), ("1e4", 200), ("10000.5", 422), ("1e999", 422)])
def test_json_knows_one_kind_of_number(shop: Shop, amount: str, status: int) -> None:
    body = f'{{"imp_uid": "imp_1", "merchant_uid": "{shop.open()["merchant_uid"]}", "amount": {amount}}}'
    answer = shop.client.post(CONFIRM, data=body, content_type="application/json")

    assert answer.status_code == status, answer.text


def stopped(answer: Any, status: int, code: str) -> None:
    """A complete problem body, with a reason that the buyer can read: Korean, then English in brackets."""
    assert (answer.status_code, answer.mimetype, answer.json["code"]) == (status, "application/problem+json", code)
    assert answer.json.keys() >= {"title", "status", "detail", "instance", "request_id"}
    assert re.fullmatch(r"[가-힣].+ \([A-Z].+\)", answer.json["reason"]), answer.text


@pytest.mark.parametrize(
    ("change", "code"), [({"amount": 9_999}, "amount_differs"), ({"merchant_uid": "ord0"}, "unknown_order")]
)
def test_a_payment_that_may_not_go_ahead(shop: Shop, change: dict[str, Any], code: str) -> None:
    answer = confirm(shop, shop.open(), **change)

    stopped(answer, 409, code)
    assert answer.json["reason"] == answer.json["detail"]


def test_after_the_deadline(shop: Shop, turn: Callable[[timedelta], None]) -> None:
    session = shop.open()
    turn(timedelta(minutes=31))

    stopped(confirm(shop, session), 409, "session_closed")


@pytest.mark.parametrize("change", [{"amount": "10000"}, {"amount": None}, {"amount": True}, {"merchant_uid": ""}])
def test_an_invalid_confirmation_is_refused(shop: Shop, change: dict[str, Any]) -> None:
    stopped(confirm(shop, shop.open(), **change), 422, "validation_failed")


@pytest.mark.parametrize(
    ("body", "kind", "status", "code"),
    [
        (b"{", "application/json", 400, "malformed_json"),
        (b"[]", "application/json", 422, "validation_failed"),
        (b"imp_uid=imp_1", "application/x-www-form-urlencoded", 415, "unsupported_media_type"),
        (b" " * 70_000, "application/json", 413, "body_too_large"),
    ],
)
def test_a_malformed_confirmation_gets_a_reason(shop: Shop, body: bytes, kind: str, status: int, code: str) -> None:
    stopped(shop.client.post(CONFIRM, data=body, content_type=kind), status, code)


def test_too_many_confirmations_get_a_reason(shop_with: Callable[..., Shop]) -> None:
    shop = shop_with(rate_webhook="1/hour")
    shop.client.post(CONFIRM)

    stopped(shop.client.post(CONFIRM), 429, "too_many_requests")
