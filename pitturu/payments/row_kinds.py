"""The registration of each table whose rows operators can find, list, explain and replay; handlers refer to it.

Several kinds of work may share a table (prepare, verify and expire use sessions), so what is the same for all of them
is registered here once, and what concerns one kind of work in its `JobHandler`.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

from pitturu.domain import clock
from pitturu.domain.cause import Cause, CauseKind, EventKind, origin_of
from pitturu.payments import timeline
from pitturu.payments.explanations import Description
from pitturu.store import dead_letters
from pitturu.store.base import DueRow, Keyed
from pitturu.store.dead_letters import StuckCase
from pitturu.store.history import Payment
from pitturu.store.sessions import PaymentSession
from pitturu.store.unit_of_work import UnitOfWork

log = logging.getLogger(__name__)

Row = TypeVar("Row", bound=Keyed)
WorkRow = TypeVar("WorkRow", bound=DueRow)


@dataclass(frozen=True)
class By:
    """Who replays, as written to the timeline, and with which request."""

    name: str
    request_id: str | None


@dataclass(frozen=True)
class NamedKind(Generic[Row]):
    """Rows of one table, which operators can find and have explained.

    `find` returns the row of an id. `describe(row, doing)` returns what it waits for; `doing` is what a worker does
    with it. `related` are the rows that are explained and replayed with it.
    """

    name: str
    table: type[Row]
    find: Callable[[str], Row | None]
    describe: Callable[[Row, str], Description]
    related: Callable[[Row], Sequence[Keyed]] = lambda _row: ()


@dataclass(frozen=True)
class RowKind(NamedKind[WorkRow]):
    """Rows that wait for work. The table itself defines which of them wait for an earlier row (`unblocked`), so that
    every claim respects it.

    `needs_decision` are the cases in which a row waits for an operator though it did not run out of tries.
    `replay(work, row, by)` makes a stuck row due again and returns the ids of the rows that are due now, none if it is
    not stuck any more; it is None if rows cannot be replayed. Rows are replayed in the order of `lock_key`. `next_job`
    is the kind of work that a row waits for, if several kinds share the table. `parts` are rows that belong to these
    and have no work of their own.
    """

    needs_decision: tuple[StuckCase, ...] = ()
    replay: Callable[[UnitOfWork, WorkRow, By], list[str]] | None = None
    lock_key: Callable[[WorkRow], UUID] = lambda row: row.id
    next_job: Callable[[WorkRow], str] | None = None
    parts: tuple[NamedKind[Any], ...] = ()

    @property
    def stuck(self) -> tuple[StuckCase, ...]:
        """Every reason why a row may wait for an operator."""
        return dead_letters.out_of_tries(self.table), *self.needs_decision


def replay_dead_row(work: UnitOfWork, row: DueRow, by: By, what: str, name: str, job: str) -> list[str]:
    """Make a dead row that belongs to no order due again, so that the replay is only logged: `RowKind.replay`.

    `what` and `name` are its kind and its public id, `job` is the kind of work to wake.
    """
    work.session.refresh(row, with_for_update=True)
    if row.dead_at is None:
        return []
    note_replay(work, None, None, by, f"{what} {name}", row)
    row.make_due(by.request_id)
    work.wake(job)
    return [name]


def note_replay(
    work: UnitOfWork, session: PaymentSession | None, payment: Payment | None, by: By, what: str, row: DueRow
) -> None:
    """Log a replay, and write it to the session's timeline without the error, since buyers read the timeline too."""
    log.info("replayed", extra={"what": what, "actor": by.name, "last_error": row.last_error})
    if session is not None:
        origin = origin_of(by.name, session.user_username)
        cause = Cause(CauseKind.REPLAY, origin, by.name, clock.now(), by.request_id)
        key = payment.id if payment else None
        timeline.write(work, session, cause, EventKind.REPLAYED, payment_key=key, detail=what[:500])
