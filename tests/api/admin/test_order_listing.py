"""Operators find orders and their payments by whatever they know of them."""

from datetime import UTC, datetime

import pytest
from itsdangerous import URLSafeSerializer
from sqlalchemy import text

from pitturu.api.order_csv import FIELDS
from pitturu.extensions import db
from pitturu.services import services_of
from pitturu.store import retention
from pitturu.store.sessions import PaymentSession
from pitturu.store.unit_of_work import unit_of_work
from tests.machine_clients import Server, refusal
from tests.operators import logged
from tests.order_lists import FILE, PATH, VIEWER, exported, found, table
from tests.shop import Json, Shop
from tests.values import SECRET


@pytest.fixture(autouse=True)
def viewer(shop: Shop) -> None:
    """An operator who may only look."""
    shop.login(VIEWER, "viewer")


def test_an_order_from_its_opening_to_its_refund(shop: Shop) -> None:
    fresh = shop.open(prepared=False, user="minji")
    session = shop.paid(buyer_name="박민지", buyer_email="park@example.org", buyer_tel="010-9876-5432")
    payment = shop.payment(session)
    shop.refund(session, 4_000)
    shop.drain()

    order, waiting = found(shop)
    for q in (
        *("박민지", "PARK@example", "01098765432", "9876-5432", session["session_id"], session["merchant_uid"]),
        *(payment["payment_id"], payment["imp_uid"], shop.payment(session)["cancellations"][0]["cancellation_id"]),
    ):
        assert found(shop, q) == [order], q
    assert order | {"created_at": None, "paid_at": None} == {
        "session_id": session["session_id"],
        "payment_id": payment["payment_id"],
        "merchant_uid": session["merchant_uid"],
        "imp_uid": payment["imp_uid"],
        "reference": None,
        "username": "hana",
        "buyer_name": "박민지",
        "buyer_email": "park@example.org",
        "buyer_tel": "010-9876-5432",
        "status": "partially_cancelled",
        "item_name": session["item_name"],
        "line_count": 1,
        "amount": 10_000,
        "refunded_amount": 4_000,
        "currency": "KRW",
        "pay_method": payment["pay_method"],
        "pg_provider": "html5_inicis",
        "generation": "v1",
        "created_at": None,
        "paid_at": None,
    }
    assert (order["created_at"], order["paid_at"]) == (session["created_at"], session["paid_at"])
    assert (waiting["session_id"], waiting["status"], waiting["payment_id"]) == (fresh["session_id"], "prepared", None)
    assert found(shop, status="prepared") == found(shop, "minji") == [waiting]
    assert found(shop, amount_from=10_001) == found(shop, pay_method="vbank") == []


def test_pages_and_what_was_searched(shop: Shop) -> None:
    names = [shop.open(user=f"user{number}", prepared=False)["session_id"] for number in range(3)]
    page = shop.get(f"{PATH}?limit=2", VIEWER)
    rest = shop.get(PATH, VIEWER, query_string={"limit": 2, "cursor": page["next"]})

    assert [one["session_id"] for one in page["items"] + rest["items"]] == names[::-1]
    assert page["searched_until"] == page["items"][-1]["created_at"]
    assert (rest["next"], rest["searched_until"]) == (None, None)
    # A place in the list says nothing of anybody: with other filters, it goes on there.
    assert found(shop, "user0", cursor=page["next"]) == rest["items"]


def test_forged_cursors(shop: Shop) -> None:
    shop.open(prepared=False)
    shop.open(user="minji", prepared=False)
    cursor = shop.get(f"{PATH}?limit=1", VIEWER)["next"]
    body, _, signature = cursor.rpartition(".")
    forged = URLSafeSerializer("another secret", salt="page of payments").dumps(["2030-01-01T00:00:00+00:00", "0" * 32])
    other = URLSafeSerializer(SECRET, salt="place among events").dumps(["2030-01-01T00:00:00+00:00", "0" * 32])
    for bad in (f"{body}x.{signature}", f"{body}.{signature[:-1]}", forged, other, "1' OR '1'='1", "latest"):
        answer = shop.get(PATH, VIEWER, 422, query_string={"cursor": bad})
        assert answer["code"] == "bad_cursor", bad


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"q": "김"}, "search_too_short"),
        ({"q": "  a  "}, "search_too_short"),
        ({"q": "x" * 256}, "validation_failed"),
        ({"q": "a\x00b"}, "validation_failed"),
        ({"status": "lost"}, "validation_failed"),
        ({"amount_from": -1}, "validation_failed"),
        ({"amount_to": 10**20}, "validation_failed"),
        ({"pay_method": "card' --"}, "validation_failed"),
        ({"from": "2026-01-01"}, "validation_failed"),
        ({"item_id": "1"}, "validation_failed"),
    ],
)
def test_what_cannot_be_looked_for(shop: Shop, query: Json, code: str) -> None:
    for path in (PATH, FILE):
        assert shop.get(path, VIEWER, 422, query_string=query)["code"] == code


def test_what_a_thief_types_finds_nothing(shop: Shop) -> None:
    """It is compared, and never a pattern or a part of a statement."""
    shop.open()
    for q in (
        "%%",
        "__",
        "hana%",
        "h_na",
        "\\%",
        "' OR ''='",
        "'; DROP TABLE payment_sessions; --",
        "::",
    ):
        assert found(shop, q) == [], q
        assert len(table(exported(shop, q=q))) == 1, q
    assert len(found(shop)) == 1


def test_only_operators_search(shop: Shop) -> None:
    server = Server(shop)
    session = server.open()
    for path in (PATH, FILE):
        assert shop.get(path, "hana", 403)["code"] == "operators_only"
        assert refusal(shop.client.get(f"/api/v1{path}")) == (401, "not_authenticated")
        assert refusal(server.call("GET", path)) == (403, "api_key_not_accepted")
        assert refusal(server.call("GET", path, server.token(session))) == (403, "client_token_not_accepted")
    assert logged(shop.app) == []


def test_what_was_read_is_logged_without_the_buyers_data(shop: Shop) -> None:
    shop.open()
    found(shop, "김하나", status="prepared")
    exported(shop, q="hana@example.org", generation="v1")
    exported(shop, language="en")
    assert [(line.who, line.action, line.whom, line.detail) for line in logged(shop.app)] == [
        (VIEWER, "read_payments", None, "1 orders shown; q; status prepared"),
        (VIEWER, "export_payments", None, "q; generation v1"),
        (VIEWER, "export_payments", None, "no filter"),
    ]


def test_erased_data_is_neither_shown_nor_found(shop: Shop) -> None:
    session = shop.open()
    moment = datetime(2020, 1, 1, tzinfo=UTC)
    shop.set(PaymentSession, created_at=moment, due_at=None, status="expired", open_slot=None)
    with shop.app.app_context():
        assert retention.erase_expired(unit_of_work, services_of(shop.app).settings) == 1
        stored = "SELECT to_jsonb(s)::text FROM payment_sessions s"
        assert "김하나" not in db.session.scalar(text(stored))
        db.session.rollback()

    (order,) = found(shop, session["session_id"])
    assert [order[name] for name in ("buyer_name", "buyer_email", "buyer_tel")] == [None] * 3
    for q in ("김하나", "hana@example.org", "010-1234-5678", "erased", "erased@invalid", "000-0000-0000"):
        assert found(shop, q) == [], q
    row = table(exported(shop))[1]
    assert row[FIELDS.index("buyer_name")] == row[FIELDS.index("buyer_tel")] == ""
