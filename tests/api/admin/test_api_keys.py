"""Endpoints for admins: make, list and end API keys."""

from datetime import timedelta
from typing import Any

import pytest

from pitturu.domain import clock
from pitturu.domain.scopes import Scope
from tests.machine_clients import new_key, refusal
from tests.operators import logged
from tests.shop import Json, Shop

PATH = "/api/v1/api-keys"


@pytest.fixture
def admin(shop: Shop) -> str:
    """The name of an admin of the shop."""
    shop.login("boss", "admin")
    return "boss"


def put(shop: Shop, name: str, body: Json | None = None, by: str = "boss") -> Any:
    return shop.client.put(f"{PATH}/{name}", json=body or {"scopes": ["payments:read"]}, headers=shop.login(by))


def delete(shop: Shop, name: str) -> Any:
    return shop.client.delete(f"{PATH}/{name}", headers=shop.login("boss"))


def test_a_key_is_shown_once(shop: Shop, admin: str) -> None:
    answer = put(shop, "order-server", {"scopes": ["payments:read", "events:read"]})
    assert answer.status_code == 201
    made = answer.json
    key = made.pop("key")
    assert key.startswith(made["shown"])
    assert (made["scopes"], made["environment"]) == (["events:read", "payments:read"], "test")
    assert (made["created_by"], made.pop("last_used_at")) == ("boss", None)
    assert shop.client.get("/api/v1/payments", headers={"Authorization": f"Bearer {key}"}).status_code == 200
    (listed,) = shop.get("/api-keys", admin)["items"]
    assert listed.pop("last_used_at") is not None
    assert listed == made
    assert [(line.action, line.what_id, line.detail) for line in logged(shop.app)] == [
        ("create_api_key", "order-server", "events:read, payments:read"),
        ("read_api_keys", None, None),
    ]


def test_a_name_is_used_once(shop: Shop, admin: str) -> None:
    """Also that of an ended key: records refer to it."""
    put(shop, "order-server")
    assert delete(shop, "order-server").status_code == 200
    assert refusal(put(shop, "order-server")) == (409, "api_key_name_taken")


def test_ending_is_idempotent(shop: Shop, admin: str) -> None:
    put(shop, "order-server")
    first, second = delete(shop, "order-server"), delete(shop, "order-server")
    assert first.json["ended_at"] == second.json["ended_at"] is not None
    assert refusal(delete(shop, "unknown")) == (404, "api_key_not_found")
    assert [line.action for line in logged(shop.app)] == ["create_api_key", "end_api_key", "end_api_key"]


@pytest.mark.parametrize("name", ["Order", "a_b", "-a", "a" * 41])
def test_names_are_for_logs(shop: Shop, admin: str, name: str) -> None:
    assert refusal(put(shop, name)) == (422, "bad_api_key_name")


@pytest.mark.parametrize("body", [{"scopes": []}, {"scopes": ["everything"]}, {"scopes": "payments:read"}])
def test_scopes_are_known(shop: Shop, admin: str, body: Json) -> None:
    assert put(shop, "order-server", body).status_code == 422


def test_an_end_is_in_the_future(shop: Shop, admin: str) -> None:
    past, future = ((clock.now() + timedelta(days=days)).isoformat() for days in (-1, 1))
    scopes = {"scopes": ["payments:read"]}
    assert refusal(put(shop, "order-server", scopes | {"expires_at": past})) == (422, "expires_in_the_past")
    assert put(shop, "order-server", scopes | {"expires_at": future}).json["expires_at"] is not None


@pytest.mark.parametrize("role", ["buyer", "viewer", "support", "finance"])
def test_only_admins_make_keys(shop: Shop, role: str) -> None:
    shop.login("minsu", role)
    assert put(shop, "order-server", by="minsu").status_code == 403


def test_no_key_makes_keys(shop: Shop) -> None:
    headers = {"Authorization": f"Bearer {new_key(shop, *Scope)}"}
    answer = shop.client.put(f"{PATH}/more", json={"scopes": ["payments:read"]}, headers=headers)
    assert refusal(answer) == (403, "api_key_not_accepted")


def test_a_repeated_request_makes_no_second_key_and_shows_none(shop: Shop, admin: str) -> None:
    """The text of a key is stored nowhere, not even for an hour under an Idempotency-Key."""
    headers = shop.login(admin) | {"Idempotency-Key": "once"}
    answers = [
        shop.client.put(f"{PATH}/order-server", json={"scopes": ["payments:read"]}, headers=headers) for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [201, 409]
