"""Endpoints for operators: work that needs attention, the reason, and how to resume it."""

from typing import Any

import pytest

from pitturu.domain import clock
from pitturu.payments import scheduled_audit
from pitturu.services import services_of
from pitturu.store import events
from pitturu.store.cancellations import Cancellation
from pitturu.store.history import Payment
from pitturu.store.invariants import Scope
from pitturu.store.sessions import PaymentSession
from pitturu.store.unit_of_work import unit_of_work
from pitturu.store.webhooks import WebhookDelivery
from tests.shop import Json, Shop

WORDS = "PortOne did not answer within 35 s."


@pytest.fixture
def operations_shop(shop: Shop) -> Shop:
    """A shop with an operator."""
    shop.login("operator", "admin")
    return shop


@pytest.fixture
def stuck(operations_shop: Shop) -> Json:
    """A paid session whose cancel ran out of attempts."""
    session = operations_shop.paid()
    operations_shop.cancel(session)
    operations_shop.set(Cancellation, due_at=None, dead_at=clock.now(), attempts=50, last_error=WORDS)
    return session


def replay(shop: Shop, body: Json, status: int = 202, key: str | None = None) -> Json:
    return shop.post("/operations/replay", body, "operator", status, key)


def dead(shop: Shop, **query: Any) -> Json:
    return shop.get("/operations/dead", "operator", query_string=query)


@pytest.mark.parametrize("endpoint", ["audit", "dead", "why/ses1", "replay"])
def test_buyers_are_refused(operations_shop: Shop, endpoint: str) -> None:
    method = operations_shop.client.post if endpoint == "replay" else operations_shop.client.get

    answer = method(f"/api/v1/operations/{endpoint}", headers=operations_shop.login())
    assert answer.status_code == 403
    assert answer.json["code"] == "operators_only"
    assert "pitturu role NAME ROLE" in answer.json["detail"]
    assert method(f"/api/v1/operations/{endpoint}").status_code == 401


def test_dead_work_is_listed_explained_and_replayed(operations_shop: Shop, stuck: Json) -> None:
    listed = dead(operations_shop)
    (one,) = listed["items"]
    assert listed["total"] == 1
    assert (one["kind"], one["turn"], one["attempts"], one["last_error"]) == ("cancellation", "operator", 50, WORDS)
    (explained,) = operations_shop.get(f"/operations/why/{one['id']}", "operator")["items"]
    assert explained == {name: one[name] for name in explained}
    payment = operations_shop.payment(stuck)
    assert [one[name] for name in ("session_id", "merchant_uid", "payment_id", "amount", "reason")] == [
        *(stuck["session_id"], stuck["merchant_uid"], payment["payment_id"], 10_000, "dead"),
    ]
    assert listed["counts"] == [{"kind": "cancellation", "reason": "dead", "count": 1}]

    assert replay(operations_shop, {"ids": [one["id"]]}) == {"replayed": [one["id"]], "left_alone": [], "remaining": 0}
    assert dead(operations_shop) == {"items": [], "total": 0, "counts": []}
    operations_shop.drain()
    assert operations_shop.session(stuck)["status"] == "cancelled"
    operations_shop.balance()


def test_the_timeline_names_the_operator_and_the_request(operations_shop: Shop, stuck: Json) -> None:
    headers = operations_shop.login("operator") | {"X-Request-ID": "from-the-desk"}
    operations_shop.client.post("/api/v1/operations/replay", json={"all": True}, headers=headers)

    with operations_shop.app.app_context():
        (line,) = [line for line in events.of_session(operations_shop.row(stuck).id) if line.kind == "replayed"]
    assert (line.origin, line.by, line.cause, line.request_id) == ("operator", "operator", "replay", "from-the-desk")
    path = f"/payments/{operations_shop.session(stuck)['payment_id']}"
    timeline = operations_shop.get(path, "operator")["timeline"]
    (shown,) = [line for line in timeline if line["kind"] == "replayed"]
    assert shown["detail"].endswith("of 10000 KRW")
    assert WORDS not in shown["detail"]


def test_a_repeat_with_the_same_key_does_nothing_and_answers_the_same(operations_shop: Shop, stuck: Json) -> None:
    first = replay(operations_shop, {"all": True}, key="k1")
    operations_shop.set(Cancellation, due_at=None, dead_at=clock.now())

    assert replay(operations_shop, {"all": True}, key="k1") == first
    assert dead(operations_shop)["total"] == 1


def test_what_needs_no_operator_is_not_replayed_and_the_reason_is_given(operations_shop: Shop) -> None:
    session = operations_shop.paid()

    answer = replay(operations_shop, {"ids": [session["session_id"], "nothing"]})
    assert answer["replayed"] == []
    reasons = {left["id"]: left["reason"] for left in answer["left_alone"]}
    assert reasons["nothing"].startswith("No row has this id.")
    assert reasons[session["session_id"]].startswith("It waits for nothing")


def test_one_request_replays_a_bounded_number(operations_shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pitturu.api.schemas.operations.MOST_AT_ONCE", 2)
    for _ in range(3):
        operations_shop.open(prepared=False)
    operations_shop.set(PaymentSession, dead_at=clock.now())

    first = replay(operations_shop, {"kind": "session"})
    assert (len(first["replayed"]), first["remaining"]) == (2, 1)
    assert replay(operations_shop, {"kind": "session"})["remaining"] == 0
    assert dead(operations_shop, limit=1)["total"] == 0


@pytest.mark.parametrize(
    "body", [{}, {"ids": ["a"], "all": True}, {"ids": []}, {"ids": ["a"], "older_than": 3}, {"kind": "payment"}]
)
def test_the_selection_is_required(operations_shop: Shop, body: Json) -> None:
    assert replay(operations_shop, body, 422)["code"] == "validation_failed"


def test_orphaned_webhooks_are_replayed_by_id_only(operations_shop: Shop) -> None:
    session = operations_shop.open()
    operations_shop.webhook(session, operations_shop.pay(session))
    operations_shop.set(WebhookDelivery, state="orphaned", due_at=None)
    (news,) = dead(operations_shop, kind="webhook", reason="orphaned")["items"]

    assert replay(operations_shop, {"all": True})["replayed"] == []
    assert replay(operations_shop, {"ids": [news["id"]]})["replayed"] == [news["id"]]
    operations_shop.drain()
    assert operations_shop.session(session)["status"] == "paid"


def test_every_kind_of_id_is_accepted(operations_shop: Shop, stuck: Json) -> None:
    payment = operations_shop.payment(stuck)
    for name in (stuck["session_id"], stuck["merchant_uid"]):
        kinds = [one["kind"] for one in operations_shop.get(f"/operations/why/{name}", "operator")["items"]]
        assert kinds[:3] == ["session", "payment", "cancellation"]
    for name in (payment["payment_id"], payment["imp_uid"]):
        assert operations_shop.get(f"/operations/why/{name}", "operator")["items"][0]["id"] == payment["payment_id"]


def test_an_unknown_id_is_reported(operations_shop: Shop) -> None:
    for name in ("nothing", "00000000-0000-4000-8000-000000000000", "%00"):
        assert operations_shop.get(f"/operations/why/{name}", "operator", 404)["code"] == "unknown_name"


def test_the_last_audit_is_reported(operations_shop: Shop) -> None:
    session = operations_shop.paid()
    operations_shop.set(Payment, sandbox=False)
    with operations_shop.app.app_context():
        scheduled_audit.run(unit_of_work, services_of(operations_shop.app).settings, Scope.FULL)

    told = operations_shop.get("/operations/audit", "operator")
    assert [run["scope"] for run in told["runs"]] == ["full"]
    (violation,) = told["violations"]
    assert violation["rows"] == [session["payment_id"]]
    assert operations_shop.get(f"/operations/why/{violation['rows'][0]}", "operator")["items"][0]["kind"] == "payment"
