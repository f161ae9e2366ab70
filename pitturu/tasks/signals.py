"""A worker process says that it is alive, logs like the web, and ends softly when told to."""

import logging
import threading
from datetime import timedelta
from typing import Any, Final

from celery import signals
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from pitturu import logs
from pitturu.settings import Settings
from pitturu.store import heartbeats
from pitturu.store.errors import plain
from pitturu.tasks.engine import WorkerEngine

log = logging.getLogger(__name__)

HEARTBEAT: Final = timedelta(seconds=5)


def listen(app: Flask, settings: Settings) -> None:
    """Connect to Celery's signals; called by the worker's and beat's entry point only."""
    engine: WorkerEngine = app.extensions["pitturu.engine"]

    def configure(**_: Any) -> None:
        logs.configure(settings)

    def ready(**_: Any) -> None:
        threading.Thread(target=_heartbeat, args=(engine,), name="heartbeat", daemon=True).start()

    def shutting_down(**_: Any) -> None:
        log.info("worker_stopping", extra={"next": "calls in flight are finished, nothing new is begun"})
        engine.stop.set()

    signals.setup_logging.connect(configure, weak=False)
    signals.worker_ready.connect(ready, weak=False)
    signals.worker_shutting_down.connect(shutting_down, weak=False)


def _heartbeat(engine: WorkerEngine) -> None:
    while not engine.stop.wait(HEARTBEAT.total_seconds()):
        try:
            with engine.transaction():
                heartbeats.beat("worker")
        except SQLAlchemyError as error:
            log.warning("heartbeat_missed", extra={"error": plain(error)[:200]})
