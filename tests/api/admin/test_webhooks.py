"""Operators see which webhooks arrived, what became of them, and what they said."""

import json
from uuid import uuid4

import pytest

from tests.operators import logged
from tests.shop import Json, Shop

ITEM = (
    *("id", "state", "generation", "event_status", "merchant_uid", "imp_uid", "provider_cancellation_id", "copies"),
    *("received_at", "repeated_at", "finished_at", "lag", "attempts", "next_try", "dead_since", "last_error"),
    *("remote_address", "request_id"),
)


@pytest.fixture(autouse=True)
def viewer(shop: Shop) -> None:
    """An operator who may only look."""
    shop.login("viewer", "viewer")


def listed(shop: Shop, query: str = "") -> list[Json]:
    """The webhooks that the operator sees."""
    return list(shop.get(f"/operations/webhooks{query}", "viewer")["items"])


def test_a_webhook_before_and_after_it_was_dealt_with(shop: Shop) -> None:
    session = shop.open()
    imp_uid = shop.pay(session)
    shop.webhook(session, imp_uid)
    (before,) = listed(shop)
    assert set(before) == set(ITEM)
    assert (before["state"], before["finished_at"], before["lag"]) == ("pending", None, None)
    assert before["next_try"] is not None

    shop.drain()
    (after,) = listed(shop)
    assert (after["state"], after["copies"], after["next_try"]) == ("done", 1, None)
    assert (after["merchant_uid"], after["imp_uid"], after["event_status"]) == (
        session["merchant_uid"],
        imp_uid,
        "paid",
    )
    assert after["finished_at"] > after["received_at"]
    assert 0 < after["lag"] < 60


def test_filters_and_pages(shop: Shop) -> None:
    for number in range(3):
        shop.webhook({"merchant_uid": f"stranger{number}"}, f"imp_{number}")
    page = shop.get("/operations/webhooks?limit=2", "viewer")
    rest = shop.get(f"/operations/webhooks?limit=2&cursor={page['next']}", "viewer")

    assert [one["imp_uid"] for one in page["items"] + rest["items"]] == ["imp_2", "imp_1", "imp_0"]
    assert rest["next"] is None
    assert [one["imp_uid"] for one in listed(shop, "?order=stranger1&state=pending")] == ["imp_1"]
    assert listed(shop, "?state=done") == listed(shop, "?to=2020-01-01T00:00:00Z") == []
    shop.get("/operations/webhooks?state=lost", "viewer", 422)


def test_a_forged_body_is_text(shop: Shop) -> None:
    body = json.dumps({"imp_uid": "imp_1", "merchant_uid": "ord1", "status": "<script>alert(1)</script>"})
    shop.client.post("/api/v1/payments/webhook", data=body.encode() + b"\xff ", content_type="text/html")
    assert listed(shop) == [], "malformed"
    shop.client.post("/api/v1/payments/webhook", data=body.encode(), content_type="application/json")
    (row,) = listed(shop)

    answer = shop.client.get(f"/api/v1/operations/webhooks/{row['id']}", headers=shop.login("viewer"))
    assert answer.content_type == "application/json"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.json == row | {"content_type": "application/json", "delivery_id": "", "body": body}


def test_what_was_looked_at_is_logged(shop: Shop) -> None:
    session = shop.paid()
    shop.webhook(session, "imp_1")
    shop.drain()
    (row,) = listed(shop)
    shop.get(f"/operations/webhooks/{row['id']}", "viewer")

    first, second = logged(shop.app)
    assert (first.action, first.whom, first.detail) == ("read_webhooks", None, "1 webhooks shown")
    assert (second.action, second.whom, second.what_kind) == ("read_webhooks", "hana", "webhook")
    assert second.what_id == row["id"]


def test_an_unknown_webhook(shop: Shop) -> None:
    assert shop.get(f"/operations/webhooks/{uuid4()}", "viewer", 404)["code"] == "webhook_not_found"
    shop.get("/operations/webhooks/no-uuid", "viewer", 404)


@pytest.mark.parametrize("path", ["webhooks", "webhooks/00000000-0000-4000-8000-000000000007"])
def test_buyers_see_none(shop: Shop, path: str) -> None:
    shop.get(f"/operations/{path}", status=403)
