"""Liveness, readiness, and what to do when a check fails."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import text

from pitturu.domain import clock
from pitturu.extensions import db
from pitturu.payments import scheduled_audit
from pitturu.services import services_of
from pitturu.store import heartbeats
from pitturu.store.heartbeats import Heartbeat
from pitturu.store.history import Payment
from pitturu.store.invariants import Scope
from pitturu.store.sessions import PaymentSession
from pitturu.store.unit_of_work import unit_of_work
from tests.servers import fresh_database
from tests.shop import Shop
from tests.store import rows


@pytest.fixture
def busy(shop: Shop) -> Shop:
    """A shop with recent heartbeats of beat, worker and sweep."""
    with shop.app.app_context():
        for name in ("beat:host:1", "worker:host:2", "sweep"):
            heartbeats.beat(name)
        db.session.commit()
    return shop


def red(app: Flask) -> dict[str, str]:
    """The failed checks with their details. The status matches."""
    answer = app.test_client().get("/readyz")
    found = {name: check["detail"] for name, check in answer.json["checks"].items() if not check["ok"]}
    assert answer.status_code == (503 if found else 200), answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    return found


def test_all_is_well(busy: Shop) -> None:
    answer = busy.client.get("/readyz").json

    assert red(busy.app) == {}
    assert answer["status"] == "ok"
    assert set(answer["checks"]) == {"database", "redis", "migrations", "processes", "due_work"}
    assert set(answer["attention"].values()) == {0}


def test_strangers_learn_nothing_but_yes_or_no_in_production(app_with: Callable[..., Flask], busy: Shop) -> None:
    token = "t" * 32
    client = app_with(pitturu_env="production", metrics_token=token).test_client()
    away = app_with(pitturu_env="production", metrics_token=token, redis_url="redis://127.0.0.1:1/0").test_client()

    assert client.get("/readyz").json == {"status": "ok"}
    refused = away.get("/readyz", headers={"Authorization": "Bearer wrong"})
    assert (refused.status_code, refused.json) == (503, {"status": "failing"})
    shown = away.get("/readyz", headers={"Authorization": f"Bearer {token}"})
    assert "REDIS_URL" in shown.json["checks"]["redis"]["detail"]


def test_alive_without_dependencies(app_with: Callable[..., Flask]) -> None:
    app = app_with(database_url="postgresql://nobody@127.0.0.1:1/nothing", redis_url="redis://127.0.0.1:1/0")

    assert app.test_client().get("/healthz").json == {"status": "ok"}
    assert set(red(app)) == {"database", "redis", "migrations", "processes", "due_work"}


def test_without_redis(busy: Shop, app_with: Callable[..., Flask]) -> None:
    assert "REDIS_URL" in red(app_with(redis_url="redis://127.0.0.1:1/0"))["redis"]


def test_an_empty_database(app_with: Callable[..., Flask]) -> None:
    with fresh_database() as url:
        app = app_with(database_url=url)
        found = red(app)
        with app.app_context():
            db.engine.dispose()

    assert {"migrations", "processes", "due_work"} == set(found)
    assert "alembic_version" in found["migrations"]


def test_an_old_schema(busy: Shop) -> None:
    change = text("UPDATE alembic_version SET version_num = :version")
    with busy.app.app_context():
        newest = db.session.scalar(text("SELECT version_num FROM alembic_version"))
        db.session.execute(change, {"version": "0000"})
        db.session.commit()
    found = red(busy.app)
    with busy.app.app_context():
        db.session.execute(change, {"version": newest})
        db.session.commit()

    assert list(found) == ["migrations"]
    assert "flask --app wsgi db upgrade" in found["migrations"]


def silent(shop: Shop, name: str) -> None:
    """The last heartbeat is older than every limit."""
    with shop.app.app_context():
        changed = db.session.query(Heartbeat).filter_by(name=name)
        assert changed.update({"seen_at": clock.now() - timedelta(seconds=16)}) == 1
        db.session.commit()


@pytest.mark.parametrize(
    ("name", "word", "other"), [("beat:host:1", "beat", "worker"), ("worker:host:2", "worker", "beat")]
)
def test_a_silent_process_is_named(busy: Shop, name: str, word: str, other: str) -> None:
    silent(busy, name)

    said = red(busy.app)["processes"]
    assert f"Not seen for 15 s: {word}" in said
    assert other not in said


def test_sweeps_without_a_worker_differ_from_a_silent_beat(busy: Shop) -> None:
    silent(busy, "sweep")

    said = red(busy.app)["processes"]
    assert said.startswith("Running: workers 1, beats 1. Yet no sweep ran for 15 s")


def test_one_of_two_workers_is_enough(busy: Shop) -> None:
    with busy.app.app_context():
        heartbeats.beat("worker:host:3")
        db.session.commit()
    assert "workers 2" in busy.client.get("/readyz").json["checks"]["processes"]["detail"]

    silent(busy, "worker:host:3")
    assert red(busy.app) == {}


def test_work_that_is_long_overdue(busy: Shop) -> None:
    busy.open(prepared=False)
    assert red(busy.app) == {}

    with busy.app.app_context():
        db.session.query(PaymentSession).update({"due_at": clock.now() - timedelta(seconds=301)})
        db.session.commit()

    assert "Start more workers" in red(busy.app)["due_work"]


def test_what_needs_an_operator_is_counted_and_fails_no_check(busy: Shop) -> None:
    for _ in range(2):
        busy.open()
    with busy.app.app_context():
        sessions = db.session.query(PaymentSession).all()
        sessions[0].status = "mismatched"
        sessions[0].dead_at = sessions[1].dead_at = clock.now()
        db.session.commit()

    attention = busy.client.get("/readyz").json["attention"]
    assert red(busy.app) == {}
    assert attention["mismatched_sessions"] == 1
    assert attention["dead_payment_sessions"] == 2


def test_refused_refunds_are_counted_while_the_money_is_kept(busy: Shop) -> None:
    """All of it or a part: of the others somebody knows, or nothing is left to go back."""
    others = [{"stage": "succeeded"}, {"stage": "requested"}, {"origin": "buyer", "name": "hana"}, {"kind": "revoke"}]
    with busy.app.app_context():
        for change, back in [({}, 0), ({}, 1_000), ({}, 2_000), *((other, 0) for other in others)]:
            money = rows.payment(rows.session(), verdict="mismatched", cancelled_amount=back)
            rows.cancellation(money, **{"stage": "refused", "origin": "system", "due_at": None, **change})
        db.session.commit()

    assert busy.client.get("/readyz").json["attention"]["refused_refunds"] == 2


def test_a_broken_invariant_is_reported_and_fails_no_check(busy: Shop) -> None:
    """A load balancer must not remove a healthy web: that would correct nothing."""
    assert busy.client.get("/readyz").json["audit"] == {"ended_at": {}, "violations": []}
    session = busy.paid()
    busy.set(Payment, sandbox=False)
    with busy.app.app_context():
        scheduled_audit.run(unit_of_work, services_of(busy.app).settings, Scope.FULL)

    told = busy.client.get("/readyz").json["audit"]
    (violation,) = told["violations"]
    assert red(busy.app) == {}
    assert list(told["ended_at"]) == ["full"]
    assert (violation["invariant"], violation["rows"]) == ("accepted_on_our_channels", [session["payment_id"]])
    assert "PORTONE_ENVIRONMENT" in violation["advice"]
