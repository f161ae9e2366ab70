"""Comparisons with PortOne's own books: how far each has come, and what it found."""

from datetime import datetime
from enum import StrEnum
from functools import cache
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Identity,
    Index,
    SmallInteger,
    String,
    func,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, aliased, column_property, mapped_column

from pitturu.domain import clock, ids
from pitturu.store.base import Base, Created, DueRow, Keyed, Moment, one_of
from pitturu.store.cancellations import Cancellation


class Scope(StrEnum):
    """FULL compares payments both ways; WEBHOOKS only checks that a webhook reported each payment of ours."""

    FULL = "full"
    WEBHOOKS = "webhooks"


class Walk(StrEnum):
    """Which list is being walked, in this order. RECEIPTS are our cash receipts that PortOne did not list. SETTLE waits
    for the sessions that were asked about."""

    V1_PAYMENTS = "v1_payments"
    V2_PAYMENTS = "v2_payments"
    V2_EVENTS = "v2_events"
    OURS = "ours"
    V2_RECEIPTS = "v2_receipts"
    RECEIPTS = "receipts"
    SETTLE = "settle"
    WEBHOOKS = "webhooks"
    END = "end"


class Kind(StrEnum):
    """What can differ. UNKNOWN is money for an order number that we never issued."""

    MISSING_HERE = "missing_here"
    MISSING_THERE = "missing_there"
    STATUS = "status"
    AMOUNT = "amount"
    CANCELLED_AMOUNT = "cancelled_amount"
    METHOD = "method"
    UNKNOWN = "unknown"
    WEBHOOK_MISSING = "webhook_missing"
    RECEIPT_MISSING = "receipt_missing"
    RECEIPT_UNKNOWN = "receipt_unknown"
    RECEIPT_AMOUNT = "receipt_amount"
    RECEIPT_CANCELLED = "receipt_cancelled"


class FindingState(StrEnum):
    """OPEN is for a person; ASKED has made the session, or the refund, due; HEALED agrees with PortOne by now."""

    OPEN = "open"
    ASKED = "asked"
    HEALED = "healed"


class ReconciliationRun(DueRow, Created, Base):
    """One window of time, from `since` until just before `until`, compared with PortOne.

    `walk` and `cursor` say what comes next, and are written in the transaction of the findings of what came before:
    a worker that continues after a killed one neither skips nor repeats anything. `generations` are those whose keys
    were set when it began, `progress` is in percent, `counts` are the findings by kind.
    """

    __tablename__ = "comparisons"
    __table_args__ = (
        CheckConstraint("since < until", name="window"),
        one_of("scope", Scope),
        one_of("walk", Walk),
        CheckConstraint("(ended_at IS NULL) = (walk <> 'end')", name="ended"),
        Index("ix_comparisons_due", "due_at", postgresql_where="due_at IS NOT NULL"),
        Index("ix_comparisons_created", "created_at", "id"),
        Index("uq_comparisons_scheduled", "scope", "until", unique=True, postgresql_where="asked_by = 'schedule'"),
        Index("ix_comparisons_dead", "dead_at", postgresql_where="dead_at IS NOT NULL"),
    )

    number: Mapped[int] = mapped_column(Identity(always=True), unique=True)
    comparison_id: Mapped[str] = mapped_column(String(255), unique=True, default=lambda: ids.new("cmp"))
    scope: Mapped[str] = mapped_column(String(20), default=Scope.FULL)
    asked_by: Mapped[str] = mapped_column(String(255))
    heal: Mapped[bool] = mapped_column(default=True)
    generations: Mapped[str] = mapped_column(String(20))
    since: Mapped[datetime] = mapped_column(Moment)
    until: Mapped[datetime] = mapped_column(Moment)
    walk: Mapped[str] = mapped_column(String(20))
    cursor: Mapped[str] = mapped_column(String(500), default="", server_default="")
    progress: Mapped[int] = mapped_column(SmallInteger, default=0, server_default="0")
    calls: Mapped[int] = mapped_column(default=0, server_default="0")
    listed: Mapped[int] = mapped_column(default=0, server_default="0")
    counts: Mapped[dict[str, int]] = mapped_column(JSONB, default=dict, server_default="{}")
    called_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)

    @classmethod
    @cache
    def unblocked(cls) -> ColumnElement[bool]:
        """SQL for: no earlier one of the same scope is running. One after the other keeps to the rate of calls."""
        earlier = aliased(cls)
        same = earlier.scope == cls.scope, earlier.number < cls.number
        return ~select(earlier.id).where(*same, earlier.due_at.is_not(None)).exists()


class Finding(Keyed, Base):
    """One difference. `ours` and `theirs` are the values that differ, `amount` the won that are at stake.

    `what` tells two findings of one kind about one payment apart, `asked_version` is the session's version when it was
    asked about: a greater one has heard. `refund` is the stage of the cancel that refunds an unknown payment.
    """

    __tablename__ = "comparison_findings"
    __table_args__ = (
        one_of("kind", Kind),
        one_of("state", FindingState),
        CheckConstraint("cancellation_key IS NULL OR kind = 'unknown'", name="refund"),
        Index("uq_comparison_findings_once", "comparison_key", "kind", "provider_id", "what", unique=True),
        Index("ix_comparison_findings_refund", "cancellation_key", postgresql_where="cancellation_key IS NOT NULL"),
        Index("ix_comparison_findings_number", "comparison_key", "number"),
    )

    number: Mapped[int] = mapped_column(BigInteger, Identity(always=True), unique=True)
    comparison_key: Mapped[UUID] = mapped_column(ForeignKey("comparisons.id"))
    kind: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(20), default=FindingState.OPEN)
    generation: Mapped[str] = mapped_column(String(10))
    provider_id: Mapped[str] = mapped_column(String(64))
    order_id: Mapped[str] = mapped_column(String(64))
    what: Mapped[str] = mapped_column(String(255), default="", server_default="")
    session_key: Mapped[UUID | None] = mapped_column(ForeignKey("payment_sessions.id"))
    ours: Mapped[str] = mapped_column(String(100), default="", server_default="")
    theirs: Mapped[str] = mapped_column(String(100), default="", server_default="")
    amount: Mapped[int] = mapped_column(default=0, server_default="0")
    words: Mapped[str] = mapped_column(String(500))
    asked_version: Mapped[int | None]
    cancellation_key: Mapped[UUID | None] = mapped_column(ForeignKey("payment_cancellations.id"))
    found_at: Mapped[datetime] = mapped_column(Moment, default=clock.now, server_default=func.now())
    settled_at: Mapped[datetime | None] = mapped_column(Moment)
    refund: Mapped[str | None] = column_property(
        select(Cancellation.stage).where(Cancellation.id == cancellation_key).scalar_subquery()
    )


class Sighting(Base):
    """A payment that PortOne listed while this comparison goes on: what is ours and not among these is asked about."""

    __tablename__ = "comparison_sightings"

    comparison_key: Mapped[UUID] = mapped_column(ForeignKey("comparisons.id"), primary_key=True)
    provider_id: Mapped[str] = mapped_column(String(64), primary_key=True)
