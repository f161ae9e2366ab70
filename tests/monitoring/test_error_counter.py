"""Logged errors are counted by event, and a message cannot create series."""

import logging

import pytest

from pitturu.monitoring.error_counter import MOST_EVENTS, ErrorCounter
from tests.counting import counted, series

ERRORS = "pitturu_errors_total"


@pytest.fixture
def log() -> logging.Logger:
    """A logger with a counter of its own, which has seen nothing yet."""
    logger = logging.getLogger("pitturu.test_error_counter")
    logger.handlers, logger.propagate = [ErrorCounter()], False
    return logger


def test_errors_are_counted_and_warnings_are_not(log: logging.Logger) -> None:
    with counted(ERRORS, event="claim_broke") as found:
        log.warning("claim_broke")
        log.error("claim_broke", extra={"job": "payments.verify"})
        log.critical("claim_broke")

    assert found.moved == 2


def test_sentences_and_objects_are_counted_by_their_logger(log: logging.Logger) -> None:
    log.error("a first sentence")
    before = series()
    with counted(ERRORS, event=log.name) as found:
        log.error("Exception on %s", "/a/path")
        log.error("hana@example.org")
        log.error(ValueError("a value"))

    assert (found.moved, series()) == (3, before)


def test_a_library_cannot_name_events(log: logging.Logger) -> None:
    library = logging.getLogger("urllib3.test_error_counter")
    library.handlers, library.propagate = log.handlers, False
    with counted(ERRORS, event="claim_broke") as ours, counted(ERRORS, event=library.name) as theirs:
        library.error("claim_broke")

    assert (ours.moved, theirs.moved) == (0, 1)


def test_the_number_of_events_is_bounded(log: logging.Logger) -> None:
    with counted(ERRORS, event="other") as other:
        for number in range(1_000):
            log.error(f"flood_{number}")

    assert other.moved == 1_000 - MOST_EVENTS
