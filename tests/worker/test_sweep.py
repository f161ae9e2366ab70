"""The sweep finds due rows of the handlers it is given, also where several kinds share a table."""

from dataclasses import replace
from datetime import timedelta

import pytest

from pitturu.domain import clock
from pitturu.domain.jobs import JobName
from pitturu.payments import expiry
from pitturu.payments.session_handlers import planned_for
from pitturu.registry import HANDLERS
from pitturu.worker import sweep
from tests.store import rows

pytestmark = pytest.mark.usefixtures("tables")

CLEANING = replace(expiry.HANDLER, name=JobName.CLEAN, due_rows=planned_for(JobName.CLEAN))
"""A kind of work on the sessions whose next job has this name."""


def test_a_kind_with_due_rows_gets_a_wake_up() -> None:
    rows.session(next_job=JobName.CLEAN, due_at=clock.now())
    assert sweep.run([*HANDLERS, CLEANING]) == {JobName.CLEAN: 1}


def test_rows_of_other_kinds_and_rows_that_are_not_due_cause_no_wake_up() -> None:
    rows.session(next_job=JobName.VERIFY, due_at=clock.now())
    rows.session(next_job=JobName.CLEAN, due_at=clock.now() + timedelta(minutes=1))
    assert sweep.run([CLEANING]) == {}


def test_every_kind_of_work_has_a_unique_name() -> None:
    names = [job.name for job in HANDLERS]
    assert len(names) == len(set(names))
