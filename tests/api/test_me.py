"""The caller's identity, payments and inventory."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from itsdangerous import URLSafeSerializer

from pitturu.domain.roles import Permission
from pitturu.extensions import db
from pitturu.store.history import Payment
from tests.shop import Shop
from tests.values import settings_for

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def history(shop: Shop, app: Flask) -> list[str]:
    """Seven payments of Hana in seven days, two of them at the very same moment; their names, newest first."""
    shop.paid()
    with app.app_context():
        first = db.session.query(Payment).one()
        first.created_at = LONG_AGO
        for day in range(1, 7):
            copied = {"session_key": first.session_key, "merchant_uid": first.merchant_uid, "currency": "KRW"}
            who = {"user_username": "hana", "item_name": f"item {day}", "imp_uid": f"imp_{day}"}
            what = {"amount": day, "status": "failed" if day % 2 else "paid", "provider_status": "failed"}
            db.session.add(Payment(**copied, **who, **what, created_at=LONG_AGO + timedelta(days=min(day, 5))))
        db.session.commit()
        order = Payment.created_at.desc(), Payment.id.desc()
        return [payment.payment_id for payment in db.session.query(Payment).order_by(*order)]


def names(page: dict[str, Any]) -> list[str]:
    return [payment["payment_id"] for payment in page["items"]]


def test_who_am_i(shop: Shop) -> None:
    shop.login("operator", "admin")

    assert shop.get("/me") == {"username": "hana", "role": "buyer", "permissions": []}
    assert shop.get("/me", "operator") == {"username": "operator", "role": "admin", "permissions": [*Permission]}


def test_what_i_own(shop: Shop) -> None:
    item = shop.item(name="귤")
    shop.paid(item, quantity=2)
    shop.paid(item)

    entry = shop.get("/me/inventory")["items"][0]
    assert (entry["item_id"], entry["item_name"], entry["quantity"]) == (item, "귤", 3)
    assert shop.get("/me/inventory", "duri") == {"items": []}


def test_the_catalogue_is_open_to_everybody(shop: Shop) -> None:
    first, second = shop.item(name="나", stock=None), shop.item(name="가", price=500, stock=0)

    common = {"sku": None, "description": "", "image_url": None, "returnable": True, "tax_free": False}
    assert shop.client.get("/api/v1/items").json["items"] == [
        common | {"id": second, "name": "가", "price": 500, "stock": 0},
        common | {"id": first, "name": "나", "price": 10_000, "stock": None},
    ]
    assert shop.client.get(f"/api/v1/items/{first}").json["name"] == "나"


def test_nobody_reads_without_a_token(shop: Shop) -> None:
    for path in ("/me", "/me/payments", "/me/inventory", "/payments/any", "/payments/sessions/any"):
        assert shop.client.get(f"/api/v1{path}").status_code == 401


def test_newest_first_in_pages_without_gap_or_repetition(shop: Shop, history: list[str]) -> None:
    seen: list[str] = []
    cursor = None
    while True:
        page = shop.get("/me/payments?limit=2" + (f"&cursor={cursor}" if cursor else ""))
        seen += names(page)
        cursor = page["next"]
        if cursor is None:
            break

    assert seen == history


def test_others_have_their_own_history(shop: Shop, history: list[str]) -> None:
    cursor = shop.get("/me/payments?limit=1")["next"]

    assert shop.get("/me/payments", "duri") == {"items": [], "next": None}
    assert shop.get(f"/me/payments?cursor={cursor}", "duri") == {"items": [], "next": None}


def test_by_status(shop: Shop, history: list[str]) -> None:
    page = shop.get("/me/payments?status=failed")

    assert [payment["amount"] for payment in page["items"]] == [5, 3, 1]


@pytest.mark.parametrize(
    ("since", "until", "count"),
    [
        ("2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z", 1),
        ("2026-01-02T00:00:00+00:00", None, 6),
        ("2026-01-02T09:00:00+09:00", "2026-01-03T09:00:00+09:00", 1),
        (None, "2026-01-01T00:00:00Z", 0),
        ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", 7),
    ],
)
def test_by_date(shop: Shop, history: list[str], since: str | None, until: str | None, count: int) -> None:
    query = "&".join(f"{name}={quote(at)}" for name, at in (("from", since), ("to", until)) if at)

    assert len(shop.get(f"/me/payments?{query}")["items"]) == count


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=x", "limit"),
        ("limit=" + "9" * 5000, "limit"),
        ("status=gold", "status"),
        ("from=2026-01-01", "from"),
        ("from=2026-01-01T00:00:00", "from"),
        ("to=yesterday", "to"),
        ("to=" + "0" * 1000, "to"),
        ("cursor=", "cursor"),
        ("cursor=%00", "cursor"),
        ("cursor=" + "x" * 301, "cursor"),
        ("cursor=WyIyMDI2Il0.forged", "cursor"),
        ("cursor=%F0%9F%8D%8A", "cursor"),
    ],
)
def test_invalid_queries(shop: Shop, query: str, field: str) -> None:
    assert list(shop.get(f"/me/payments?{query}", status=422)["errors"]) == [field]


@pytest.mark.parametrize("salt", ["page of payments", "another purpose"])
def test_a_cursor_signed_for_another_purpose_is_invalid(shop: Shop, salt: str) -> None:
    cursor = URLSafeSerializer(settings_for().secret_key, salt=salt).dumps([LONG_AGO.isoformat(), "0" * 32])

    shop.get(f"/me/payments?cursor={cursor}", status=200 if salt == "page of payments" else 422)


def test_a_page_costs_one_statement(shop: Shop, history: list[str], statements: list[str]) -> None:
    shop.get("/me/payments")

    assert len(statements) == 1
