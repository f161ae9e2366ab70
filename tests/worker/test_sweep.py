"""The sweep knows a kind of work by its registration alone: a handler that is handed to it is swept like the rest."""

from datetime import timedelta

import pytest

from pitturu.domain import clock
from pitturu.domain.jobs import JobName
from pitturu.payments.handlers import JobHandler
from pitturu.store.sessions import PaymentSession
from pitturu.worker import sweep
from pitturu.worker.runtime import HANDLERS
from tests.store import rows

pytestmark = pytest.mark.usefixtures("tables")


def toy(name: JobName = JobName.CLEAN) -> JobHandler[PaymentSession, None]:
    """A kind of work over the sessions that are planned for this name."""
    return JobHandler(
        name,
        PaymentSession,
        claim=lambda _context, _work, _room: [],
        ask=lambda _context, _claimed: None,
        apply=lambda _context, _work, _claimed, _answer: None,
        postpone=lambda _work, _claimed, _words: None,
        due_rows=(PaymentSession.next_job == name,),
    )


def test_a_registered_kind_is_swept_when_its_rows_are_due() -> None:
    rows.session(next_job=JobName.CLEAN, due_at=clock.now())
    assert sweep.run([*HANDLERS, toy()]) == {JobName.CLEAN: 1}


def test_rows_of_other_kinds_and_rows_that_are_not_due_wake_nobody() -> None:
    rows.session(next_job=JobName.VERIFY, due_at=clock.now())
    rows.session(next_job=JobName.CLEAN, due_at=clock.now() + timedelta(minutes=1))
    assert sweep.run([toy()]) == {}


def test_every_kind_of_work_has_a_name_of_its_own() -> None:
    names = [job.name for job in HANDLERS]
    assert len(names) == len(set(names))
