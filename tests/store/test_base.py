"""A due row's clockwork: the end of the lease is the token of the claim."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from pitturu.domain import clock
from pitturu.domain.retry_policy import RetryPolicy
from pitturu.store.base import lease_end
from pitturu.store.webhooks import WebhookDelivery

NOW = datetime(2026, 1, 1, tzinfo=UTC)
CURVE = RetryPolicy(timedelta(seconds=10), timedelta(minutes=1), attempts=3)


@pytest.fixture(autouse=True)
def _still() -> Iterator[None]:
    clock.use(lambda: NOW)
    yield
    clock.use(None)


def claimed(attempts: int = 1) -> tuple[WebhookDelivery, datetime]:
    """A row in a worker's hands, and the token of the claim."""
    until = lease_end(timedelta(seconds=90))
    return WebhookDelivery(due_at=until, attempts=attempts, last_error="before"), until


def test_done() -> None:
    row, until = claimed()
    row.done(until)
    assert (row.due_at, row.attempts, row.last_error) == (None, 0, None)


def test_done_while_somebody_asked_for_more() -> None:
    """The demand that came in meanwhile stays due."""
    row, until = claimed()
    row.ask_now("request-2")
    row.done(until)
    assert (row.due_at, row.request_id) == (NOW, "request-2")


def test_again_by_the_curve() -> None:
    row, until = claimed(attempts=2)
    row.again(until, CURVE, "no luck")
    assert row.due_at is not None
    assert NOW + timedelta(seconds=2) <= row.due_at <= NOW + timedelta(seconds=20)
    assert (row.last_error, row.dead_at) == ("no luck", None)


def test_again_after_the_last_try() -> None:
    row, until = claimed(attempts=3)
    row.again(until, CURVE, "x" * 900)
    assert (row.due_at, row.dead_at, row.last_error) == (None, NOW, "x" * 500)


def test_again_while_somebody_asked_for_more() -> None:
    """Neither delayed nor dead: whoever asked gets an answer of their own. The words are kept all the same."""
    row, until = claimed(attempts=3)
    row.ask_now()
    row.again(until, CURVE, "no luck")
    assert (row.due_at, row.dead_at, row.last_error, row.attempts) == (NOW, None, "no luck", 0)


def test_a_dead_row_that_somebody_asks_about_lives() -> None:
    row, until = claimed(attempts=3)
    row.request_id = "request-1"
    row.again(until, CURVE, "no luck")
    row.ask_now()
    assert (row.due_at, row.dead_at, row.attempts, row.request_id) == (NOW, None, 0, "request-1")


def test_the_next_step_at_once() -> None:
    row, until = claimed()
    row.again_at_once(until)
    assert row.due_at == NOW
    row.due_at = later = NOW + timedelta(hours=1)
    row.again_at_once(until)
    assert row.due_at == later
