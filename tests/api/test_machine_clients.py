"""The shop's server sells with an API key, and its buyer's browser pays with a client token."""

from typing import Any

import pytest

from pitturu.domain.scopes import Scope
from tests.machine_clients import Server
from tests.operators import logged
from tests.shop import Shop
from tests.store.plans import plans


@pytest.fixture
def server(shop: Shop) -> Server:
    """A server with a key for everything."""
    return Server(shop)


def test_a_guest_buys(shop: Shop, server: Server) -> None:
    session = server.paid(reference="order-7")
    assert session["user_id"].startswith("guest:")
    assert session["reference"] == "order-7"
    payment = server.get(f"/payments/{session['payment_id']}")
    assert (payment["reference"], payment["user_id"]) == ("order-7", session["user_id"])
    (opened, *_) = shop.lines(session)
    assert (opened.origin, opened.by, opened.user_key) == ("shop", "key:server", None)
    assert {line["actor"] for line in payment["timeline"]} == {"shop", "buyer", "system", "portone"}
    shop.balance()


def test_two_guests_are_two(server: Server) -> None:
    assert server.open()["user_id"] != server.open()["user_id"]


def test_a_guest_of_the_shops_choice(server: Server) -> None:
    sessions = [server.open(user_id="guest:cart-42") for _ in range(2)]
    assert [session["user_id"] for session in sessions] == ["guest:cart-42"] * 2


def test_the_shops_user_is_the_one_of_its_tokens(shop: Shop, server: Server) -> None:
    """A token of the shop's issuer with the identity 42 is the user `ext:42`."""
    session = server.open(user_id="42")
    assert (session["user_id"], shop.row(session).user_username) == ("42", "ext:42")


def test_a_user_who_registered_here_has_no_id_of_the_shop(shop: Shop, server: Server) -> None:
    session = shop.open(prepared=False)
    assert session["user_id"] is None
    assert server.session(session)["user_id"] is None


def test_a_session_is_closed(shop: Shop, server: Server) -> None:
    item_id = shop.item(stock=5)
    session = server.open(item_id)
    server.post(f"/payments/sessions/{session['session_id']}/close")
    shop.drain()
    assert server.session(session)["status"] == "expired"
    assert shop.stock(item_id) == 5
    assert {line.by for line in shop.lines(session) if line.origin == "shop"} == {"key:server"}


def test_a_cancel_is_the_shops(shop: Shop, server: Server) -> None:
    session = server.paid()
    server.post(f"/payments/{session['payment_id']}/cancel", {"reason": "품절", "amount": 3_000})
    shop.drain()
    payment = server.get(f"/payments/{session['payment_id']}")
    assert (payment["cancelled_amount"], payment["status"]) == (3_000, "partially_cancelled")
    asked = next(line for line in shop.lines(session) if line.kind == "cancel_requested")
    assert (asked.origin, asked.by) == ("shop", "key:server")
    (line,) = logged(shop.app, action="cancel")
    assert (line.who, line.role, line.entry_point, line.detail) == ("key:server", None, "http", "3000 KRW")
    shop.balance()


def test_a_large_cancel_waits_for_an_operator(shop: Shop, server: Server) -> None:
    session = server.paid(item_id=shop.item(price=2_000_000))
    path = f"/payments/{session['payment_id']}/cancel"
    first = server.post(path, {"reason": "가격 조정", "amount": 900_000})["cancellations"]
    second = server.post(path, {"reason": "가격 조정", "amount": 200_000})["cancellations"]
    assert [row["stage"] for row in first + second[1:]] == ["requested", "awaiting_approval"]
    shop.login("minsu", "finance")
    shop.post(f"/operations/approvals/{second[1]['cancellation_id']}/approve", {}, "minsu")
    shop.drain()
    assert server.get(f"/payments/{session['payment_id']}")["cancelled_amount"] == 1_100_000
    shop.balance()


def test_a_buyer_may_cancel_what_a_key_has_asked_and_nobody_approved(shop: Shop, server: Server) -> None:
    """As with an operator's request."""
    session = shop.paid(shop.item(price=2_000_000))
    server.post(f"/payments/{session['payment_id']}/cancel", {"reason": "품절", "amount": 1_500_000})
    cancels = shop.cancel(session)["cancellations"]
    assert [row["stage"] for row in cancels] == ["awaiting_approval", "requested"]


def test_orders_are_found(shop: Shop, server: Server) -> None:
    """The number of an order that is tried again finds both tries."""
    first, second = server.open(reference="A-1", user_id="7"), server.paid(reference="A-1", user_id="7")
    server.paid(reference="A-2")
    shop.paid()
    found = server.get("/payments/sessions", reference="A-1")["items"]
    assert [one["session_id"] for one in found] == [second["session_id"], first["session_id"]]
    assert [one["status"] for one in server.get("/payments/sessions", user_id="7", status="paid")["items"]] == ["paid"]
    (payment,) = server.get("/payments", reference="A-1")["items"]
    assert (payment["session_id"], payment["user_id"]) == (second["session_id"], "7")
    assert server.get("/payments", user_id="8")["items"] == []
    assert len(server.get("/payments", status="paid")["items"]) == 3
    assert server.get("/payments", to="2026-01-01T00:00:00Z")["items"] == []


def test_pages(shop: Shop, server: Server) -> None:
    sessions = [server.paid(reference="A-1")["session_id"] for _ in range(3)]
    for path in ("/payments", "/payments/sessions"):
        first = server.get(path, reference="A-1", limit=2)
        rest = server.get(path, reference="A-1", limit=2, cursor=first["next"])
        assert [one["session_id"] for one in first["items"] + rest["items"]] == sessions[::-1]
        assert rest["next"] is None


def test_sessions_are_not_listed_without_a_filter(server: Server) -> None:
    assert server.get("/payments/sessions", 422, status="paid")["code"] == "filter_needed"


YEAR = {"from": "2026-01-01T00:00:00Z", "to": "2027-01-01T00:00:00Z"}


@pytest.mark.parametrize(
    ("path", "query", "index"),
    [
        ("/payments", {}, "ix_payment_history_created"),
        ("/payments", YEAR, "ix_payment_history_created"),
        ("/payments", {"reference": "A-1"}, "ix_payment_history_reference"),
        ("/payments", {"user_id": "7"}, "ix_payment_history_user"),
        ("/payments", {"status": "mismatched", **YEAR}, "ix_payment_history_status"),
        ("/payments/sessions", {"reference": "A-1"}, "ix_payment_sessions_reference"),
        ("/payments/sessions", {"user_id": "guest:a"}, "ix_payment_sessions_user"),
    ],
)
def test_no_search_reads_a_whole_table_or_sorts(
    shop: Shop, server: Server, path: str, query: dict[str, Any], index: str
) -> None:
    """Only the few payments of each session shown are sorted, to find the one that pays it."""
    with shop.app.app_context():
        read = plans(lambda: server.get(path, **query), index)
    (search,) = [plan.partition("SubPlan")[0] for plan in read if index in plan]
    assert f"Index Scan Backward using {index}" in search
    assert not any(word in search for word in ("Seq Scan", "Sort"))


def test_the_same_request_is_done_once(shop: Shop, server: Server) -> None:
    item_id = shop.item()
    first, second = server.open(item_id, key="once"), server.open(item_id, key="once")
    assert first == second
    assert shop.stock(item_id) == 9
    assert server.open(item_id, status=422, key="once", quantity=2)["code"] == "idempotency_key_reused"


def test_idempotency_keys_of_two_api_keys_do_not_meet(shop: Shop, server: Server) -> None:
    other, item_id = Server(shop, name="other"), shop.item()
    assert server.open(item_id, key="once")["session_id"] != other.open(item_id, key="once")["session_id"]
    assert shop.stock(item_id) == 8


def test_events_and_the_catalogue(shop: Shop, server: Server) -> None:
    item = {"sku": "TEA-1", "name": "녹차", "price": 9_000, "stock": 3}
    item_id = server.post("/catalogue/items", item, status=201)["id"]
    assert server.get(f"/catalogue/items/{item_id}")["sku"] == "TEA-1"
    assert "items" in server.get("/events")
    assert server.get("/event-endpoints")["items"] == []
    assert [(line.who, line.action) for line in logged(shop.app)] == [("key:server", "create_item")]


def test_a_client_token_does_what_a_checkout_needs(shop: Shop, server: Server) -> None:
    session = server.open()
    shop.drain()
    token, path = server.token(session), f"/payments/sessions/{session['session_id']}"
    assert server.call("GET", path, token).json["user_id"] is None
    for step in ("prepare", "window", "close"):
        assert server.call("POST", f"{path}/{step}", token, json={}).status_code in (200, 202), step


def test_scopes_are_documented(shop: Shop) -> None:
    paths = shop.client.get("/api/v1/openapi.json").json["paths"]
    security = paths["/api/v1/payments/{payment_id}/cancel"]["post"]["security"]
    assert security == [{"bearer": []}, {"apiKey": [Scope.PAYMENTS_CANCEL]}]
    assert paths["/api/v1/event-endpoints"]["post"]["security"][1] == {"apiKey": [Scope.EVENT_ENDPOINTS_MANAGE]}
    assert paths["/api/v1/payments/verify"]["post"]["security"] == [{"bearer": []}, {"clientToken": []}]
    assert paths["/api/v1/payments"]["get"]["security"] == [{"apiKey": [Scope.PAYMENTS_READ]}]
