"""Every error has the same format and says what to do next."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.exc import DataError, IntegrityError

from pitturu.api import problems
from pitturu.domain import errors
from pitturu.store import owned_sessions
from pitturu.store.unit_of_work import UnitOfWork
from tests.shop import Shop

SESSIONS = "/api/v1/payments/sessions"


def answered(answer: Any, status: int, code: str) -> dict[str, Any]:
    """The problem in `answer`, which must be complete."""
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json"), answer.text
    body: dict[str, Any] = json.loads(answer.data)
    assert body["code"] == code
    assert body["status"] == status
    assert body["request_id"] == answer.headers["X-Request-ID"]
    assert all(body[name] for name in ("title", "detail", "instance"))
    return body


def subclasses(kind: type[errors.Problem]) -> set[type[errors.Problem]]:
    return {kind, *(deeper for child in kind.__subclasses__() for deeper in subclasses(child))}


def test_every_kind_of_problem_has_a_status() -> None:
    assert subclasses(errors.Problem) - {errors.Problem} == set(problems.STATUS)


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/api/v1/nothing", 404, "not_found"),
        ("GET", "/nothing", 404, "not_found"),
        ("GET", "/api/v1/items/not-a-uuid", 404, "not_found"),
        ("GET", "/docs/../settings.py", 404, "not_found"),
        ("DELETE", "/api/v1/items", 405, "method_not_allowed"),
        ("GET", "/api/v1/me", 401, "not_authenticated"),
        ("POST", "/api/v1/payments/verify", 401, "not_authenticated"),
        ("GET", "/api/v1/items/00000000-0000-0000-0000-000000000000", 404, "item_not_found"),
        ("GET", "/api/v1/nothing/%00%ff/%ED%A0%80", 404, "not_found"),
    ],
)
def test_unknown_paths_and_methods(shop: Shop, method: str, path: str, status: int, code: str) -> None:
    answered(shop.client.open(path, method=method), status, code)


def test_the_supported_methods_are_listed(shop: Shop) -> None:
    assert "GET" in shop.client.delete("/api/v1/items").headers["Allow"]


def test_401_says_how_to_log_in(shop: Shop) -> None:
    assert shop.client.get("/api/v1/me").headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "name", ["a%00b", "%ED%A0%80", "%FF%FE", "ses-1", "%EA%B0%80", "a" * 41, "a" * 5_000, "ses1%0A"]
)
@pytest.mark.parametrize(
    ("method", "path", "code"),
    [
        ("GET", "sessions/{}", "session_not_found"),
        ("GET", "sessions/{}?wait=1", "session_not_found"),
        ("POST", "sessions/{}/prepare", "session_not_found"),
        ("GET", "{}", "payment_not_found"),
        ("POST", "{}/cancel", "payment_not_found"),
    ],
)
def test_malformed_ids_are_not_found(shop: Shop, method: str, path: str, code: str, name: str) -> None:
    url, body = f"/api/v1/payments/{path.format(name)}", {"reason": "변심"} if "cancel" in path else None

    answered(shop.client.open(url, method=method, headers=shop.login(), json=body), 404, code)
    assert shop.client.open(url, method=method, json=body).status_code == 401, "nobody learns anything without a login"


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("cursor=a%00", 422),
        ("status=%00", 422),
        ("limit=" + "9" * 5_000, 422),
        ("from=0001-01-01T00:00:00%2B23:59", 200),
        ("to=9999-12-31T23:59:59-23:59", 200),
        ("from=2024-01-01T00:00:00%2B23:59", 200),
    ],
)
def test_queries_that_postgres_would_refuse(shop: Shop, query: str, status: int) -> None:
    assert shop.client.get(f"/api/v1/me/payments?{query}", headers=shop.login()).status_code == status


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe{}",
        b'{"quantity": NaN}',
        b'{"quantity": 1, "quantity": 2}',
        b'{"quantity": ' + b"9" * 5000 + b"}",
        b"[" * 60_000,
        rb'{"buyer_name": "\ud800"}',
        rb'{"\udfff": 1}',
    ],
    ids=["empty", "cut", "utf-16", "nan", "twice", "huge", "deep", "surrogate", "surrogate-name"],
)
def test_what_is_not_json(shop: Shop, body: bytes) -> None:
    answer = shop.client.post(SESSIONS, data=body, headers=shop.login(), content_type="application/json")

    answered(answer, 400, "malformed_json")


@pytest.mark.parametrize("body", [b"[]", b"null", b'"text"', b"1", b"[{}]"])
def test_json_that_is_no_object(shop: Shop, body: bytes) -> None:
    answer = shop.client.post(SESSIONS, data=body, headers=shop.login(), content_type="application/json")

    assert answered(answer, 422, "validation_failed")["errors"]


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", None])
def test_other_media_types(shop: Shop, kind: str | None) -> None:
    answer = shop.client.post(SESSIONS, data=b'{"quantity": 1}', headers=shop.login(), content_type=kind)

    answered(answer, 415, "unsupported_media_type")


def test_too_large_a_body(shop: Shop) -> None:
    answer = shop.client.post(SESSIONS, json={"buyer_name": "x" * 70_000}, headers=shop.login())

    answered(answer, 413, "body_too_large")


def test_many_unknown_fields_give_a_short_answer(shop: Shop) -> None:
    answer = shop.client.post(SESSIONS, json={f"{n}" * 60: n for n in range(200)}, headers=shop.login())

    assert len(answered(answer, 422, "validation_failed")["errors"]) == problems.MOST_FIELDS
    assert len(answer.data) < 4_000, "names are cut"


def raising(app: Flask, error: Exception) -> Any:
    """The answer to a request whose view raises this."""
    with app.test_request_context("/api/v1/items"):
        return app.make_response(app.handle_user_exception(error))


def test_unexpected_errors_are_logged_and_not_shown(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    answer = raising(app, ZeroDivisionError("the secret of the house"))

    assert (answer.status_code, answer.json["code"]) == (500, "internal_error")
    assert "secret" not in answer.get_data(as_text=True)
    assert "ZeroDivisionError: the secret of the house" in caplog.text


def test_a_collision_in_the_database_is_a_conflict(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    answer = raising(app, IntegrityError("INSERT", {}, Exception("Failing row contains (김하나)")))

    assert (answer.status_code, answer.json["code"]) == (409, "changed_meanwhile")
    assert "write_collided" in caplog.text
    assert "김하나" not in caplog.text + str([vars(record) for record in caplog.records])


def test_a_value_that_only_the_database_refuses(app: Flask) -> None:
    """A value that passes the schemas: the error is Postgres' own, not a constructed one."""
    with app.app_context(), pytest.raises(DataError) as refusal:
        owned_sessions.lock(UnitOfWork(), "a\0b", "hana")
    answer = raising(app, refusal.value)

    assert (answer.status_code, answer.json["code"]) == (400, "unfit_value")


def test_an_unavailable_database(shop_with: Callable[..., Shop]) -> None:
    shop = shop_with(database_url="postgresql://nobody@127.0.0.1:1/nothing")

    answer = shop.client.get("/api/v1/items")

    assert answered(answer, 503, "database_away")
    assert int(answer.headers["Retry-After"]) > 0
    assert "127.0.0.1" not in answer.text
