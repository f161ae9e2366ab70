"""Worker and beat processes send heartbeats and stop gracefully."""

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from celery import signals
from celery.utils.dispatch import Signal
from flask import Flask
from sqlalchemy import update

from pitturu.domain import clock
from pitturu.outbound import alerts
from pitturu.services import services_of
from pitturu.store import heartbeats
from pitturu.store.alerts import AlertState, page
from pitturu.store.heartbeats import Heartbeat
from pitturu.store.unit_of_work import unit_of_work
from pitturu.worker.signals import listen, process_name
from tests.waiting import until

OURS = [
    signals.setup_logging,
    signals.celeryd_after_setup,
    signals.worker_ready,
    signals.worker_shutting_down,
    signals.task_received,
    signals.task_prerun,
    signals.task_postrun,
    signals.beat_init,
    signals.before_task_publish,
]


def threads(name: str) -> list[threading.Thread]:
    """Threads of that name."""
    return [thread for thread in threading.enumerate() if thread.name == name]


@pytest.fixture
def listening(worker_app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """A process's app with a short heartbeat interval; afterwards its receivers are removed and its threads end."""
    monkeypatch.setattr("pitturu.worker.signals.HEARTBEAT", timedelta(seconds=0.02))
    monkeypatch.setattr(alerts, "EVALUATE_EVERY", timedelta(seconds=0.02))
    for signal in OURS:
        monkeypatch.setattr(signal, "receivers", [])
    listen(worker_app, services_of(worker_app).settings)
    yield worker_app
    stop = services_of(worker_app).runtime.stop
    stop.set()
    for name in ("heartbeat", "watchdog", "alerts"):
        for thread in threads(name):
            thread.join(20)
    stop.clear()


def seen(app: Flask) -> set[str]:
    """The kinds of processes with a heartbeat."""
    with app.app_context():
        return set(heartbeats.last_seen())


@pytest.mark.parametrize(("ready", "kind"), [(signals.worker_ready, "worker"), (signals.beat_init, "beat")])
def test_heartbeats_are_sent_until_shutdown(listening: Flask, ready: Signal, kind: str) -> None:
    ready.send(sender=None)
    until(lambda: kind in seen(listening), "a heartbeat")

    running = threads("heartbeat") + threads("watchdog")
    assert len(running) == 2
    signals.worker_shutting_down.send(sender=None)
    for thread in running:
        thread.join(20)
        assert not thread.is_alive()


def test_a_worker_evaluates_alerts_while_beat_does_not(listening: Flask) -> None:
    """Otherwise a missing beat would be an alert that nobody evaluates."""
    with listening.app_context(), unit_of_work() as work:
        while_ago = clock.now() - timedelta(minutes=4)
        work.session.add(AlertState(rule="sweeps_missing", measured_at=while_ago, broken_since=while_ago))
        heartbeats.beat("sweep")
        work.session.execute(update(Heartbeat).values(seen_at=while_ago))
    signals.worker_ready.send(sender=None)

    def raised() -> bool:
        with listening.app_context():
            return [alert.rule for alert in page(True, None, 10)] == ["sweeps_missing"]

    until(raised, "an alert about the missing sweeps")


def test_the_name_of_a_process_has_its_host_and_pid(listening: Flask) -> None:
    kind, host, pid = process_name("worker").split(":")
    assert kind == "worker"
    assert host
    assert int(pid) > 0


def test_celery_does_not_configure_logging(listening: Flask) -> None:
    assert signals.setup_logging.receivers, "Celery sets up its own logging when this signal has no receiver"
