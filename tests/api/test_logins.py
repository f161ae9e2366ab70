"""A user's own logins: listed, ended, and what an ended one can still do. The password is changed with the old one."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from pitturu.api import passwords
from pitturu.store import users
from tests.api import issuer
from tests.api.second_factor import bearer
from tests.api.test_auth import ask, forged, whoami
from tests.api.test_operator_logins import operator_call
from tests.shop import PASSWORD, Shop

NEW = "several unrelated words"
LOGINS = "/api/v1/auth/logins"
PATH = "/api/v1/auth/password"


def login(shop: Shop, username: str = "hana", password: str = PASSWORD, **headers: str) -> dict[str, Any]:
    """The tokens of one more login."""
    shop.login(username)
    body = {"username": username, "password": password}
    answer = shop.client.post(
        "/api/v1/auth/login", json=body, headers=headers, environ_base={"REMOTE_ADDR": "2001:db8:1:2::7"}
    )
    assert answer.status_code == 200, answer.text
    tokens: dict[str, Any] = answer.json
    return tokens


def listed(shop: Shop, tokens: dict[str, Any]) -> list[dict[str, Any]]:
    answer = shop.client.get(LOGINS, headers=bearer(tokens))
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json["items"]
    return found


def end(shop: Shop, tokens: dict[str, Any], login_id: str = "") -> Any:
    return shop.client.delete(f"{LOGINS}/{login_id}".rstrip("/"), headers=bearer(tokens))


def test_the_list_shows_ones_own(shop: Shop) -> None:
    login(shop, "minji")
    first, second = (login(shop, **{"User-Agent": name}) for name in ("first", "second"))

    found = listed(shop, second)

    assert [one["current"] for one in found] == [True, False, False]
    assert (found[0]["user_agent"], found[0]["address"]) == ("second", "2001:db8:1:2::/64")
    assert found[0]["second_factor"] is False
    assert {one["id"] for one in listed(shop, first)} == {one["id"] for one in found}


def test_a_refresh_is_the_last_use(shop: Shop) -> None:
    first, second = login(shop), login(shop)
    shop.client.post(
        "/api/v1/auth/refresh",
        json={"refresh_token": first["refresh_token"]},
        headers={"User-Agent": "elsewhere"},
        environ_base={"REMOTE_ADDR": "203.0.113.9"},
    )

    last = listed(shop, second)[0]

    assert (last["current"], last["user_agent"], last["address"]) == (False, "elsewhere", "203.0.113.9")
    assert last["last_used_at"] > last["created_at"]


@pytest.mark.parametrize(
    ("agent", "stored"), [("x" * 4000, "x" * 200), ("a\tb\x7fc\x9b", "abc"), ("", None), ("<b>", "<b>")]
)
def test_a_user_agent_is_bounded_and_printable(shop: Shop, agent: str, stored: str | None) -> None:
    assert listed(shop, login(shop, **{"User-Agent": agent}))[0]["user_agent"] == stored


def test_ending_one(shop: Shop) -> None:
    lost, here = login(shop), login(shop)
    (lost_id,) = (one["id"] for one in listed(shop, lost) if one["current"])

    assert end(shop, here, lost_id).json == {"status": "ok"}

    assert ask(shop, "refresh", 401, refresh_token=lost["refresh_token"])["code"] == "token_revoked"
    assert end(shop, here, lost_id).status_code == 404
    ask(shop, "refresh", refresh_token=here["refresh_token"])


def test_ending_all_others(shop: Shop) -> None:
    lost, here, other = login(shop), login(shop), login(shop, "minji")

    assert end(shop, here).json == {"ended": 2}  # One is that of the fixture.

    assert [one["current"] for one in listed(shop, here)] == [True]
    ask(shop, "refresh", 401, refresh_token=lost["refresh_token"])
    for tokens in (here, other):
        ask(shop, "refresh", refresh_token=tokens["refresh_token"])


def test_nobody_elses_can_be_ended(shop: Shop) -> None:
    others = login(shop, "minji")
    theirs = listed(shop, others)[0]["id"]

    for login_id in (theirs, str(uuid4())):
        answer = end(shop, login(shop), login_id)
        assert (answer.status_code, answer.json["code"]) == (404, "login_unknown")
    assert end(shop, login(shop), "nonsense").status_code == 404
    ask(shop, "refresh", refresh_token=others["refresh_token"])


def test_an_operators_ended_login_stops_at_once(shop: Shop) -> None:
    shop.login("boss", "admin")
    lost, here = login(shop, "boss"), login(shop, "boss")
    assert operator_call(shop, bearer(lost)).status_code == 200

    end(shop, here)

    assert operator_call(shop, bearer(lost)).json["code"] == "login_ended"
    assert operator_call(shop, bearer(here)).status_code == 200


def test_an_ended_login_ends_no_others(shop: Shop) -> None:
    """Its access token is valid for minutes, in which a thief could lock the owner out."""
    lost, here = login(shop), login(shop)
    end(shop, here)

    assert whoami(shop, lost["access_token"]) == 200
    assert end(shop, lost).json["code"] == "login_ended"
    assert shop.client.get(LOGINS, headers=bearer(lost)).json["code"] == "login_ended"
    changed = shop.client.post(PATH, headers=bearer(lost), json={"password": PASSWORD, "new_password": NEW})
    assert changed.json["code"] == "login_ended"


def test_a_reused_refresh_token_ends_the_login_in_the_list(shop: Shop) -> None:
    """The thief and the owner use the same token: whoever comes second ends it for both."""
    stolen, other = login(shop), login(shop)
    ask(shop, "refresh", refresh_token=stolen["refresh_token"])
    before = len(listed(shop, other))

    ask(shop, "refresh", 401, refresh_token=stolen["refresh_token"])

    assert len(listed(shop, other)) == before - 1


def test_tokens_without_a_login_manage_none(shop: Shop) -> None:
    shop.login("hana")

    answer = shop.client.get(LOGINS, headers={"Authorization": f"Bearer {forged()}"})

    assert (answer.status_code, answer.json["code"]) == (401, "login_ended")


def change(shop: Shop, tokens: dict[str, Any], status: int = 200, **body: str) -> dict[str, Any]:
    body = {"password": PASSWORD, "new_password": NEW} | body
    answer = shop.client.post(PATH, headers=bearer(tokens), json=body)
    assert answer.status_code == status, answer.text
    told: dict[str, Any] = answer.json
    return told


def test_a_new_password_ends_all_other_logins(shop: Shop) -> None:
    stolen, here = login(shop), login(shop)

    assert change(shop, here) == {"ended": 2}

    ask(shop, "refresh", 401, refresh_token=stolen["refresh_token"])
    ask(shop, "refresh", refresh_token=here["refresh_token"])
    assert ask(shop, "login", 401, username="hana", password=PASSWORD)["code"] == "wrong_credentials"
    login(shop, password=NEW)


def test_a_stolen_access_token_changes_no_password(shop: Shop) -> None:
    tokens = login(shop)

    assert change(shop, tokens, 403, password="a wrong password")["code"] == "wrong_password"
    login(shop)


def test_trying_the_present_password_is_slow(shop_with: Callable[..., Shop]) -> None:
    shop = shop_with(rate_account="3/hour")
    tokens = login(shop)  # The second attempt: the helper registers with the first.

    change(shop, tokens, 403, password="a wrong password")
    assert change(shop, tokens, 429)["code"] == "too_many_requests"


@pytest.mark.parametrize("password", ["1234567890", "qwertyuiop", "hanahanahana"])
def test_a_guessable_password_is_refused(shop: Shop, password: str) -> None:
    problem = change(shop, login(shop), 422, new_password=password)

    assert (problem["code"], list(problem["errors"])) == ("password_guessable", ["new_password"])
    login(shop)


def test_a_login_that_began_before_the_change_does_not_survive_it(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """The thief's password is verified, then the owner changes it, then the thief's login would be stored."""
    here, verify = login(shop), passwords.matches

    def overtaken(password_hash: str | None, password: str) -> bool:
        right = verify(password_hash, password)
        monkeypatch.setattr(passwords, "matches", verify)
        change(shop, here)
        return right

    monkeypatch.setattr(passwords, "matches", overtaken)
    assert ask(shop, "login", 401, username="hana", password=PASSWORD)["code"] == "wrong_credentials"
    assert len(listed(shop, here)) == 1


def test_users_of_another_issuer_have_none_here(shop_with: Callable[..., Shop]) -> None:
    shop = shop_with(external_jwt_issuer=issuer.NAME, external_jwt_secret=issuer.SECRET)
    headers = {"Authorization": f"Bearer {issuer.hs256()}"}

    for method, path in [("GET", LOGINS), ("DELETE", LOGINS), ("POST", PATH), ("POST", "/api/v1/auth/totp")]:
        answer = shop.client.open(path, method=method, headers=headers, json={"password": PASSWORD})
        assert (answer.status_code, answer.json["code"]) == (403, "external_account")
    with shop.app.app_context():
        assert users.by_username("ext:user-7") is None
