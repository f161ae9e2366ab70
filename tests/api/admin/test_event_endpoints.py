"""Endpoints of the shop's own systems: who may manage them, what is accepted, and that secrets are shown once."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from pitturu.extensions import db
from pitturu.outbound import endpoints
from pitturu.store.event_endpoints import EventEndpoint
from tests.operators import actions, logged
from tests.outbound.events import ADMIN, created
from tests.shop import Shop
from tests.values import NEW_DATA_KEY

PATHS = [
    ("GET", ""),
    ("POST", ""),
    ("PATCH", "/evp1"),
    ("DELETE", "/evp1"),
    ("POST", "/evp1/rotate"),
    ("POST", "/evp1/test"),
    ("POST", "/evp1/resume"),
    ("POST", "/evp1/replay"),
    ("GET", "/evp1/deliveries"),
]
URL = "https://shop.example/hook"


def answer(shop: Shop, method: str, path: str, user: str = ADMIN, **body: Any) -> Any:
    """The response to a request."""
    options = {"json": body} if method != "GET" else {}
    return shop.client.open(f"/api/v1/event-endpoints{path}", method=method, headers=shop.login(user), **options)


@pytest.mark.parametrize("role", ["buyer", "viewer", "support", "finance"])
def test_only_admins(shop: Shop, role: str) -> None:
    shop.login(role, role)
    assert {answer(shop, method, path, role, url=URL).status_code for method, path in PATHS} == {403}


def test_unknown_endpoints(shop: Shop) -> None:
    shop.login(ADMIN, "admin")
    bodies = {"/evp1/replay": {"event_ids": ["evt1"]}}
    found = [answer(shop, method, path, **bodies.get(path, {})) for method, path in PATHS if path]
    assert {one.json["code"] for one in found} == {"endpoint_not_found"}
    assert actions(shop.app) == []


def test_a_secret_is_shown_once_and_stored_encrypted(shop: Shop) -> None:
    endpoint = created(shop, URL, "payment.paid")
    assert endpoint.secret.startswith("whsec_")
    (listed,) = answer(shop, "GET", "").json["items"]
    assert (listed["url"], listed["types"], listed["enabled"], listed["created_by"]) == (
        URL,
        ["payment.paid"],
        True,
        ADMIN,
    )
    assert "secret" not in listed
    with shop.app.app_context():
        assert endpoint.secret.encode() not in db.session.scalars(select(EventEndpoint.secret_encrypted)).one()


def test_two_secrets_for_a_day(shop: Shop, turn: Callable[[timedelta], None]) -> None:
    endpoint = created(shop, URL)
    second, third = (endpoint.post("rotate", status=200)["secret"] for _ in range(2))
    with shop.app.app_context():
        assert endpoint.row.receiver.secrets == (third, second)
        turn(timedelta(hours=25))
        assert endpoint.row.receiver.secrets == (third,)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://shop.example/",
        "shop.example/hook",
        "https:///hook",
        "https://user:secret@shop.example/",
        "https://shop.example/#part",
        "https://shop.example\\@127.0.0.1/",
        "https://shop.example/a b",
        "https://shop.example:99999/",
        "https://[::1/",
        "https://" + "a" * 500,
    ],
)
def test_what_is_no_url_of_an_endpoint(shop: Shop, url: str) -> None:
    shop.login(ADMIN, "admin")
    refused = answer(shop, "POST", "", url=url)
    assert (refused.status_code, list(refused.json["errors"])) == (422, ["url"])


@pytest.fixture
def production(shop_with: Callable[..., Shop]) -> Shop:
    """A shop in production, where requests leave for public addresses only."""
    keys = {"data_keys": (NEW_DATA_KEY,), "public_url": "https://pay.example.com"}
    return shop_with(pitturu_env="production", operator_second_factor="optional", **keys)


@pytest.mark.parametrize(
    "url", ["http://shop.example/", "https://127.0.0.1/", "https://169.254.169.254/", "https://[::ffff:7f00:1]/"]
)
def test_in_production_https_and_public_addresses_only(production: Shop, url: str) -> None:
    production.login(ADMIN, "admin")
    assert answer(production, "POST", "", url=url).status_code == 422
    assert answer(production, "POST", "", url=URL).status_code == 201


def test_types_are_known_and_each_counts_once(shop: Shop) -> None:
    endpoint = created(shop, URL, "payment.paid", "payment.failed", "payment.paid")
    assert answer(shop, "GET", "").json["items"][0]["types"] == ["payment.failed", "payment.paid"]
    assert answer(shop, "PATCH", f"/{endpoint.endpoint_id}", types=["payment.payed"]).status_code == 422
    assert answer(shop, "PATCH", f"/{endpoint.endpoint_id}", types=["endpoint.test"]).status_code == 422
    assert answer(shop, "PATCH", f"/{endpoint.endpoint_id}", types=[]).json["types"] == []


def test_enabling_is_resuming(shop: Shop) -> None:
    """Because it sends what was missed."""
    endpoint = created(shop, URL)
    assert answer(shop, "PATCH", f"/{endpoint.endpoint_id}", enabled=True).status_code == 422
    assert answer(shop, "PATCH", f"/{endpoint.endpoint_id}", enabled=False).json["enabled"] is False
    assert endpoint.post("resume")["endpoint"]["enabled"] is True


def test_not_more_than_some(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpoints, "MOST_ENDPOINTS", 1)
    created(shop, URL)
    assert answer(shop, "POST", "", url=URL).json["code"] == "too_many_endpoints"


@pytest.mark.parametrize("body", [{}, {"since": "2026-11-29T00:00:00Z", "event_ids": ["evt1"]}, {"event_ids": []}])
def test_a_replay_names_events_or_a_moment(shop: Shop, body: dict[str, Any]) -> None:
    endpoint = created(shop, URL)
    assert answer(shop, "POST", f"/{endpoint.endpoint_id}/replay", **body).status_code == 422


def test_a_large_replay_goes_on(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        shop.paid()
    monkeypatch.setattr(endpoints, "MOST_REPLAYED", 2)
    endpoint = created(shop, "http://127.0.0.1:1/")
    first = endpoint.post("replay", {"since": "2026-01-01T00:00:00Z"})
    assert first["replayed"] == 2
    assert endpoint.post("replay", {"since": first["next"]}) == {"replayed": 1, "next": None}


def test_what_an_endpoint_has_not_taken(shop: Shop) -> None:
    created(shop, URL, "session.expired")
    endpoint = created(shop, "http://127.0.0.1:1/")
    shop.paid()
    endpoint.post("replay", {"since": "2026-01-01T00:00:00Z"})
    nothing, waiting = (one["backlog"] for one in answer(shop, "GET", "").json["items"])
    (delivery,) = endpoint.deliveries()
    assert nothing == {"pending": 0, "since": None, "dead": 0}
    assert waiting == {"pending": 1, "since": delivery["event"]["created_at"], "dead": 0}
    assert delivery["event"]["data"]["status"] == "paid"


def test_where_events_were_sent_meanwhile_is_logged(shop: Shop) -> None:
    """Somebody who sends them elsewhere for an hour leaves a trace."""
    endpoint = created(shop, URL)
    for url in ("https://mine.example:8443/?token=secret", URL):
        answer(shop, "PATCH", f"/{endpoint.endpoint_id}", url=url)
    details = [line.detail for line in logged(shop.app, action="change_event_endpoint")]
    assert details == ["url: to mine.example:8443", "url: to shop.example"]


def test_everything_is_logged_with_the_endpoint_and_without_secrets(shop: Shop) -> None:
    endpoint = created(shop, URL)
    name = f"/{endpoint.endpoint_id}"
    answer(shop, "PATCH", name, description="orders")
    secret = endpoint.post("rotate", status=200)["secret"]
    endpoint.post("test")
    endpoint.post("replay", {"event_ids": ["evt1"]})
    answer(shop, "PATCH", name, enabled=False)
    endpoint.post("resume")
    endpoint.deliveries()
    answer(shop, "DELETE", name)
    lines = logged(shop.app)
    assert [line.action for line in lines] == [
        "create_event_endpoint",
        "change_event_endpoint",
        "rotate_event_secret",
        "test_event_endpoint",
        "replay_events",
        "change_event_endpoint",
        "resume_event_endpoint",
        "read_event_endpoints",
        "delete_event_endpoint",
    ]
    assert {(line.what_kind, line.what_id) for line in lines} == {("event_endpoint", endpoint.endpoint_id)}
    assert lines[0].detail == "to shop.example"
    assert not any(hidden in str(lines) for hidden in (endpoint.secret, secret, URL))
