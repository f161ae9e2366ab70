"""One transaction a piece of work; hints to other processes leave only after the commit."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from sqlalchemy.exc import DBAPIError

from pitturu.domain.jobs import JobName
from pitturu.extensions import db
from pitturu.services import services
from pitturu.store import bulk_insert, items, locked_rows
from pitturu.store.errors import plain

log = logging.getLogger(__name__)


class Publisher(Protocol):
    """Tells other processes what was committed. It never raises: the rows are the promise, this is only a hint."""

    def wake(self, job: JobName) -> None:
        """A row of this kind is due."""

    def changed(self, session_id: str) -> None:
        """Whoever polls this session can stop waiting."""

    def insist(self, job: JobName, times: int) -> None:
        """Rows of this kind have been due for a while: wake so many workers whatever was sent before."""

    def acting(self, job: JobName) -> None:
        """A worker looks for due rows now: what is committed from now on needs another wake-up."""


def _hints() -> tuple[dict[JobName, None], dict[str, None]]:
    """What is to be announced after the commit, without repetition and in order."""
    info: dict[str, Any] = db.session().info
    return info.setdefault("wakes", {}), info.setdefault("changes", {})


def wake(job: JobName) -> None:
    """Once committed, tell a worker that a row of this kind is due."""
    _hints()[0][job] = None


def changed(session_id: str) -> None:
    """Once committed, tell whoever waits for this session."""
    _hints()[1][session_id] = None


@contextmanager
def unit_of_work() -> Iterator[None]:
    """Commit once at the end, or leave no trace; the connection is back in the pool either way."""
    wakes, changes = _hints()
    try:
        yield
        items.write_back()
        bulk_insert.write(last=True)
        db.session.commit()
    except BaseException:
        db.session.rollback()
        wakes.clear()
        changes.clear()
        raise
    finally:
        locked_rows.let_go()
    publisher: Publisher = services().publisher
    for job in list(wakes):
        publisher.wake(job)
    for session_id in list(changes):
        publisher.changed(session_id)
    wakes.clear()
    changes.clear()


def one_moment() -> None:
    """Whatever this transaction reads is as it was at one moment, however many reads it takes. To be called first."""
    db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def let_go(_error: BaseException | None) -> None:
    """Give the connection back when a request or a piece of work is over; for `Flask.teardown_appcontext`.

    What was done is done by then. A connection that has died since takes nothing of it away.
    """
    try:
        db.session.remove()
    except DBAPIError as error:
        log.warning("connection_died", extra={"reason": plain(error)[:300]})
        db.session.registry.clear()
