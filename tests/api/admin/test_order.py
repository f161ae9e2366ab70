"""Operators see everything about one order."""

from typing import Any

import pytest

from pitturu.api import order_body
from pitturu.domain import clock
from pitturu.payments import whole_order
from pitturu.services import services_of
from pitturu.store.cancellations import Cancellation
from pitturu.store.event_messages import of_events
from pitturu.store.unit_of_work import unit_of_work
from tests.machine_clients import Server, refusal
from tests.operators import logged
from tests.shop import Json, Shop
from tests.store import rows
from tests.store.plans import plans, whole_reads

PATH = "/operations/payments"


@pytest.fixture(autouse=True)
def operators(shop: Shop) -> None:
    """One who may only look, and one of each higher role."""
    for role in ("viewer", "support", "finance", "admin"):
        shop.login(role, role)


def read(shop: Shop, name: str, user: str = "viewer", status: int = 200) -> Json:
    return shop.get(f"{PATH}/{name}", user, status)


def ask(shop: Shop, name: str, user: str = "support", status: int = 202) -> Json:
    return shop.post(f"{PATH}/{name}/verify", {}, user, status)


def test_an_order_that_nobody_paid(shop: Shop) -> None:
    session = shop.open()

    found = read(shop, session["session_id"])

    shown = found["session"]
    left_out = {"checkout", "poll_after_ms"}
    assert {name: shown[name] for name in session.keys() - left_out} == {
        name: value for name, value in session.items() if name not in left_out
    }
    assert not shown.keys() & left_out
    assert (shown["user"], shown["user_id"], shown["is_guest"], shown["stock_held"]) == ("hana", None, False, 1)
    assert (found["id"], found["payments"]) == (session["session_id"], [])
    (line,) = found["lines"]
    assert (line["way"], line["way_reason"], line["owned"]) == (None, None, 0)
    assert [one["to"] for one in found["timeline"]["items"]] == ["created", "prepared"]
    (work,) = found["work"]
    assert (work["kind"], work["job"], work["overdue"], work["replayable"]) == (
        *("session", "payments.expire"),
        *(False, False),
    )
    assert found["webhooks"] == {"items": [], "total": 0}
    assert found["why"] == shop.get(f"/operations/why/{session['session_id']}", "viewer")["items"]


def test_an_order_with_several_attempts_a_refund_and_what_was_told_about_it(shop: Shop) -> None:
    endpoint = shop.post("/event-endpoints", {"url": "http://shop.example/hook?key=secret"}, "admin", 201)
    session = shop.open()
    declined = shop.decline(session)
    shop.client.post(f"/api/v1/payments/sessions/{session['session_id']}/prepare", json={}, headers=shop.login())
    shop.drain()
    session = shop.session(session)
    paid = shop.pay(session)
    shop.webhook(session, paid)
    shop.drain()
    shop.refund(session, 3_000)
    shop.set(Cancellation, dead_at=clock.now(), due_at=None, attempts=50, last_error="PortOne did not answer.")

    found = read(shop, session["merchant_uid"])

    first, second = found["payments"]
    assert (first["imp_uid"], first["status"], first["cancellation_options"]) == (declined, "failed", None)
    assert (second["imp_uid"], second["verdict"], second["remaining"]) == (paid, "accepted", 10_000)
    full = shop.get(f"/payments/{second['payment_id']}", "viewer")
    assert second["cancellation_options"] == full["cancellation_options"]
    (cancel,) = second["cancellations"]
    assert (cancel["origin"], cancel["by"], cancel["amount"], cancel["attempts"]) == ("operator", "operator", 3_000, 50)
    assert second["left_to_one"] == 997_000
    assert (found["lines"][0]["way"], found["lines"][0]["owned"]) == ("cancel", 1)
    money = next(line for line in found["timeline"]["items"] if line["kind"] == "money")
    assert (money["origin"], money["payment_id"], money["amount"]) == ("portone", second["payment_id"], 10_000)
    assert "operator" in {line["actor"] for line in found["timeline"]["items"]}
    (webhook,) = found["webhooks"]["items"]
    assert (webhook["state"], webhook["imp_uid"], found["webhooks"]["total"]) == ("done", paid, 1)
    dead = {work["id"]: work["replayable"] for work in found["work"] if work["kind"] == "cancellation"}
    assert dead == {cancel["cancellation_id"]: True}
    sent = found["events"]["items"]
    assert sent[-1]["type"] == "payment.failed"
    (delivery,) = sent[0]["deliveries"]
    assert (delivery["endpoint_id"], delivery["endpoint_host"]) == (endpoint["endpoint_id"], "shop.example")
    assert {one["kind"] for one in found["why"]} >= {"session", "payment", "cancellation"}
    names = [session["session_id"], declined, paid, second["payment_id"], cancel["cancellation_id"], webhook["id"]]
    assert {read(shop, name)["id"] for name in names} == {session["session_id"]}


def test_a_payment_of_an_order_that_was_never_issued_here(shop: Shop) -> None:
    with shop.app.app_context(), unit_of_work() as work:
        unknown = {"session_key": None, "user_username": None, "generation": "v1", "verdict": "order_differs"}
        payment = rows.payment(rows.session(), **unknown, merchant_uid="stranger", paid_at=clock.now())
        cancel = rows.cancellation(payment, session_key=None, due_at=None)
        names = [payment.payment_id, payment.imp_uid, cancel.cancellation_id, "stranger"]
        work.flush()

    for name in names:
        found = read(shop, name)
        assert (found["id"], found["merchant_uid"], found["session"], found["lines"]) == (
            names[0],
            "stranger",
            None,
            [],
        )
        assert found["payments"][0]["cancellation_options"] is None
        assert len(found["payments"][0]["cancellations"]) == 1
    assert ask(shop, names[0], status=409)["code"] == "order_not_issued"


def test_who_reads_it_and_what_is_logged(shop: Shop) -> None:
    session = shop.paid()
    name = session["session_id"]

    read(shop, name)
    (line,) = logged(shop.app)
    assert (line.who, line.action, line.whom, line.what_kind) == ("viewer", "read_payment", "hana", "session")
    assert line.what_id == name
    for unknown in ("nothing", "00000000-0000-4000-8000-000000000007", "%00"):
        assert read(shop, unknown, status=404)["code"] == "order_not_found"
    assert read(shop, name, "hana", 403)["code"] == "operators_only", "not even the buyer's own"
    server = Server(shop)
    for method, path in (("GET", name), ("POST", f"{name}/verify")):
        assert refusal(server.call(method, f"{PATH}/{path}", json={})) == (403, "api_key_not_accepted")
    assert len(logged(shop.app, action="read_payment")) == 1


def test_long_lists_are_cut_and_counted(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(order_body, "MOST_LINES", 2)
    monkeypatch.setattr(order_body, "MOST_WEBHOOKS", 3)
    monkeypatch.setattr(whole_order, "MOST_EVENTS", 1)
    session = shop.open()
    for number in range(5):
        shop.client.post(
            "/api/v1/payments/webhook",
            json={"imp_uid": f"imp_{number}", "merchant_uid": session["merchant_uid"], "status": "paid"},
        )
    shop.verify(session, shop.pay(session))
    shop.drain()

    found = read(shop, session["session_id"])

    assert [len(found[name]["items"]) for name in ("timeline", "webhooks", "events")] == [2, 3, 1]
    assert found["timeline"]["items"][-1]["kind"] in ("status", "money")
    assert found["webhooks"]["items"][0]["imp_uid"] == "imp_4"
    assert found["webhooks"]["total"] == 5
    assert found["timeline"]["total"] > 2


def test_no_statement_reads_a_whole_table(shop: Shop) -> None:
    """Whatever the size of the shop, each is a look-up in an index."""
    shop.post("/event-endpoints", {"url": "http://shop.example/hook?key=secret"}, "admin", 201)
    session = shop.paid()
    shop.cancel(session)
    registry = services_of(shop.app).registry
    with shop.app.app_context():
        for name in (session["session_id"], shop.payment(session)["payment_id"], "nothing"):
            read_plans = plans(lambda name=name: _read_all(registry, name), may_sort=True)
            for plan in read_plans:
                assert [scan for scan in whole_reads(plan) if "event_endpoints" not in scan] == [], plan


def _read_all(registry: Any, name: str) -> None:
    try:
        order = whole_order.find(registry, name)
    except whole_order.NotFound:
        return
    deliveries = whole_order.deliveries_of(order)
    whole_order.cancels_of(order)
    list(whole_order.unfinished(whole_order.rows_of(registry, order), deliveries))
    of_events(["evt"], ["evp"])
    order_body._webhooks(order)
