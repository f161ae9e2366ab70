"""V2's confirm process: a signed question just before the approval, answered from the database."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import create_engine, text

from pitturu.services import services_of
from tests import v2
from tests.shop import Shop

CONFIRM = "/api/v1/payments/confirm"
OTHER = "whsec_YW5vdGhlciBzZWNyZXQgb2YgdGhlIHRlc3Rz"
FORMS = ["2024-04-25", "2024-01-01"]
OLD_NAMES = {"paymentId": "payment_id", "transactionId": "tx_id", "totalAmount": "total_amount"}


@pytest.fixture
def shop(shop: Shop) -> Shop:
    """Sessions are paid through V2 here."""
    shop.generation = "v2"
    return shop


def question(session: dict[str, Any], form: str = FORMS[0], **changes: Any) -> dict[str, Any]:
    """The body of either version, with changes in the words of the newer one."""
    told = {"paymentId": session["merchant_uid"], "transactionId": "0192-1", "totalAmount": session["amount"]}
    told |= changes
    if form == FORMS[0]:
        return {"type": "Transaction.Confirm", "timestamp": "2026-11-24T00:00:00.000Z", "data": told}
    return {OLD_NAMES[name]: value for name, value in told.items()}


def ask(shop: Shop, body: Any, **signing: Any) -> Any:
    """The answer to this question, signed as PortOne does it."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = v2.signature_headers(raw, "wh_confirm", **signing)
    return shop.client.post(CONFIRM, data=raw, content_type="application/json", headers=headers)


def stopped(answer: Any, status: int, code: str) -> None:
    """A problem whose `errorMessage` the buyer can read: Korean, then English in brackets."""
    assert (answer.status_code, answer.json["code"]) == (status, code), answer.text
    assert re.fullmatch(r"[가-힣].+ \([A-Z].+\)", answer.json["errorMessage"]), answer.text


@pytest.mark.parametrize("form", FORMS)
def test_a_payment_that_may_go_ahead(shop: Shop, form: str) -> None:
    answer = ask(shop, question(shop.open(), form) | {"new": "ignored"})

    assert (answer.status_code, answer.json) == (200, {})


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("change", "code"), [({"totalAmount": 9_999}, "amount_differs"), ({"paymentId": "ord0"}, "unknown_order")]
)
def test_a_payment_that_may_not_go_ahead(shop: Shop, form: str, change: dict[str, Any], code: str) -> None:
    stopped(ask(shop, question(shop.open(), form, **change)), 409, code)


def test_after_the_deadline(shop: Shop, turn: Callable[[timedelta], None]) -> None:
    session = shop.open()
    turn(timedelta(minutes=31))

    stopped(ask(shop, question(session)), 409, "session_closed")


def test_sold_out_since_the_first_try(shop: Shop) -> None:
    item_id = shop.item(stock=1)
    session = shop.open(item_id)
    shop.decline(session)
    shop.paid(item_id, "duri")

    stopped(ask(shop, question(session)), 409, "out_of_stock")


def unsigned(shop: Shop, body: dict[str, Any]) -> Any:
    return shop.client.post(CONFIRM, json=body)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "forge",
    [
        lambda shop, body: unsigned(shop, body),
        lambda shop, body: ask(shop, body, secret=OTHER),
        lambda shop, body: ask(shop, body, age=301),
        lambda shop, body: shop.client.post(CONFIRM, json=body, headers=v2.signature_headers(b"{}", "wh_1")),
    ],
    ids=["unsigned", "another secret", "old", "of another body"],
)
def test_a_forged_question_learns_nothing(shop: Shop, form: str, forge: Callable[..., Any]) -> None:
    """Right or wrong, an amount gets the same answer."""
    session = shop.open()
    answers = [forge(shop, question(session, form, totalAmount=amount)) for amount in (session["amount"], 1)]

    for answer in answers:
        stopped(answer, 401, "webhook_forged")
    assert len({answer.json["errorMessage"] for answer in answers}) == 1


def test_v1s_unsigned_form_asks_about_no_order_of_v2(shop: Shop) -> None:
    session = shop.open()
    body = {"imp_uid": "imp_1", "merchant_uid": session["merchant_uid"], "amount": session["amount"]}

    stopped(unsigned(shop, body), 409, "unknown_order")
    assert ask(shop, body | question(session)).status_code == 409, "an imp_uid makes it V1's"


def test_v2_asks_about_no_order_of_v1(shop: Shop) -> None:
    shop.generation = "v1"

    stopped(ask(shop, question(shop.open())), 409, "unknown_order")


@pytest.mark.parametrize(
    "change",
    [
        {"totalAmount": "10000"},
        {"totalAmount": None},
        {"totalAmount": 10_000.5},
        {"totalAmount": -1},
        {"paymentId": ""},
        {"paymentId": "a/b"},
        {"transactionId": "x" * 65},
    ],
)
@pytest.mark.parametrize("form", FORMS)
def test_an_invalid_question_is_refused(shop: Shop, form: str, change: dict[str, Any]) -> None:
    stopped(ask(shop, question(shop.open(), form, **change)), 422, "validation_failed")


@pytest.mark.parametrize("lost", ["paymentId", "transactionId", "totalAmount"])
@pytest.mark.parametrize("form", FORMS)
def test_an_incomplete_question_is_refused(shop: Shop, form: str, lost: str) -> None:
    body = question(shop.open(), form)
    about = body.get("data", body)
    del about[lost if form == FORMS[0] else OLD_NAMES[lost]]

    stopped(ask(shop, body), 422, "validation_failed")


@pytest.mark.parametrize("body", [{"type": "Transaction.Paid", "data": {}}, {"type": "Transaction.Confirm"}, {}, []])
def test_a_body_without_a_question_is_refused(shop: Shop, body: Any) -> None:
    stopped(ask(shop, body), 422, "validation_failed")


def test_an_oversized_question_is_not_read(shop: Shop) -> None:
    stopped(ask(shop, question(shop.open()) | {"padding": "x" * 16_384}), 413, "body_too_large")


def test_a_locked_order_is_confirmed_all_the_same(shop: Shop, app: Flask) -> None:
    """PortOne waits a few seconds for the answer; a worker that writes the order must not use them up."""
    session = shop.open()
    engine = create_engine(services_of(app).settings.sqlalchemy_url)
    with engine.begin() as connection:
        connection.execute(text("SELECT 1 FROM payment_sessions FOR UPDATE"))
        assert ask(shop, question(session)).status_code == 200
    engine.dispose()


@pytest.mark.parametrize(
    ("configured", "address"),
    [
        ({"portone_v2_confirm": "on", "public_url": "https://pay.example.com"}, f"https://pay.example.com{CONFIRM}"),
        ({"portone_v2_confirm": "on", "public_url": "http://localhost:8080"}, f"http://localhost:8080{CONFIRM}"),
        ({"portone_v2_confirm": "on"}, None),
        ({"public_url": "https://pay.example.com"}, None),
    ],
)
def test_the_checkout_names_the_address_where_it_is_wanted(
    shop_with: Callable[..., Shop], configured: dict[str, str], address: str | None
) -> None:
    shop = shop_with(**configured)
    shop.generation = "v2"

    assert shop.open()["checkout"]["params"].get("confirmUrl") == address
