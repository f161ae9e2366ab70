"""What a worker process does besides work: it shows that it lives, and ends softly."""

import threading
import time
from datetime import timedelta

import pytest
from celery import signals
from flask import Flask

from pitturu.store import heartbeats
from pitturu.tasks.signals import listen


def threads(name: str) -> list[threading.Thread]:
    """Threads of that name."""
    return [thread for thread in threading.enumerate() if thread.name == name]


@pytest.fixture
def listening(worker_app: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """A worker process's app, with a quick heart; Celery forgets it afterwards."""
    monkeypatch.setattr("pitturu.tasks.signals.HEARTBEAT", timedelta(seconds=0.02))
    for signal in (signals.setup_logging, signals.worker_ready, signals.worker_shutting_down):
        monkeypatch.setattr(signal, "receivers", [])
    listen(worker_app, worker_app.extensions["pitturu.settings"])
    return worker_app


def test_it_lives_until_it_is_told_to_stop(listening: Flask) -> None:
    signals.worker_ready.send(sender=None)
    (heart,) = threads("heartbeat")
    end = time.monotonic() + 20
    seen: dict[str, object] = {}
    while "worker" not in seen:
        assert time.monotonic() < end, "no sign of life"
        with listening.app_context():
            seen = dict(heartbeats.last_seen())
    stop = listening.extensions["pitturu.engine"].stop
    try:
        signals.worker_shutting_down.send(sender=None)
        assert stop.is_set()
        heart.join(20)
        assert not heart.is_alive()
    finally:
        stop.clear()


def test_celery_leaves_logging_to_us(listening: Flask) -> None:
    assert signals.setup_logging.receivers, "Celery sets up its own logging when nobody answers this signal"
