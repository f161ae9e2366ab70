"""A worker or beat process says that it is alive, logs like the web, ends softly when told to, and notices silence."""

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
from pitturu.services import services_of
from pitturu.store import heartbeats
from pitturu.store.errors import plain
from pitturu.worker import ping
from pitturu.worker.runtime import WorkerRuntime
from pitturu.worker.watchdog import FAILED, Watchdog, Watched

log = logging.getLogger(__name__)

HEARTBEAT: Final = timedelta(seconds=5)


def listen(app: Flask, settings: Settings) -> None:
    """Connect to Celery's signals; called by the worker's and beat's entry point only."""
    runtime: WorkerRuntime = services_of(app).runtime

    def configure(**_: Any) -> None:
        logs.configure(settings)

    def shutting_down(**_: Any) -> None:
        log.info("worker_stopping", extra={"next": "calls in flight are finished, nothing new is begun"})
        runtime.stop.set()

    signals.setup_logging.connect(configure, weak=False)
    signals.worker_shutting_down.connect(shutting_down, weak=False)
    _worker(services_of(app).celery, runtime, settings)
    _beat(services_of(app).celery, runtime, settings)


def _worker(celery: Celery, runtime: WorkerRuntime, settings: Settings) -> None:
    """Whoever takes messages is alive; whoever only runs is not."""
    own = ping.OwnQueue(celery, settings, process_name("worker"))
    places = 0

    def end_softly() -> None:
        runtime.stop.set()
        state.should_stop = FAILED

    watched = Watched("worker", own.ping, lambda: len(state.active_requests) >= places, end_softly, settings.lease)
    watchdog = Watchdog(watched, settings.worker_silence, runtime.stop)

    def set_up(instance: Any, **_: Any) -> None:
        nonlocal places
        places = instance.concurrency
        if ping.possible(settings):
            own.read_by(instance)

    def ready(**_: Any) -> None:
        _show_life(runtime, process_name("worker"), lambda: not watchdog.doubtful)
        if ping.possible(settings):
            watchdog.start()

    signals.celeryd_after_setup.connect(set_up, weak=False)
    signals.worker_ready.connect(ready, weak=False)
    signals.task_received.connect(lambda **_: watchdog.heard(), weak=False)


def _beat(celery: Celery, runtime: WorkerRuntime, settings: Settings) -> None:
    """Beat is alive as long as its clock makes it send something; it holds nothing that an end could spoil."""
    watched = Watched("beat", lambda: ping.reachable(celery), lambda: False, lambda: None, timedelta())
    watchdog = Watchdog(watched, max(settings.worker_silence, 5 * settings.sweep_interval), runtime.stop)

    def ready(**_: Any) -> None:
        signals.before_task_publish.connect(lambda **_: watchdog.heard(), weak=False)
        _show_life(runtime, process_name("beat"), lambda: not watchdog.doubtful)
        watchdog.start()

    signals.beat_init.connect(ready, weak=False)


def process_name(kind: str) -> str:
    """A name that no other process has at the same time."""
    return f"{kind}:{socket.gethostname()[:80]}:{os.getpid()}"


def _show_life(runtime: WorkerRuntime, name: str, alive: Callable[[], bool]) -> None:
    threading.Thread(target=_heartbeat, args=(runtime, name, alive), name="heartbeat", daemon=True).start()


def _heartbeat(runtime: WorkerRuntime, name: str, alive: Callable[[], bool]) -> None:
    while True:
        try:
            if alive():
                with runtime.transaction():
                    heartbeats.beat(name)
        except SQLAlchemyError as error:
            log.warning("heartbeat_missed", extra={"error": plain(error)[:200]})
        if runtime.stop.wait(HEARTBEAT.total_seconds()):
            return
