"""What operators can name, list, ask about and replay: a registration for each table, which the handlers refer to.

Several kinds of work may share a table (prepare, verify and expire are all about sessions), so what concerns a row
whatever is to be done with it is said once here, and what concerns one kind of work in its `JobHandler`.
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
    """Who replays, as the timeline will name them, and under which request."""

    name: str
    request_id: str | None


@dataclass(frozen=True)
class NamedKind(Generic[Row]):
    """Rows of one table, as operators name them and ask about them.

    `find` returns the row that bears a name. `describe(row, doing)` says what it waits for, `doing` being what a worker
    does with it. `related` are the rows that are explained and replayed along with it.
    """

    name: str
    table: type[Row]
    find: Callable[[str], Row | None]
    describe: Callable[[Row, str], Description]
    related: Callable[[Row], Sequence[Keyed]] = lambda _row: ()


@dataclass(frozen=True)
class RowKind(NamedKind[WorkRow]):
    """Rows that wait for work. Which of them wait for an elder row is said by the table itself (`unblocked`), so that
    no claim can forget it.

    `needs_decision` are the cases in which a row waits for a person though it did not run out of tries.
    `replay(work, row, by)` makes a stuck row due again and returns the names of what is due now, none when it does not
    wait for a person any more; None where this cannot be done. Rows are replayed in the order of `lock_key`. `next_job`
    is the kind of work that a row waits for, where several kinds share the table. `parts` are rows that belong to these
    and have no work of their own.
    """

    needs_decision: tuple[StuckCase, ...] = ()
    replay: Callable[[UnitOfWork, WorkRow, By], list[str]] | None = None
    lock_key: Callable[[WorkRow], UUID] = lambda row: row.id
    next_job: Callable[[WorkRow], str] | None = None
    parts: tuple[NamedKind[Any], ...] = ()

    @property
    def stuck(self) -> tuple[StuckCase, ...]:
        """Every reason why a row may wait for a person."""
        return dead_letters.out_of_tries(self.table), *self.needs_decision


def note_replay(
    work: UnitOfWork, session: PaymentSession | None, payment: Payment | None, by: By, what: str, row: DueRow
) -> None:
    """Into the timeline, where there is one. The buyer reads that too, so the error is told to the log alone."""
    log.info("replayed", extra={"what": what, "actor": by.name, "last_error": row.last_error})
    if session is not None:
        origin = origin_of(by.name, session.user_username)
        cause = Cause(CauseKind.REPLAY, origin, by.name, clock.now(), by.request_id)
        key = payment.id if payment else None
        timeline.write(work, session, cause, EventKind.REPLAYED, payment_key=key, detail=what[:500])
