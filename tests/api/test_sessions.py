"""Opening a session, and its representation."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from pitturu.api import session_body
from pitturu.api.session_body import MESSAGES
from pitturu.domain.lifecycle import OPEN, SessionStatus
from tests.shop import Shop
from tests.values import BUYER

SESSIONS = "/payments/sessions"


def order_body(shop: Shop, **changes: Any) -> dict[str, Any]:
    return {"item_id": shop.item(), "quantity": 2, **BUYER} | changes


def test_what_a_new_session_says(shop: Shop) -> None:
    body = order_body(shop, pay_method="card", buyer_addr="서울시 중구", buyer_postcode="04524")
    answer = shop.client.post(f"/api/v1{SESSIONS}", json=body, headers=shop.login())
    session = answer.json

    assert answer.status_code == 201
    assert answer.headers["Location"] == f"/api/v1{SESSIONS}/{session['session_id']}"
    assert answer.headers["Cache-Control"] == "no-store"
    assert {name: session[name] for name in body} == body
    expected = {
        "status": "created",
        "generation": "v1",
        "item_name": "제주 감귤 5kg",
        "unit_price": 10_000,
        "amount": 20_000,
        "currency": "KRW",
        "settled": False,
        "checkout": session["checkout"],
    }
    assert session | expected == session
    unknown = ("provider_status", "imp_uid", "payment_id", "virtual_account", "fail_reason", "paid_at", "redirect_url")
    assert [session[name] for name in unknown] == [None] * len(unknown)
    assert set(session["message"]) == {"ko", "en"}
    assert session == shop.session(session) | {"updated_at": session["updated_at"]}


def test_every_status_has_its_message() -> None:
    assert set(MESSAGES) == set(SessionStatus)
    assert all(message["ko"] and message["en"] for message in MESSAGES.values())


def test_every_open_status_has_its_poll_interval() -> None:
    assert set(session_body.POLL) == OPEN


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("item_id", "7"),
        ("item_id", None),
        ("quantity", 0),
        ("quantity", 1001),
        ("quantity", "1"),
        ("quantity", 1.5),
        ("quantity", True),
        ("quantity", 10**30),
        ("quantity", 1e300),
        ("pay_method", "gold"),
        ("pay_method", 1),
        ("buyer_name", ""),
        ("buyer_name", " \u3000"),
        ("buyer_name", "x" * 256),
        ("buyer_name", "하나\x00"),
        ("buyer_name", "하나\n둘"),
        ("buyer_name", "하나\u2028둘"),
        ("buyer_name", ["하나"]),
        ("buyer_name", {"ko": "하나"}),
        ("buyer_email", "hana"),
        ("buyer_email", "hana@example.org\n"),
        ("buyer_email", f"{'x' * 250}@example.org"),
        ("buyer_email", '"\x01"@example.org'),
        ("buyer_tel", "call me"),
        ("buyer_tel", "12345"),
        ("buyer_tel", "0" * 21),
        ("buyer_tel", "+1" + "-" * 10),
        ("buyer_tel", "１２３４５６７８９"),
        ("buyer_addr", "x" * 501),
        ("buyer_postcode", "x" * 21),
        ("redirect_url", "ftp://shop.example.com/"),
        ("redirect_url", "javascript:alert(1)"),
        ("redirect_url", "//shop.example.com/"),
        ("redirect_url", "https://"),
        ("redirect_url", "https://[::1"),
        ("redirect_url", "https://shop.example.com:99999/"),
        ("redirect_url", "https://user:pass@shop.example.com/"),
        ("redirect_url", "https://shop.example.com\\@evil.example/"),
        ("redirect_url", "https://shop.example.com/ evil"),
        ("redirect_url", "https://shop.example.com/" + "x" * 500),
        ("amount", 1),
        ("price", 1),
    ],
)
def test_invalid_values(shop: Shop, field: str, value: object) -> None:
    problem = shop.post(SESSIONS, order_body(shop, **{field: value}), status=422)

    assert problem["code"] == "validation_failed"
    assert list(problem["errors"]) == [field]


@pytest.mark.parametrize("tel", ["010-1234-5678", "02-123-4567", "01012345678", "+82 10-1234-5678", "+14155550123"])
def test_telephone_numbers_as_people_write_them(shop: Shop, tel: str) -> None:
    assert shop.post(SESSIONS, order_body(shop, buyer_tel=tel), status=201)["buyer_tel"] == tel


@pytest.mark.parametrize("generation", ["v1", "v2"])
@pytest.mark.parametrize("missing", ["item_id", "quantity", "buyer_name", "buyer_email", "buyer_tel"])
def test_required_fields(shop: Shop, generation: str, missing: str) -> None:
    """Inicis opens no window without a telephone number, nor V2's without name and email."""
    body = order_body(shop, generation=generation)
    del body[missing]

    assert list(shop.post(SESSIONS, body, status=422)["errors"]) == [missing]


def test_allowed_redirects(shop_with: Callable[..., Shop]) -> None:
    shop = shop_with(redirect_origins=("https://shop.example.com/", "https://[2001:db8::1]:8443"))

    for good in ("https://shop.example.com/done?a=1", "https://SHOP.example.com", "https://[2001:db8::1]:8443/x"):
        assert shop.post(SESSIONS, order_body(shop, redirect_url=good), status=201)["redirect_url"] == good
    for bad in ("https://evil.example/", "http://shop.example.com/", "https://shop.example.com.evil.example/"):
        assert list(shop.post(SESSIONS, order_body(shop, redirect_url=bad), status=422)["errors"]) == ["redirect_url"]


def test_our_own_pages_are_always_allowed(shop_with: Callable[..., Shop]) -> None:
    shop = shop_with(public_url="https://pay.example.com", redirect_origins=("https://shop.example.com",))

    for good in ("https://pay.example.com/payment/return", "https://shop.example.com/"):
        shop.post(SESSIONS, order_body(shop, redirect_url=good), status=201)
    shop.post(SESSIONS, order_body(shop, redirect_url="https://pay.example.com.evil.example/"), status=422)


def test_production_redirects_over_https_only(shop_with: Callable[..., Shop]) -> None:
    shop = shop_with(pitturu_env="production", cors_origins=("https://shop.example.com",))

    shop.post(SESSIONS, order_body(shop, redirect_url="http://shop.example.com/"), status=422)
    shop.post(SESSIONS, order_body(shop, redirect_url="https://shop.example.com/"), status=201)


def test_production_redirects_to_named_origins_only(shop_with: Callable[..., Shop]) -> None:
    """Otherwise a link to PortOne's own window could end on a page that asks for card numbers."""
    shop = shop_with(pitturu_env="production", public_url="https://pay.example.com", redirect_origins=())

    problem = shop.post(SESSIONS, order_body(shop, redirect_url="https://evil.example/"), status=422)
    shop.post(SESSIONS, order_body(shop, redirect_url="https://pay.example.com/payment/return"), status=201)

    assert list(problem["errors"]) == ["redirect_url"]


def test_an_item_that_is_not_sold_here(shop: Shop) -> None:
    assert shop.post(SESSIONS, order_body(shop, item_id=str(uuid4())), status=404)["code"] == "item_not_found"


def test_too_many_pieces(shop: Shop) -> None:
    assert shop.post(SESSIONS, order_body(shop, quantity=11), status=409)["code"] == "out_of_stock"


def test_other_users_do_not_see_it(shop: Shop) -> None:
    session = shop.open(prepared=False)
    path = f"{SESSIONS}/{session['session_id']}"
    shop.login("operator", "admin")

    for stranger in ("duri", "operator"):
        assert shop.get(path, stranger, 404)["code"] == "session_not_found"
        for what in ("prepare", "close"):
            assert shop.post(f"{path}/{what}", {}, stranger, 404)["code"] == "session_not_found"
        named = {"merchant_uid": session["merchant_uid"]}
        assert shop.post("/payments/verify", named, stranger, 404)["code"] == "session_not_found"


@pytest.mark.parametrize("body", [{}, {"imp_uid": None, "merchant_uid": None}])
def test_verify_needs_a_name(shop: Shop, body: dict[str, Any]) -> None:
    assert shop.post("/payments/verify", body, status=422)["code"] == "nothing_to_verify"


@pytest.mark.parametrize("field", ["imp_uid", "merchant_uid"])
@pytest.mark.parametrize("value", ["", "x" * 65, "a/b", "하나", "a\n", 7])
def test_verify_takes_names_only(shop: Shop, field: str, value: object) -> None:
    assert list(shop.post("/payments/verify", {field: value}, status=422)["errors"]) == [field]


def test_verify_says_where_to_poll(shop: Shop) -> None:
    session = shop.open()
    body = {"imp_uid": shop.pay(session), "merchant_uid": session["merchant_uid"]}

    answer = shop.client.post("/api/v1/payments/verify", json=body, headers=shop.login())

    assert (answer.status_code, answer.json["status"]) == (202, "verifying")
    assert answer.headers["Location"] == f"/api/v1{SESSIONS}/{session['session_id']}"


def test_opening_takes_no_extra_statement(shop: Shop, statements: list[str]) -> None:
    body, other = order_body(shop), shop.item()
    shop.login()
    statements.clear()

    shop.post(SESSIONS, body, status=201)
    plain = [line.split()[0] for line in statements]
    statements.clear()
    shop.post(SESSIONS, body | {"item_id": other}, status=201, key="once")

    assert plain == ["SELECT", "WITH"], "item; stock, session and timeline"
    assert len(statements) == len(plain) + 2, "the key's lock and its look-up; its answer goes along with the session"


def test_polling_takes_one_statement(shop: Shop, statements: list[str]) -> None:
    session = shop.open()
    statements.clear()

    shop.session(session)

    assert len(statements) == 1
