"""When PortOne is asked although nobody wants to know."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from pitturu.domain import clock
from pitturu.domain.jobs import JobName
from pitturu.domain.lifecycle import SessionStatus
from pitturu.payments.recheck import watch
from pitturu.store.sessions import PaymentSession
from pitturu.store.unit_of_work import UnitOfWork
from tests.values import settings_for

NOW = datetime(2026, 1, 1, tzinfo=UTC)
HOUR, QUARTER, SOON = timedelta(hours=1), timedelta(minutes=15), timedelta(minutes=1)
SETTINGS = settings_for(late_look=HOUR, deposit_recheck=QUARTER)


@pytest.fixture(autouse=True)
def _still() -> Iterator[None]:
    clock.use(lambda: NOW)
    yield
    clock.use(None)


def looked_at(status: str, expires_in: timedelta, paid: bool = False) -> timedelta | None:
    """How long from now until the next look."""
    deadline = NOW + expires_in
    session = PaymentSession(status=status, expires_at=deadline, watch_until=deadline, paid_at=NOW if paid else None)
    watch(UnitOfWork(), session, SETTINGS)
    assert (session.due_at is None) or session.next_job == JobName.EXPIRE
    return None if session.due_at is None else session.due_at - NOW


@pytest.mark.parametrize("status", ["created", "prepared", "verifying"])
def test_an_open_session_at_its_deadline(status: str) -> None:
    assert looked_at(status, SOON) == SOON
    assert looked_at(status, -HOUR) == timedelta(0)


def test_an_account_every_quarter_of_an_hour_and_at_its_end() -> None:
    assert looked_at("awaiting_deposit", 5 * HOUR) == QUARTER
    assert looked_at("awaiting_deposit", SOON) == SOON
    assert looked_at("awaiting_deposit", -HOUR) == timedelta(0)


@pytest.mark.parametrize("status", ["failed", "expired", "cancelled"])
def test_what_was_never_paid_once_at_its_deadline_and_once_after(status: str) -> None:
    assert looked_at(status, SOON) == SOON
    assert looked_at(status, -SOON) == HOUR - SOON
    assert looked_at(status, -HOUR) is None


@pytest.mark.parametrize("status", ["paid", "partially_cancelled", "cancelled"])
def test_what_was_paid_once_at_its_deadline_for_a_second_window_may_be_open(status: str) -> None:
    assert looked_at(status, SOON, paid=True) == SOON
    assert looked_at(status, -SOON, paid=True) is None


def test_a_mismatch_like_what_was_never_paid() -> None:
    assert looked_at("mismatched", SOON) == SOON
    assert looked_at("mismatched", -SOON) == HOUR - SOON


def test_as_long_as_an_account_may_be_paid_into() -> None:
    session = PaymentSession(status="paid", expires_at=NOW - HOUR, watch_until=NOW + HOUR, paid_at=NOW)
    watch(UnitOfWork(), session, SETTINGS)
    assert session.due_at == NOW + HOUR


@pytest.mark.parametrize("job", [JobName.PREPARE, JobName.VERIFY])
@pytest.mark.parametrize("status", SessionStatus)
def test_work_that_is_planned_comes_first(status: SessionStatus, job: JobName) -> None:
    session = PaymentSession(status=status, expires_at=NOW + HOUR, next_job=job, due_at=NOW + SOON)
    watch(UnitOfWork(), session, SETTINGS)
    assert (session.next_job, session.due_at) == (job, NOW + SOON)
