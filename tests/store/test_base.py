"""How due rows are finished and retried: the end of the lease is the token of the claim."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from pitturu.domain import clock
from pitturu.domain.retry_policy import RetryPolicy
from pitturu.store.webhooks import WebhookDelivery

NOW = datetime(2026, 1, 1, tzinfo=UTC)
POLICY = RetryPolicy(timedelta(seconds=10), timedelta(minutes=1), attempts=3)


@pytest.fixture(autouse=True)
def _fixed_clock() -> Iterator[None]:
    clock.use(lambda: NOW)
    yield
    clock.use(None)


def claimed(attempts: int = 1) -> tuple[WebhookDelivery, datetime]:
    """A claimed row, and the token of the claim."""
    until = NOW + timedelta(seconds=90)
    return WebhookDelivery(due_at=until, attempts=attempts, last_error="before"), until


def test_done() -> None:
    row, until = claimed()
    row.done(until)
    assert (row.due_at, row.attempts, row.last_error) == (None, 0, None)


def test_done_after_another_request() -> None:
    """The row stays due for the other request."""
    row, until = claimed()
    row.make_due("request-2")
    row.done(until)
    assert (row.due_at, row.request_id) == (NOW, "request-2")


def test_retry_within_the_policy() -> None:
    row, until = claimed(attempts=2)
    row.retry(until, POLICY, "no luck")
    assert row.due_at is not None
    assert NOW + timedelta(seconds=2) <= row.due_at <= NOW + timedelta(seconds=20)
    assert (row.last_error, row.dead_at) == ("no luck", None)


def test_retry_after_the_last_try() -> None:
    row, until = claimed(attempts=3)
    row.retry(until, POLICY, "x" * 900)
    assert (row.due_at, row.dead_at, row.last_error) == (None, NOW, "x" * 500)


def test_retry_after_another_request() -> None:
    """Neither delayed nor dead: the other request is still due. The error is stored."""
    row, until = claimed(attempts=3)
    row.make_due()
    row.retry(until, POLICY, "no luck")
    assert (row.due_at, row.dead_at, row.last_error, row.attempts) == (NOW, None, "no luck", 0)


def test_a_dead_row_that_is_requested_again_is_due() -> None:
    row, until = claimed(attempts=3)
    row.request_id = "request-1"
    row.retry(until, POLICY, "no luck")
    row.make_due()
    assert (row.due_at, row.dead_at, row.attempts, row.request_id) == (NOW, None, 0, "request-1")
