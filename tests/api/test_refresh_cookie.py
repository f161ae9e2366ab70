"""The refresh token of our own pages: in a cookie that scripts cannot read and other sites cannot use."""

import json
from collections.abc import Callable
from http.cookies import Morsel, SimpleCookie
from typing import Any

import pytest
from sqlalchemy import event
from werkzeug.test import TestResponse

from pitturu.extensions import db
from pitturu.store.logins import Login
from tests.shop import PASSWORD, Shop

HERE = "http://localhost"
PUBLIC = "https://pay.example.com"
SIBLING = "https://shop.example.com"
FOREIGN = [
    "https://evil.example",
    "null",
    "",
    "http://localhost.evil.example",
    "https://localhost",
    "http://localhost:81",
]


@pytest.fixture
def public(shop_with: Callable[..., Shop]) -> Shop:
    """A shop in production, whose frontend is on a sibling of its host."""
    return shop_with(pitturu_env="production", public_url=PUBLIC, cors_origins=(SIBLING,))


def post(shop: Shop, what: str, body: dict[str, Any] | None = None, origin: str = HERE, **headers: str) -> TestResponse:
    """A request of a page at this origin, as a browser with its cookies sends it."""
    return shop.client.post(f"/api/v1/auth/{what}", json=body, headers={"Origin": origin, **headers})


def log_in(shop: Shop, origin: str = HERE) -> TestResponse:
    shop.login("hana")
    return post(shop, "login", {"username": "hana", "password": PASSWORD, "cookie": True}, origin)


def cookie_of(answer: TestResponse) -> Morsel[str]:
    """The one cookie that a response sets."""
    (header,) = answer.headers.getlist("Set-Cookie")
    (morsel,) = SimpleCookie(header).values()
    return morsel


def logins(shop: Shop) -> int:
    with shop.app.app_context():
        return db.session.query(Login).count()


def test_the_cookie_of_production(public: Shop) -> None:
    answer = log_in(public, PUBLIC)
    cookie = cookie_of(answer)

    assert answer.json["refresh_token"] is None
    assert cookie.value not in answer.text
    assert (cookie.key, cookie["path"], cookie["samesite"]) == ("__Host-pitturu_refresh", "/", "Strict")
    assert (cookie["secure"], cookie["httponly"], cookie["domain"]) == (True, True, "")
    assert cookie["max-age"] == str(30 * 86400)


def test_the_cookie_of_development_works_over_http(shop: Shop) -> None:
    cookie = cookie_of(log_in(shop))

    assert (cookie.key, cookie["secure"], cookie["httponly"], cookie["samesite"]) == (
        "pitturu_refresh",
        "",
        True,
        "Strict",
    )


def test_clients_of_the_api_get_no_cookie(shop: Shop) -> None:
    shop.login("hana")
    answer = shop.client.post("/api/v1/auth/login", json={"username": "hana", "password": PASSWORD})
    renewed = shop.client.post("/api/v1/auth/refresh", json={"refresh_token": answer.json["refresh_token"]})

    assert renewed.json["refresh_token"]
    assert [one.headers.getlist("Set-Cookie") for one in (answer, renewed)] == [[], []]


@pytest.mark.parametrize("body", [None, {}, {"refresh_token": None}, {"cookie": False}, {"cookie": True}])
def test_a_refresh_by_cookie_renews_the_cookie_and_never_shows_it(shop: Shop, body: dict[str, Any] | None) -> None:
    first = cookie_of(log_in(shop)).value

    answer = post(shop, "refresh", body)

    assert (answer.status_code, answer.json["refresh_token"]) == (200, None)
    assert cookie_of(answer).value not in (first, answer.text)
    headers = {"Authorization": f"Bearer {answer.json['access_token']}"}
    assert shop.client.get("/api/v1/me", headers=headers).json["username"] == "hana"
    assert post(shop, "refresh").status_code == 200


def test_a_cookie_used_twice_ends_the_login_and_is_deleted(shop: Shop) -> None:
    stolen = cookie_of(log_in(shop)).value
    post(shop, "refresh")
    shop.client.set_cookie("pitturu_refresh", stolen)

    answer = post(shop, "refresh")

    assert (answer.status_code, answer.json["code"]) == (401, "token_revoked")
    assert (cookie_of(answer).value, cookie_of(answer)["max-age"]) == ("", "0")
    assert post(shop, "refresh").json["code"] == "refresh_token_missing"


@pytest.mark.parametrize("what", ["refresh", "logout"])
@pytest.mark.parametrize("origin", FOREIGN)
def test_other_origins_cannot_use_it(shop: Shop, what: str, origin: str) -> None:
    """A sibling's page is the same site to browsers: SameSite does not stop it."""
    log_in(shop)
    before = logins(shop)

    answer = post(shop, what, origin=origin)

    assert (answer.status_code, answer.json["code"]) == (403, "foreign_origin")
    assert answer.headers.getlist("Set-Cookie") == []
    assert (logins(shop), post(shop, "refresh").status_code) == (before, 200)


@pytest.mark.parametrize("what", ["refresh", "logout"])
@pytest.mark.parametrize("site", ["cross-site", "same-site", "none"])
def test_the_browser_says_where_it_comes_from(shop: Shop, what: str, site: str) -> None:
    log_in(shop)

    assert post(shop, what, **{"Sec-Fetch-Site": site}).status_code == 403
    assert post(shop, "refresh", **{"Sec-Fetch-Site": "same-origin"}).status_code == 200


def test_in_production_only_the_public_address_is_ours(public: Shop) -> None:
    """Not the Host that the request names, nor the frontend that CORS allows."""
    log_in(public, PUBLIC)

    statuses = {origin: post(public, "refresh", origin=origin).status_code for origin in (HERE, SIBLING, PUBLIC)}

    assert statuses == {HERE: 403, SIBLING: 403, PUBLIC: 200}


def test_no_other_site_logs_its_visitors_in(shop: Shop) -> None:
    """Their payments would be made in the account of the site's owner."""
    shop.login("mallory")
    body = {"username": "mallory", "password": PASSWORD}
    theirs = shop.client.post("/api/v1/auth/login", json=body).json["refresh_token"]

    for what, planted in [("login", body), ("refresh", {"refresh_token": theirs})]:
        answer = post(shop, what, planted | {"cookie": True}, "https://evil.example")
        assert (answer.status_code, answer.headers.getlist("Set-Cookie")) == (403, [])
    form = {"data": json.dumps(body | {"cookie": True}), "content_type": "text/plain", "headers": {"Origin": HERE}}
    answer = shop.client.post("/api/v1/auth/login", **form)
    assert answer.status_code == 415, "forms of other sites can send this without a preflight"


def test_cors_never_lets_a_frontend_use_it(public: Shop) -> None:
    for path in ("login", "refresh", "logout", "logins"):
        asked = {"Origin": SIBLING, "Access-Control-Request-Method": "POST"}
        for method in ("OPTIONS", "POST"):
            headers = public.client.open(f"/api/v1/auth/{path}", method=method, headers=asked).headers
            assert headers["Access-Control-Allow-Origin"] == SIBLING
            assert "Access-Control-Allow-Credentials" not in headers


def test_logging_out_ends_the_login_and_deletes_the_cookie(shop: Shop) -> None:
    kept = cookie_of(log_in(shop)).value
    before = logins(shop)

    answer = post(shop, "logout")

    assert (answer.status_code, answer.json) == (200, {"status": "ok"})
    assert (cookie_of(answer).value, cookie_of(answer)["max-age"], cookie_of(answer)["path"]) == ("", "0", "/")
    assert logins(shop) == before - 1
    shop.client.set_cookie("pitturu_refresh", kept)
    assert post(shop, "refresh").status_code == 401


def test_an_old_token_moves_into_the_cookie(shop: Shop) -> None:
    """Our pages kept it where scripts could read it before."""
    shop.login("hana")
    old = shop.client.post("/api/v1/auth/login", json={"username": "hana", "password": PASSWORD}).json["refresh_token"]

    answer = post(shop, "refresh", {"refresh_token": old, "cookie": True})

    assert (answer.status_code, answer.json["refresh_token"]) == (200, None)
    assert post(shop, "refresh").status_code == 200


@pytest.mark.parametrize("value", ["nonsense", "a.b.c", "", "x" * 5000, "\x7f"])
def test_any_other_value_is_refused(shop: Shop, value: str) -> None:
    for what in ("refresh", "logout"):
        shop.client.set_cookie("pitturu_refresh", value)
        assert post(shop, what).status_code == 401


def test_nothing_else_is_authenticated_by_it(shop: Shop) -> None:
    log_in(shop)

    for path in ("/api/v1/me", "/api/v1/auth/logins", "/api/v1/operations/dead"):
        assert shop.client.get(path, headers={"Origin": HERE}).status_code == 401


def test_a_failed_commit_leaves_the_cookie_alone(shop: Shop) -> None:
    """The token in the answer would never have been stored, and the browser would forget the one that was."""
    log_in(shop)

    def fails(_session: object) -> None:
        raise RuntimeError("the database went away")

    event.listen(db.session, "before_commit", fails)
    answer = post(shop, "refresh")
    event.remove(db.session, "before_commit", fails)

    assert (answer.status_code, answer.headers.getlist("Set-Cookie")) == (500, [])
    assert post(shop, "refresh").status_code == 200
