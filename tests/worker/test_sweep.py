"""The sweep finds due rows by the registrations that are handed to it, also where several kinds share a table."""

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
"""A kind of work over the sessions that are planned for this name."""


def test_a_registered_kind_is_swept_when_its_rows_are_due() -> None:
    rows.session(next_job=JobName.CLEAN, due_at=clock.now())
    assert sweep.run([*HANDLERS, CLEANING]) == {JobName.CLEAN: 1}


def test_rows_of_other_kinds_and_rows_that_are_not_due_wake_nobody() -> None:
    rows.session(next_job=JobName.VERIFY, due_at=clock.now())
    rows.session(next_job=JobName.CLEAN, due_at=clock.now() + timedelta(minutes=1))
    assert sweep.run([CLEANING]) == {}


def test_every_kind_of_work_has_a_name_of_its_own() -> None:
    names = [job.name for job in HANDLERS]
    assert len(names) == len(set(names))
