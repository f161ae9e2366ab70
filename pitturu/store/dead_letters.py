"""Work that nobody goes on with by itself: what ran out of tries, and what needs a person's decision."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, literal, select, union_all
from sqlalchemy.orm import InstrumentedAttribute

from pitturu.domain.cancellation import CancelKind, CancelStage
from pitturu.domain.cause import Origin
from pitturu.domain.work import Kind, Stuck
from pitturu.extensions import db
from pitturu.store.cancellations import Cancellation
from pitturu.store.history import Payment
from pitturu.store.reconciliations import Finding, ReconciliationRun
from pitturu.store.sessions import PaymentSession
from pitturu.store.webhooks import DeliveryState, WebhookDelivery

Row = PaymentSession | Cancellation | WebhookDelivery | ReconciliationRun | Finding


@dataclass(frozen=True)
class Wanted:
    """Which of the stuck rows are meant; None means any. `before` is when they had to be stuck already."""

    kind: Kind | None = None
    reason: Stuck | None = None
    before: datetime | None = None


@dataclass(frozen=True)
class StuckRow:
    """One row that waits for a person, and since when."""

    kind: Kind
    reason: Stuck
    key: UUID
    since: datetime


@dataclass(frozen=True)
class _Case:
    kind: Kind
    reason: Stuck
    table: type[Row]
    since: InstrumentedAttribute[Any]
    condition: ColumnElement[bool]

    def meant(self, wanted: Wanted) -> list[ColumnElement[bool]] | None:
        """SQL for the rows of this case that are wanted, None when none can be."""
        if wanted.kind not in (None, self.kind) or wanted.reason not in (None, self.reason):
            return None
        return [self.condition, *([self.since <= wanted.before] if wanted.before else [])]

    def named(self, wanted: Wanted) -> Select[Any] | None:
        """Those rows: kind, reason, key, since."""
        meant = self.meant(wanted)
        if meant is None:
            return None
        names = literal(str(self.kind)), literal(str(self.reason))
        return select(*names, self.table.id.label("key"), self.since.label("since")).where(*meant)


def refused_refund() -> ColumnElement[bool]:
    """SQL for a refund that nobody asked for by hand, so nobody else knows that the PG said no to it; and the money
    is still here."""
    automatic = and_(Cancellation.origin == Origin.SYSTEM, Cancellation.kind == CancelKind.REFUND)
    here = and_(Payment.id == Cancellation.payment_key, Payment.amount > Payment.cancelled_amount)
    return and_(automatic, Cancellation.stage == CancelStage.REFUSED, select(Payment.id).where(here).exists())


_CASES: Final = (
    _Case(Kind.SESSION, Stuck.DEAD, PaymentSession, PaymentSession.dead_at, PaymentSession.dead_at.is_not(None)),
    _Case(Kind.CANCELLATION, Stuck.DEAD, Cancellation, Cancellation.dead_at, Cancellation.dead_at.is_not(None)),
    _Case(Kind.WEBHOOK, Stuck.DEAD, WebhookDelivery, WebhookDelivery.dead_at, WebhookDelivery.dead_at.is_not(None)),
    _Case(
        Kind.COMPARISON,
        Stuck.DEAD,
        ReconciliationRun,
        ReconciliationRun.dead_at,
        ReconciliationRun.dead_at.is_not(None),
    ),
    _Case(Kind.UNKNOWN_PAYMENT, Stuck.DEAD, Finding, Finding.dead_at, Finding.dead_at.is_not(None)),
    _Case(
        Kind.WEBHOOK,
        Stuck.ORPHANED,
        WebhookDelivery,
        WebhookDelivery.received_at,
        WebhookDelivery.state == DeliveryState.ORPHANED,
    ),
    _Case(
        Kind.CANCELLATION,
        Stuck.NEEDS_ACCOUNT,
        Cancellation,
        Cancellation.created_at,
        Cancellation.stage == CancelStage.NEEDS_ACCOUNT,
    ),
    _Case(Kind.CANCELLATION, Stuck.REFUSED, Cancellation, Cancellation.decided_at, refused_refund()),
)


def page(wanted: Wanted, limit: int) -> Sequence[StuckRow]:
    """The rows that are wanted, those that wait longest first, `limit` at the most."""
    parts = [part for case in _CASES if (part := case.named(wanted)) is not None]
    if not parts:
        return []
    together = db.session.execute(union_all(*parts).order_by("since", "key").limit(limit))
    return [StuckRow(Kind(kind), Stuck(reason), key, since) for kind, reason, key, since in together]


def count(wanted: Wanted) -> dict[tuple[Kind, Stuck], int]:
    """How many rows of each case are wanted."""
    return {
        (case.kind, case.reason): db.session.scalars(select(func.count(case.table.id)).where(*meant)).one()
        for case in _CASES
        if (meant := case.meant(wanted)) is not None
    }


def row_of(stuck: StuckRow) -> Row:
    """The row itself, as this transaction sees it."""
    table = next(case.table for case in _CASES if case.kind is stuck.kind)
    query: Select[Any] = select(table).where(table.id == stuck.key)
    row: Row = db.session.scalars(query).one()
    return row
