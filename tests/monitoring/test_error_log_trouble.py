"""Whoever logs an error neither blocks nor fails, nor does the end of the process: what goes wrong around a write."""

import logging
import sys
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from types import FrameType

import pytest
from flask import Flask
from sqlalchemy import Connection

from pitturu.extensions import db
from pitturu.monitoring import error_log
from pitturu.monitoring.error_log import ErrorLog
from tests.monitoring.test_error_log import Connect, stored
from tests.waiting import until

log = logging.getLogger("pitturu.tests.error_log_trouble")


@pytest.fixture(autouse=True)
def alone() -> Iterator[None]:
    """Only the handlers of the test get these errors."""
    log.propagate = False
    yield
    log.propagate, log.handlers = True, []


@pytest.fixture
def connect(app: Flask) -> Connect:
    """Connections to the database of the tests."""
    with app.app_context():
        return db.engine.connect


def test_the_end_of_the_process_does_not_wait_for_a_write_that_hangs(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(error_log, "LONGEST_END", timedelta(seconds=0.2))
    writing, release = threading.Event(), threading.Event()

    def hanging() -> AbstractContextManager[Connection]:
        writing.set()
        assert release.wait(30)
        return connect()

    handler = ErrorLog(hanging, "command", "host")
    log.addHandler(handler)
    log.error("it_broke")
    assert writing.wait(10)
    ending = threading.Thread(target=handler.flush)
    ending.start()
    ending.join(10)
    ended = not ending.is_alive()
    release.set()
    ending.join()
    handler.close()
    assert ended


def test_who_logs_does_not_fail_without_a_thread(app: Flask, connect: Connect) -> None:
    """A process that has used up its threads or memory logs just that as an error."""
    handler = ErrorLog(connect, "command", "host")
    log.addHandler(handler)
    threading.stack_size(1 << 46)
    try:
        with pytest.raises(RuntimeError):
            threading.Thread(target=int).start()
        log.error("no_thread")
    finally:
        threading.stack_size(0)
    log.error("it_broke")
    until(lambda: len(stored(app)[1]) == 2, "both lines are stored")
    handler.close()


def test_an_error_that_interrupts_another_one_is_collected(app: Flask, connect: Connect) -> None:
    """A signal handler or the garbage collector may log at any point of this thread, also while it logs."""
    handler = ErrorLog(connect, "command", "host")
    handler._run = lambda: None  # type: ignore[method-assign] # It is written below.
    log.addHandler(handler)
    depth = 0

    def interrupt(frame: FrameType, event: str, _arg: object) -> None:
        nonlocal depth
        if event in ("call", "return") and depth < 1 and "pytest" not in frame.f_code.co_filename:
            depth += 1
            log.error("interrupting")
            depth -= 1

    def logged() -> None:
        sys.setprofile(interrupt)
        log.error("it_broke")
        sys.setprofile(None)

    thread = threading.Thread(target=logged, daemon=True)
    thread.start()
    thread.join(30)
    assert not thread.is_alive()
    handler.flush()
    counts = stored(app)[0]
    assert counts["it_broke"].count == 1
    assert counts["interrupting"].count > 10
