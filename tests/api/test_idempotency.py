"""A repeated request is executed once and gets the same response."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from pitturu.domain import clock
from pitturu.extensions import db
from pitturu.store import idempotency
from pitturu.store.idempotency import KEPT_FOR, IdempotencyKey
from pitturu.store.unit_of_work import UnitOfWork
from tests.shop import Shop
from tests.values import BUYER, NEW_DATA_KEY, OLD_DATA_KEY

SESSIONS = "/api/v1/payments/sessions"


@pytest.fixture
def body(shop: Shop) -> dict[str, Any]:
    """An order of an item of which ten are in stock."""
    return {"item_id": shop.item(stock=10), "quantity": 1, **BUYER}


def post(shop: Shop, body: dict[str, Any], key: str = "once", user: str = "hana", **how: Any) -> TestResponse:
    headers = shop.login(user) | {"Idempotency-Key": key}
    return shop.app.test_client().post(how.pop("path", SESSIONS), json=body, headers=headers, **how)


def test_the_second_one_gets_the_first_ones_response(shop: Shop, body: dict[str, Any]) -> None:
    first, second = post(shop, body), post(shop, body)

    assert "Idempotency-Replayed" not in first.headers
    assert second.headers["Idempotency-Replayed"] == "true"
    assert (second.status_code, second.data, second.mimetype) == (201, first.data, "application/json")
    assert second.headers["Location"] == first.headers["Location"]
    assert shop.stock(body["item_id"]) == 9


def test_spacing_and_order_of_keys_do_not_matter(shop: Shop, body: dict[str, Any]) -> None:
    first = post(shop, body)
    turned = dict(reversed(body.items()))

    assert post(shop, turned).json == first.json


@pytest.mark.parametrize("change", [{"quantity": 2}, {"buyer_name": "김두리"}])
def test_another_body_under_the_same_key(shop: Shop, body: dict[str, Any], change: dict[str, Any]) -> None:
    post(shop, body)
    answer = post(shop, body | change)

    assert (answer.status_code, answer.json["code"]) == (422, "idempotency_key_reused")
    assert shop.stock(body["item_id"]) == 9


def test_another_address_under_the_same_key(shop: Shop, body: dict[str, Any]) -> None:
    session = post(shop, body).json
    answer = post(shop, {}, path=f"{SESSIONS}/{session['session_id']}/prepare")

    assert (answer.status_code, answer.json["code"]) == (422, "idempotency_key_reused")


def test_keys_belong_to_their_user(shop: Shop, body: dict[str, Any]) -> None:
    assert post(shop, body).json["session_id"] != post(shop, body, user="duri").json["session_id"]


def test_refusals_are_not_kept(shop: Shop, body: dict[str, Any]) -> None:
    assert post(shop, body | {"quantity": 11}).status_code == 409
    assert post(shop, body | {"quantity": 0}).status_code == 422

    assert post(shop, body).status_code == 201


def test_a_day_later_the_key_is_free(shop: Shop, body: dict[str, Any], app: Flask) -> None:
    first = post(shop, body)
    with app.app_context():
        db.session.query(IdempotencyKey).update({"created_at": clock.now() - KEPT_FOR - timedelta(seconds=1)})
        db.session.commit()

    second = post(shop, body)

    assert second.status_code == 201
    assert second.json["session_id"] != first.json["session_id"]
    assert post(shop, body).json == second.json


@pytest.mark.parametrize("key", ["", "x" * 256, "열쇠", "tab\there", "\x7f"])
def test_invalid_keys(shop: Shop, body: dict[str, Any], key: str) -> None:
    answer = post(shop, body, key.encode().decode("latin-1"))

    assert (answer.status_code, answer.json["code"]) == (400, "bad_idempotency_key")


def test_the_longest_key(shop: Shop, body: dict[str, Any]) -> None:
    key = " ~" * 127 + "x"

    assert post(shop, body, key).json == post(shop, body, key).json


def test_one_that_is_still_running(shop: Shop, body: dict[str, Any], app: Flask) -> None:
    with ThreadPoolExecutor(1) as elsewhere, app.app_context():
        assert idempotency.lock(UnitOfWork(), "hana", "once")
        answer = elsewhere.submit(post, shop, body).result()
        db.session.rollback()

    assert (answer.status_code, answer.json["code"]) == (409, "request_in_progress")
    assert answer.headers["Retry-After"] == "1"
    assert post(shop, body).status_code == 201


def test_many_at_once_do_it_once(shop: Shop, body: dict[str, Any]) -> None:
    shop.login()
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: post(shop, body), range(24)))

    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len({answer.json["session_id"] for answer in answers if answer.status_code == 201}) == 1
    assert shop.stock(body["item_id"]) == 9


def test_every_post_of_a_user_takes_a_key(shop: Shop, body: dict[str, Any]) -> None:
    session = shop.paid()
    payment = session["payment_id"]
    for path, order_body in [
        (f"{SESSIONS}/{shop.open()['session_id']}/prepare", None),
        ("/api/v1/payments/verify", {"merchant_uid": session["merchant_uid"]}),
        (f"/api/v1/payments/{payment}/cancel", {"reason": "변심", "quantity": 1}),
    ]:
        first, second = (post(shop, order_body, path, path=path) for _ in range(2))

        assert first.status_code == 202, first.text
        assert second.data == first.data
        assert second.headers["Location"] == first.headers["Location"]

    assert len(shop.payment(session)["cancellations"]) == 1


def test_a_stored_response_whose_key_is_gone(shop_with: Callable[..., Shop], caplog: pytest.LogCaptureFixture) -> None:
    """Nothing is done twice; the log says which setting to restore, the client to repeat it later."""
    before, after = (shop_with(pitturu_env="production", data_keys=(key,)) for key in (OLD_DATA_KEY, NEW_DATA_KEY))
    body = {"item_id": before.item(stock=10), "quantity": 1, **BUYER}
    first = post(before, body)

    refused = post(after, body)

    assert (refused.status_code, refused.json["code"]) == (503, "data_unreadable")
    (line,) = [record for record in caplog.records if record.message == "data_key_missing"]
    assert "DATA_KEYS" in line.error
    assert after.stock(body["item_id"]) == 9
    assert post(before, body).data == first.data
