"""Endpoints for admins: list users, give roles, end logins."""

from typing import Any

import pytest

from pitturu.store import users
from tests.api.test_auth import ask
from tests.machine_clients import Server
from tests.operators import id_of, logged
from tests.shop import PASSWORD, Json, Shop
from tests.store.plans import plans

PATH = "/operations/people"


@pytest.fixture
def admin(shop: Shop) -> str:
    """The name of an admin of the shop."""
    shop.login("boss", "admin")
    return "boss"


def names(page: Json) -> list[str]:
    return [one["username"] for one in page["items"]]


def put_role(shop: Shop, user: str, body: Any, by: str = "boss") -> Any:
    path = f"/api/v1{PATH}/{id_of(shop.app, user)}/role"
    return shop.client.put(path, json=body, headers=shop.login(by))


def test_users_are_listed_newest_first_in_pages(shop: Shop, admin: str) -> None:
    for name in ("first", "second", "third"):
        shop.login(name)

    page = shop.get(f"{PATH}?limit=2", admin)
    assert names(page) == ["third", "second"]
    assert names(shop.get(f"{PATH}?limit=2&cursor={page['next']}", admin)) == ["first", "boss"]
    assert {line.detail for line in logged(shop.app)} == {"2 users shown"}


def test_users_are_found_by_a_part_of_the_name_and_by_role(shop: Shop, admin: str) -> None:
    for name in ("min.ji", "minji", "percent"):
        shop.login(name)

    assert names(shop.get(f"{PATH}?search=MINJI", admin)) == ["minji"]
    assert names(shop.get(f"{PATH}?search=n.j", admin)) == ["min.ji"]
    assert names(shop.get(f"{PATH}?search=%25", admin)) == []
    assert names(shop.get(f"{PATH}?role=admin", admin)) == ["boss"]


def test_a_search_that_finds_one_user_names_that_user_in_the_log(shop: Shop, admin: str) -> None:
    """The text that was searched for is not kept: it could never be erased."""
    shop.login("minji")

    shop.get(f"{PATH}?search=minj", admin)

    (line,) = logged(shop.app)
    assert (line.action, line.whom, line.what_kind, line.detail) == ("read_people", "minji", "user", "1 users shown")
    assert line.what_id == id_of(shop.app, "minji")


def test_guests_are_listed_only_when_they_are_searched_for(shop: Shop, admin: str) -> None:
    """A shop may have one for each order."""
    Server(shop).open(user_id="guest:cart-1")

    assert names(shop.get(PATH, admin)) == ["boss"]
    assert names(shop.get(f"{PATH}?search=guest:", admin)) == ["guest:cart-1"]
    with shop.app.app_context():
        (plan,) = plans(lambda: users.page(None, None, None, 10))
    assert "ix_users_people" in plan


def test_a_role_is_given_and_logged(shop: Shop, admin: str) -> None:
    shop.login("minji")

    answer = put_role(shop, "minji", {"role": "finance"})

    assert (answer.status_code, answer.json["role"], answer.json["logs_in"]) == (200, "finance", True)
    (line,) = logged(shop.app)
    assert (line.who, line.role, line.action, line.whom) == ("boss", "admin", "change_role", "minji")
    assert (line.detail, line.entry_point) == ("role: buyer to finance", "http")


def test_finance_makes_nobody_an_admin(shop: Shop, admin: str) -> None:
    shop.login("kim", "finance")
    for user in ("kim", "boss"):
        assert put_role(shop, user, {"role": "admin"}, by="kim").json["code"] == "permission_needed"


def test_refused_changes_leave_no_trace(shop: Shop, admin: str) -> None:
    shop.login("minji")
    shop.login("operator")

    assert put_role(shop, "boss", {"role": "buyer"}).json["code"] == "own_role"
    assert put_role(shop, "operator", {"role": "admin"}).json["code"] == "username_reserved"
    assert put_role(shop, "minji", {"role": "operator"}).json["code"] == "validation_failed"
    assert put_role(shop, "nobody", {"role": "admin"}).status_code == 404
    assert logged(shop.app) == []


def test_ended_logins_are_over_at_once_for_operators(shop: Shop, admin: str) -> None:
    kim = shop.login("kim", "support")
    tokens = ask(shop, "login", username="kim", password=PASSWORD)
    path = f"/api/v1{PATH}/{id_of(shop.app, 'kim')}/logins"

    assert shop.client.delete(path, headers=shop.login(admin)).json == {"ended": 2}

    assert shop.client.get("/api/v1/operations/dead", headers=kim).json["code"] == "login_ended"
    assert ask(shop, "refresh", 401, refresh_token=tokens["refresh_token"])["code"] == "token_revoked"
    (line,) = logged(shop.app)
    assert (line.action, line.whom, line.detail) == ("end_logins", "kim", "2 ended")


def test_one_login_of_a_user_is_ended(shop: Shop, admin: str) -> None:
    shop.login("minji", "support")
    other = shop.client.post("/api/v1/auth/login", json={"username": "minji", "password": PASSWORD}).json
    user, stranger = id_of(shop.app, "minji"), id_of(shop.app, "boss")
    last, first = shop.get(f"{PATH}/{user}/logins", admin)["items"]
    assert last["last_used_at"] > first["last_used_at"]
    assert set(last) == {"id", "address", "user_agent", "second_factor", "created_at", "last_used_at", "expires_at"}

    def end(user: str) -> Any:
        return shop.client.delete(f"/api/v1{PATH}/{user}/logins/{first['id']}", headers=shop.login(admin))

    assert end(stranger).json["code"] == "login_unknown", "it is not that user's"
    assert end(user).json == {"ended": 1}
    assert end(user).status_code == 404
    assert shop.get("/operations/dead", "minji", 401)["code"] == "login_ended"
    headers = {"Authorization": f"Bearer {other['access_token']}"}
    assert shop.client.get("/api/v1/operations/dead", headers=headers).status_code == 200
    lines = [(line.action, line.whom, line.detail) for line in logged(shop.app, who="boss")]
    assert lines == [("read_people", "minji", "2 logins shown"), ("end_logins", "minji", "1 ended")]
    shop.get(f"{PATH}/00000000-0000-4000-8000-000000000000/logins", admin, 404)
