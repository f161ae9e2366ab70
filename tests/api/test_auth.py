"""Registration, login, refresh and logout."""

from datetime import timedelta
from typing import Any

import jwt
import pytest
import time_machine
from argon2 import PasswordHasher
from flask import Flask

from pitturu.api.authentication import BELIEVED_FOR
from pitturu.domain import clock
from pitturu.extensions import db
from pitturu.store import users
from pitturu.store.unit_of_work import UnitOfWork
from tests.shop import PASSWORD, Shop
from tests.values import settings_for

ME = {"username": "hana", "password": PASSWORD}


@pytest.fixture
def tokens(shop: Shop) -> dict[str, Any]:
    """The tokens of Hana's first login."""
    shop.client.post("/api/v1/auth/register", json=ME)
    return ask(shop, "login", **ME)


def ask(shop: Shop, what: str, status: int = 200, **body: Any) -> dict[str, Any]:
    answer = shop.client.post(f"/api/v1/auth/{what}", json=body)
    assert answer.status_code == status, answer.text
    return answer.json


def whoami(shop: Shop, token: str) -> int:
    return shop.client.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"}).status_code


def test_register_and_log_in(shop: Shop) -> None:
    assert ask(shop, "register", 201, **ME) == {"username": "hana", "role": "buyer", "permissions": []}
    tokens = ask(shop, "login", **ME)

    assert (tokens["token_type"], tokens["expires_in"]) == ("Bearer", 900)
    assert whoami(shop, tokens["access_token"]) == 200


def test_a_name_is_taken_once(shop: Shop) -> None:
    ask(shop, "register", 201, **ME)

    assert ask(shop, "register", 409, **ME | {"password": "something else"})["code"] == "username_taken"
    ask(shop, "login", **ME)


@pytest.mark.parametrize(
    "password", ["1234567890", "password123", "qwertyuiop", "hanahana1234", "aaaaaaaaaaaaaaaaaaaa"]
)
def test_passwords_that_everybody_tries_first_are_refused(shop: Shop, password: str) -> None:
    problem = ask(shop, "register", 422, username="hanahana", password=password)

    assert (problem["code"], list(problem["errors"])) == ("password_guessable", ["password"])
    assert ask(shop, "login", 401, username="hanahana", password=password)["code"] == "wrong_credentials"


@pytest.mark.parametrize("name", ["system", "portone", "schedule", "terminal", "operator", "shop"])
def test_reserved_names_are_refused(shop: Shop, name: str) -> None:
    """A user called `system` got one partial refund and 409 for every further one."""
    problem = ask(shop, "register", 422, **ME | {"username": name})

    assert (problem["code"], list(problem["errors"])) == ("username_reserved", ["username"])
    assert ask(shop, "login", 401, **ME | {"username": name})["code"] == "wrong_credentials"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("username", "ab"),
        ("username", "a" * 65),
        ("username", "Hana"),
        ("username", "ext:hana"),
        ("username", "hana\n"),
        ("username", "한나"),
        ("username", None),
        ("password", "short"),
        ("password", "x" * 129),
        ("password", "with\x00a NUL in it"),
        ("password", 1234567890),
        ("role", "operator"),
    ],
)
def test_bad_registrations(shop: Shop, field: str, value: object) -> None:
    problem = ask(shop, "register", 422, **ME | {field: value})

    assert list(problem["errors"]) == [field]


@pytest.mark.parametrize("wrong", [{"password": "wrong password"}, {"username": "nobody"}, {"username": "ext:hana"}])
def test_wrong_credentials(shop: Shop, tokens: dict[str, Any], wrong: dict[str, str]) -> None:
    assert ask(shop, "login", 401, **ME | wrong)["code"] == "wrong_credentials"


def test_a_user_without_password_cannot_log_in(shop: Shop, app: Flask) -> None:
    with app.app_context():
        users.ensure(UnitOfWork(), "outsider")
        db.session.commit()

    ask(shop, "login", 401, username="outsider", password="a password that nobody has")


def test_an_old_hash_is_renewed_by_a_login(shop: Shop, app: Flask) -> None:
    old = PasswordHasher(time_cost=2, memory_cost=8, parallelism=1).hash(PASSWORD)
    with app.app_context():
        users.ensure(UnitOfWork(), "hana", old)
        db.session.commit()

    ask(shop, "login", **ME)

    with app.app_context():
        assert users.by_username("hana").password_hash != old
    ask(shop, "login", **ME)


def test_refresh_gives_a_new_pair_each_time(shop: Shop, tokens: dict[str, Any]) -> None:
    second = ask(shop, "refresh", refresh_token=tokens["refresh_token"])
    third = ask(shop, "refresh", refresh_token=second["refresh_token"])

    assert len({tokens["refresh_token"], second["refresh_token"], third["refresh_token"]}) == 3
    assert whoami(shop, third["access_token"]) == 200


def test_using_a_refresh_token_twice_ends_the_login(
    shop: Shop, tokens: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    second = ask(shop, "refresh", refresh_token=tokens["refresh_token"])

    stolen = ask(shop, "refresh", 401, refresh_token=tokens["refresh_token"])

    assert stolen["code"] == "token_revoked"
    assert "refresh_token_reused" in caplog.text
    ask(shop, "refresh", 401, refresh_token=second["refresh_token"])


def test_another_login_is_another_family(shop: Shop, tokens: dict[str, Any]) -> None:
    other = ask(shop, "login", **ME)

    assert ask(shop, "logout", refresh_token=tokens["refresh_token"]) == {"status": "ok"}

    ask(shop, "refresh", 401, refresh_token=tokens["refresh_token"])
    ask(shop, "refresh", refresh_token=other["refresh_token"])


def test_a_refreshed_token_knows_a_new_role(shop: Shop, tokens: dict[str, Any]) -> None:
    shop.promote("hana", "admin")

    renewed = ask(shop, "refresh", refresh_token=tokens["refresh_token"])

    headers = {"Authorization": f"Bearer {renewed['access_token']}"}
    assert shop.client.get("/api/v1/me", headers=headers).json["role"] == "admin"


def test_each_kind_of_token_is_accepted_by_its_own_endpoints_only(shop: Shop, tokens: dict[str, Any]) -> None:
    assert whoami(shop, tokens["refresh_token"]) == 401
    assert ask(shop, "refresh", 401, refresh_token=tokens["access_token"])["code"] == "token_invalid"
    assert ask(shop, "logout", 401, refresh_token=tokens["access_token"])["code"] == "token_invalid"


def forged(
    key: str | None = settings_for().jwt_secret_key,
    algorithm: str = "HS256",
    lifetime: timedelta = timedelta(minutes=5),
    valid_in: timedelta = timedelta(),
    **changes: Any,
) -> str:
    """A token like ours, signed with our key unless another is given; None leaves a claim out."""
    now = clock.now()
    claims = {"sub": "hana", "iss": "pitturu", "type": "access"} | changes
    claims |= {"iat": now, "nbf": now + valid_in, "exp": now + lifetime}
    return jwt.encode({name: value for name, value in claims.items() if value is not None}, key, algorithm)


def test_the_helper_makes_valid_tokens(shop: Shop) -> None:
    assert whoami(shop, forged()) == 200


@pytest.mark.parametrize("token", ["nonsense", "a.b.c", ""])
def test_malformed_tokens(shop: Shop, token: str) -> None:
    refused(shop, token)


@pytest.mark.parametrize(
    "wrong",
    [
        {"key": "k" * 40},
        {"iss": "somebody else"},
        {"iss": None},
        {"sub": None},
        {"sub": 7},
        {"lifetime": timedelta(seconds=-1)},
        {"valid_in": timedelta(minutes=1)},
        {"algorithm": "HS512"},
        {"key": None, "algorithm": "none"},
    ],
)
def test_tokens_with_wrong_claims_or_keys(shop: Shop, wrong: dict[str, Any]) -> None:
    refused(shop, forged(**wrong))


def refused(shop: Shop, token: str) -> None:
    """The token is refused."""
    answer = shop.client.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"})

    assert answer.status_code == 401, answer.text
    assert answer.json["code"] in ("token_invalid", "token_expired", "not_authenticated")


@pytest.mark.parametrize("header", ["Basic aGFuYTpwYXNz", "Bearer", "hana", "Bearer a b", "\xff"])
def test_authorization_of_another_kind(shop: Shop, header: str) -> None:
    assert shop.client.get("/api/v1/me", headers={"Authorization": header}).status_code == 401


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_the_name_of_the_scheme_is_not_case_sensitive(shop: Shop, tokens: dict[str, Any], scheme: str) -> None:
    headers = {"Authorization": f"{scheme} {tokens['access_token']}"}
    assert shop.client.get("/api/v1/me", headers=headers).status_code == 200


def test_a_cached_token_expires(shop: Shop, tokens: dict[str, Any]) -> None:
    """It is cached a moment before it expires, for less than the usual lifetime of the cache."""
    end = timedelta(seconds=tokens["expires_in"])
    with time_machine.travel(end - BELIEVED_FOR / 2):
        assert whoami(shop, tokens["access_token"]) == 200
    with time_machine.travel(end):
        answer = shop.client.get("/api/v1/me", headers={"Authorization": f"Bearer {tokens['access_token']}"})
    assert (answer.status_code, answer.json["code"]) == (401, "token_expired")


def test_a_refused_login_is_logged_without_what_may_be_a_password(shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    shop.login("hana")
    for name in ("hana", "my-secret-password"):
        ask(shop, "login", 401, username=name, password="wrong password")

    logged = [(record.username, record.address) for record in caplog.records if record.message == "login_refused"]
    assert logged == [("hana", "127.0.0.1"), (None, "127.0.0.1")]
