"""Operators see the state of the system: what waits, who works, and how PortOne answers."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from pitturu import create_app
from pitturu.config.settings import Settings
from pitturu.domain import clock
from pitturu.domain.jobs import Queue
from pitturu.extensions import db
from pitturu.monitoring import system_state
from pitturu.services import services_of
from pitturu.store import heartbeats
from pitturu.store.cancellations import Cancellation
from pitturu.store.sessions import PaymentSession
from pitturu.store.unit_of_work import unit_of_work
from tests.api.admin.test_cases import acknowledge
from tests.machine_clients import Server, refusal
from tests.operators import actions
from tests.shop import Json, Shop
from tests.store.plans import plans

PATH = "/operations/system"


@pytest.fixture(autouse=True)
def viewer(shop: Shop) -> None:
    """An operator who may only look."""
    shop.login("viewer", "viewer")


def system(shop: Shop) -> Json:
    return shop.get(PATH, "viewer")


def counted(calls: int, trouble: int = 0, refused: int = 0, place: int = 2) -> Json:
    """What a worker reports of V2 in its heartbeat."""
    buckets = [0] * 13
    buckets[place] = calls + trouble + refused
    outcomes = {"ok": calls, "try_again": trouble, "keys_refused": refused}
    return {"seconds": 300, "v2": {"outcomes": outcomes, "total_ms": 150 * calls, "buckets": buckets}}


def test_what_is_out_of_tries(shop: Shop) -> None:
    session = shop.paid(user="kim")
    shop.cancel(session, "kim")
    shop.set(Cancellation, due_at=None, dead_at=clock.now())

    found = system(shop)

    assert {one["kind"]: one["count"] for one in found["dead"]}["cancellation"] == 1
    assert found["attention"]["dead_payment_cancellations"] == 1
    shop.login("operator", "admin")
    acknowledge(shop, shop.payment(session, "kim")["cancellations"][0]["cancellation_id"])
    assert {one["count"] for one in system(shop)["dead"]} == {0}


def test_overdue_work_by_kind(shop: Shop) -> None:
    shop.open(prepared=False)
    shop.set(PaymentSession, due_at=clock.now() - timedelta(seconds=30))
    by_job = {one["job"]: one for one in system(shop)["work"]}
    assert by_job["payments.prepare"]["due"] == 1
    assert 30 <= by_job["payments.prepare"]["oldest_overdue_s"] < 60
    assert (by_job["payments.verify"]["due"], by_job["payments.verify"]["oldest_overdue_s"]) == (0, None)


def test_processes_and_how_portone_answered_them(shop: Shop) -> None:
    with shop.app.app_context(), unit_of_work():
        heartbeats.beat("worker:a:1", counted(30))
        heartbeats.beat("worker:b:1", counted(9, trouble=2, refused=1, place=6))
        heartbeats.beat("beat:a:1")
        db.session.execute(
            heartbeats.Heartbeat.__table__.insert().values(
                name="worker:old:1", seen_at=clock.now() - timedelta(hours=1), calls=counted(1_000)
            )
        )

    found = system(shop)

    processes = {one["kind"]: (one["alive"], one["last_seen"] is None) for one in found["processes"]}
    assert processes == {"worker": (2, False), "beat": (1, False), "sweep": (0, True)}
    portone = {one["generation"]: one for one in found["portone"]}
    v2, v1 = portone["v2"], portone["v1"]
    assert [v2[name] for name in ("since_s", "calls", "errors", "keys_refused")] == [300, 42, 3, 1]
    assert 100 < v2["p50_ms"] <= 250
    assert 2_000 < v2["p95_ms"] <= 3_000
    assert (v1["calls"], v1["p50_ms"], v1["refused_at"]) == (0, None, None)
    checks = {one["name"]: one["ok"] for one in found["checks"]}
    assert (checks["database"], checks["processes"]) == (True, False)
    assert found["migrations"]["database"] == found["migrations"]["code"]


def test_wake_ups_that_nobody_received(shop: Shop, settings: Settings) -> None:
    before = system(shop)["queues"]
    assert [one["name"] for one in before] == list(Queue)
    services_of(shop.app).redis.rpush("pitturu:refunds", "wake-up")
    after = {one["name"]: one["length"] for one in system(shop)["queues"]}
    services_of(shop.app).redis.rpop("pitturu:refunds")
    assert after["refunds"] == {one["name"]: one["length"] for one in before}["refunds"] + 1

    rabbit = replace(settings, broker_url="amqp://guest@127.0.0.1:1//")
    assert _as_viewer(shop, rabbit)["queues"] is None


def test_redis_is_away(shop: Shop, settings: Settings) -> None:
    found = _as_viewer(shop, replace(settings, redis_url="redis://127.0.0.1:1/0"))
    assert found["queues"] is None
    assert {one["name"]: one["ok"] for one in found["checks"]}["redis"] is False


def _as_viewer(shop: Shop, settings: Settings) -> Any:
    answer = create_app(settings).test_client().get(f"/api/v1{PATH}", headers=shop.login("viewer"))
    assert answer.status_code == 200, answer.text
    return answer.json


def test_who_reads_it(shop: Shop) -> None:
    assert shop.get(PATH, status=403)["code"] == "operators_only"
    assert refusal(Server(shop).call("GET", PATH)) == (403, "api_key_not_accepted")
    system(shop)
    assert actions(shop.app) == []


def test_no_statement_reads_a_whole_table(shop: Shop) -> None:
    """But those that hold a few rows whatever the size of the shop."""
    shop.cancel(shop.paid())
    small = ("alembic_version", "heartbeats", "portone_refusals", "alert_states", "rollup_progress")
    with shop.app.app_context():
        for plan in plans(system_state.read):
            scanned = [line for line in plan.splitlines() if "Seq Scan on" in line]
            assert all(any(f" {name}" in line for name in small) for line in scanned), plan
