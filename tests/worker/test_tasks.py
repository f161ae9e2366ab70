"""The Celery tasks: every kind of work has one, and the sweep sends enough wake-ups."""

from datetime import timedelta
from uuid import uuid4

import pytest
from celery import Celery
from flask import Flask
from redis import Redis
from sqlalchemy import insert, select

from pitturu.domain import clock
from pitturu.domain.jobs import JobName
from pitturu.extensions import db
from pitturu.services import services_of
from pitturu.store import alerts, heartbeats, users
from pitturu.store.idempotency import IdempotencyKey
from pitturu.store.sessions import PaymentSession
from pitturu.store.unit_of_work import unit_of_work
from pitturu.store.users import RefreshToken
from pitturu.worker.dispatcher import WINDOW
from pitturu.worker.publisher import ON_ITS_WAY
from pitturu.worker.sweep import MOST_WAKE_UPS
from tests.store import rows
from tests.worker import celery_worker


def add_unknown_webhooks(app: Flask, count: int) -> None:
    """Add webhooks of unknown orders, which are due and cause no call to PortOne."""
    with app.app_context():
        if count:
            db.session.execute(insert(rows.WebhookDelivery), [rows.delivery_values() for _ in range(count)])
        db.session.commit()


def test_every_kind_of_work_has_a_task(celery: Celery) -> None:
    assert set(JobName) <= set(celery.tasks)


def test_a_task_works_on_due_rows(celery: Celery, worker_app: Flask, redis: Redis) -> None:
    add_unknown_webhooks(worker_app, 3)
    celery.tasks[JobName.WEBHOOK]()
    with worker_app.app_context():
        attempts = [row.attempts for row in db.session.query(rows.WebhookDelivery)]
    assert attempts == [1, 1, 1]
    assert celery_worker.waiting(redis) == {}


def test_a_stopping_worker_claims_nothing_and_wakes_another(celery: Celery, worker_app: Flask, redis: Redis) -> None:
    """Also while the mark of a wake-up in flight is set: it arrived here, and no row was claimed."""
    add_unknown_webhooks(worker_app, 1)
    redis.set(ON_ITS_WAY + JobName.WEBHOOK, 1)
    stop = services_of(worker_app).runtime.stop
    stop.set()
    try:
        celery.tasks[JobName.WEBHOOK]()
    finally:
        stop.clear()
    services_of(worker_app).publisher.flush()
    assert celery_worker.waiting(redis) == {"webhooks": 1}
    with worker_app.app_context():
        assert db.session.query(rows.WebhookDelivery).one().attempts == 0


@pytest.mark.parametrize(
    ("due", "wake_ups"), [(0, 0), (1, 1), (WINDOW, 1), (WINDOW + 1, 2), (9 * WINDOW, MOST_WAKE_UPS)]
)
def test_the_sweep_sends_as_many_wake_ups_as_are_needed(
    celery: Celery, worker_app: Flask, redis: Redis, due: int, wake_ups: int
) -> None:
    add_unknown_webhooks(worker_app, due)
    celery_worker.sweep(celery)
    assert celery_worker.waiting(redis) == ({"webhooks": wake_ups} if wake_ups else {})


def test_the_sweep_checks_every_kind_of_work(celery: Celery, worker_app: Flask, redis: Redis) -> None:
    with worker_app.app_context():
        for job in (JobName.PREPARE, JobName.VERIFY, JobName.EXPIRE):
            rows.session(next_job=job, due_at=clock.now())
        rows.cancellation(rows.payment(rows.session()))
        rows.delivery()
        db.session.commit()
    celery_worker.sweep(celery)
    assert celery_worker.waiting(redis) == {"buyers": 2, "webhooks": 1, "refunds": 1, "housekeeping": 1}


def test_a_sweep_is_recorded_as_a_heartbeat(celery: Celery, worker_app: Flask) -> None:
    celery_worker.sweep(celery)
    with worker_app.app_context():
        assert set(heartbeats.last_seen()) == {"sweep"}


def test_cleaning_deletes_expired_rows(celery: Celery, worker_app: Flask) -> None:
    with worker_app.app_context(), unit_of_work() as work:
        users.ensure(work, "hana")
        expired = timedelta(seconds=-1)
        users.add_token(work, uuid4(), rows.login(life=expired).id, "hana", clock.now() + expired)
        answer = {
            "fingerprint": b"",
            "status_code": 200,
            "body_encrypted": b"",
            "created_at": clock.now() - timedelta(days=2),
        }
        work.insert(IdempotencyKey, user_username="hana", key="k", **answer)
        rows.session(status="expired", created_at=clock.now() - timedelta(days=91))
    celery.tasks[JobName.CLEAN]()
    with worker_app.app_context():
        assert db.session.scalars(select(PaymentSession.buyer_name)).all() == ["erased"]
        assert (db.session.query(IdempotencyKey).count(), db.session.query(RefreshToken).count()) == (0, 0)


def test_alerts_are_evaluated(celery: Celery, worker_app: Flask) -> None:
    celery.tasks["outbound.evaluate_alerts"]()
    with worker_app.app_context():
        assert {state.measured_at is None for state in alerts.states().values()} == {False}


def test_two_apps_in_one_process_have_separate_tasks(celery: Celery, shared_app: Flask) -> None:
    other = shared_app.extensions["celery"]
    assert other is not celery
    assert other.tasks[JobName.SWEEP] is not celery.tasks[JobName.SWEEP]
    assert celery.tasks[JobName.SWEEP].app is celery
