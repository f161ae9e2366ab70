"""Celery signals of a worker or beat process: heartbeat, logging, graceful stop, watchdog."""

import logging
import os
import socket
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from celery import Celery, signals
from celery.worker import state
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from pitturu import logs
from pitturu.config.settings import Settings
from pitturu.monitoring import exporter
from pitturu.outbound import alerts
from pitturu.services import services_of
from pitturu.store import heartbeats
from pitturu.store.errors import plain
from pitturu.worker import ping
from pitturu.worker.call_counts import CallCounts
from pitturu.worker.runtime import WorkerRuntime
from pitturu.worker.task_counter import TaskCounter
from pitturu.worker.watchdog import FAILED, Watchdog, Watched

log = logging.getLogger(__name__)

HEARTBEAT: Final = timedelta(seconds=5)


def listen(app: Flask, settings: Settings) -> None:
    """Connect to Celery's signals; called by the worker's and beat's entry point only."""
    runtime: WorkerRuntime = services_of(app).runtime

    def configure(**_: Any) -> None:
        logs.configure(settings)

    def shutting_down(**_: Any) -> None:
        log.info("worker_stopping", extra={"next": "calls in flight are finished, no new ones are started"})
        runtime.stop.set()

    signals.setup_logging.connect(configure, weak=False)
    signals.worker_shutting_down.connect(shutting_down, weak=False)
    _worker(services_of(app).celery, runtime, settings)
    _beat(services_of(app).celery, runtime, settings)


def _worker(celery: Celery, runtime: WorkerRuntime, settings: Settings) -> None:
    """A worker is alive while it receives messages; that its process runs is not enough."""
    own = ping.OwnQueue(celery, settings, process_name("worker"))
    slots = 0

    def stop_gracefully() -> None:
        runtime.stop.set()
        state.should_stop = FAILED

    watched = Watched("worker", own.ping, lambda: len(state.active_requests) >= slots, stop_gracefully, settings.lease)
    watchdog = Watchdog(watched, settings.worker_silence, runtime.stop)

    def set_up(instance: Any, **_: Any) -> None:
        nonlocal slots
        slots = instance.concurrency
        if ping.supported(settings):
            own.consume_with(instance)

    def ready(**_: Any) -> None:
        _start_heartbeat(runtime, process_name("worker"), lambda: not watchdog.suspicious, CallCounts().last)
        threading.Thread(target=_evaluate_alerts, args=(runtime, settings), name="alerts", daemon=True).start()
        if ping.supported(settings):
            watchdog.start()
        exporter.start(settings)

    TaskCounter().listen()
    signals.celeryd_after_setup.connect(set_up, weak=False)
    signals.worker_ready.connect(ready, weak=False)
    signals.task_received.connect(lambda **_: watchdog.message_received(), weak=False)


def _beat(celery: Celery, runtime: WorkerRuntime, settings: Settings) -> None:
    """Beat is alive while it sends scheduled messages; it can exit at any time, since it has no work in flight."""
    watched = Watched("beat", lambda: ping.reachable(celery), lambda: False, lambda: None, timedelta())
    watchdog = Watchdog(watched, max(settings.worker_silence, 5 * settings.sweep_interval), runtime.stop)

    def ready(**_: Any) -> None:
        signals.before_task_publish.connect(lambda **_: watchdog.message_received(), weak=False)
        _start_heartbeat(runtime, process_name("beat"), lambda: not watchdog.suspicious)
        watchdog.start()
        exporter.start(settings)

    signals.beat_init.connect(ready, weak=False)


def process_name(kind: str) -> str:
    """A name that no other running process has."""
    return f"{kind}:{socket.gethostname()[:80]}:{os.getpid()}"


def _start_heartbeat(
    runtime: WorkerRuntime, name: str, alive: Callable[[], bool], calls: Callable[[], Any] = lambda: None
) -> None:
    threading.Thread(target=_heartbeat, args=(runtime, name, alive, calls), name="heartbeat", daemon=True).start()


def _heartbeat(runtime: WorkerRuntime, name: str, alive: Callable[[], bool], calls: Callable[[], Any]) -> None:
    while True:
        try:
            if alive():
                with runtime.transaction():
                    heartbeats.beat(name, calls())
        except SQLAlchemyError as error:
            log.warning("heartbeat_missed", extra={"error": plain(error)[:200]})
        if runtime.stop.wait(HEARTBEAT.total_seconds()):
            return


def _evaluate_alerts(runtime: WorkerRuntime, settings: Settings) -> None:
    """Evaluate alerts without beat while beat does not have them evaluated, so that a missing beat is an alert too."""
    while not runtime.stop.wait(alerts.EVALUATE_EVERY.total_seconds()):
        try:
            alerts.evaluate_overdue(runtime.transaction, settings)
        except SQLAlchemyError as error:
            log.warning("alerts_not_evaluated", extra={"error": plain(error)[:200]})
