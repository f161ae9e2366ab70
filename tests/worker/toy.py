"""An example of an additional kind of work: one module, with its own table."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import DeclarativeBase, Mapped, aliased, mapped_column

from pitturu.domain.errors import GatewayError, Reaction
from pitturu.domain.jobs import Queue
from pitturu.domain.retry_policy import RetryPolicy
from pitturu.domain.work import NextActor, Stuck
from pitturu.payments.explanations import Description, Waiting, waiting_for
from pitturu.payments.handlers import JobHandler, WorkerContext
from pitturu.payments.row_kinds import By, RowKind, note_replay
from pitturu.store import claims, lookup
from pitturu.store.base import DueRow, Moment
from pitturu.store.dead_letters import StuckCase
from pitturu.store.unit_of_work import UnitOfWork

NAME = "toys.measure"
ONCE = RetryPolicy(first=timedelta(seconds=1), cap=timedelta(seconds=1), attempts=1)


class ToyTables(DeclarativeBase):
    """Tables that are not in the schema of the other tests."""


class Toy(DueRow, ToyTables):
    """A toy to measure. Toys of the same box are measured in the order of `number`."""

    __tablename__ = "toys"

    label: Mapped[str] = mapped_column(unique=True)
    box: Mapped[int] = mapped_column(default=0)
    number: Mapped[int] = mapped_column(default=0)
    length: Mapped[int | None]
    lost: Mapped[bool] = mapped_column(default=False)
    made_at: Mapped[datetime] = mapped_column(Moment)

    @classmethod
    def unblocked(cls) -> ColumnElement[bool]:
        """SQL for: every earlier toy of the same box is measured."""
        earlier = aliased(cls)
        waiting = select(earlier.id).where(
            earlier.box == cls.box, earlier.number < cls.number, earlier.length.is_(None)
        )
        return ~waiting.exists()


@dataclass(frozen=True)
class Measurement:
    """One toy to measure."""

    key: UUID
    until: datetime
    label: str
    request_id: str | None
    session_key: None = None


def _describe(row: Toy, doing: str) -> Description:
    if row.lost:
        waiting = Waiting("an operator: it is lost", NextActor.OPERATOR, "Find it.")
    else:
        waiting = waiting_for(row, doing, Waiting("nothing", NextActor.NOBODY, "Nothing."))
    return Description(row.label, "measured" if row.length else "new", row.made_at, waiting)


def _replay(work: UnitOfWork, row: Toy, by: By) -> list[str]:
    work.session.refresh(row, with_for_update=True)
    if row.dead_at is None:
        return []
    note_replay(work, None, None, by, f"toy {row.label}", row)
    row.make_due(by.request_id)
    work.wake(NAME)
    return [row.label]


TOYS = RowKind(
    name="toy",
    table=Toy,
    find=lookup.by_columns(Toy, Toy.label),
    describe=_describe,
    needs_decision=(StuckCase(Stuck.ORPHANED, Toy.made_at, Toy.lost, counted_as="lost_toys"),),
    replay=_replay,
)


def _claim(context: WorkerContext, work: UnitOfWork, room: int) -> Sequence[Measurement]:
    rows = claims.claim(work, Toy, room, context.settings.lease)
    return [Measurement(row.id, row.due_at, row.label, row.request_id) for row in rows if row.due_at]


def _ask(_context: WorkerContext, claimed: Measurement) -> int:
    if claimed.label.startswith("broken"):
        raise GatewayError(Reaction.CALL_HUMAN, "It is in two pieces.")
    return len(claimed.label)


def _apply(_context: WorkerContext, work: UnitOfWork, claimed: Measurement, answer: int | GatewayError) -> None:
    row = work.session.get_one(Toy, claimed.key, with_for_update=True)
    if isinstance(answer, GatewayError):
        row.retry(claimed.until, ONCE, answer.message)
        return
    row.length = answer
    row.done(claimed.until)


def _postpone(work: UnitOfWork, claimed: Measurement, reason: str) -> None:
    work.session.get_one(Toy, claimed.key, with_for_update=True).retry(claimed.until, ONCE, reason)


HANDLER: JobHandler[Measurement, int] = JobHandler(
    name="toys.measure",
    queue=Queue.REFUNDS,
    rows=TOYS,
    doing="measuring the toy",
    claim=_claim,
    ask=_ask,
    apply=_apply,
    postpone=_postpone,
)
