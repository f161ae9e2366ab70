"""Cancels: one row for each that was requested here, started by itself, or found at PortOne."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    Computed,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    SmallInteger,
    String,
    func,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column, validates

from pitturu.domain import clock, ids
from pitturu.domain.cancellation import IN_TURN, UNDECIDED, CancelKind, CancelStage, advance
from pitturu.domain.cause import Origin
from pitturu.domain.provider import RefundAccount
from pitturu.extensions import db
from pitturu.services import services
from pitturu.store.base import Base, Created, DueRow, Moment, any_of, looked_up, one_of


class Cancellation(DueRow, Created, Base):
    """`amount` in won; 0 when an unpaid virtual account is revoked. `tax_free` of it contains no VAT; `vat` is
    that of the rest, where the payment has a tax-free part.

    `pieces` are those that come back, by the key of their line; null where none do.

    `number` is the order in which the cancels of a payment are sent. `name` is who requested it. `reviewed_by` is the
    operator who approved a return, or named the account for an automatic refund; `approved_by` is the second one.

    `round` counts the times that PortOne refused it and it was sent anew: what is sent then is another order.
    `actor` is for readers of the release before, which knew no `origin` and `name`.

    The account for a deposit is encrypted (`refund_encrypted`) until the cancel is decided, and erased then. What is
    shown of it, `refund_number` and `refund_holder`, is masked from the beginning.
    """

    __tablename__ = "payment_cancellations"
    __table_args__ = (
        CheckConstraint("amount > 0 OR (kind = 'revoke' AND amount = 0)", name="amount"),
        one_of("kind", CancelKind),
        one_of("stage", CancelStage),
        one_of("origin", Origin),
        CheckConstraint("pieces <> '{}'", name="pieces"),
        CheckConstraint("tax_free BETWEEN 0 AND amount AND vat BETWEEN 0 AND amount", name="taxes"),
        CheckConstraint("approved_by <> name AND approved_by <> reviewed_by", name="two_persons"),
        Index(
            "uq_payment_cancellations_one_automatic",
            "payment_key",
            "kind",
            unique=True,
            postgresql_where="origin = 'system'",
        ),
        Index(
            "uq_payment_cancellations_provider",
            "payment_key",
            "provider_cancellation_id",
            unique=True,
            postgresql_where="provider_cancellation_id IS NOT NULL",
        ),
        Index("ix_payment_cancellations_executed", "decided_at", "id", postgresql_where="stage = 'succeeded'"),
        Index("ix_payment_cancellations_payment", "payment_key", "number"),
        Index(
            "ix_payment_cancellations_undecided",
            "id",
            postgresql_where="stage NOT IN ('succeeded', 'refused', 'rejected')",
        ),
        Index("ix_payment_cancellations_due", "due_at", postgresql_where="due_at IS NOT NULL"),
        Index("ix_payment_cancellations_dead", "dead_at", postgresql_where="dead_at IS NOT NULL"),
        Index(
            "ix_payment_cancellations_refused_refunds",
            "payment_key",
            postgresql_where="stage = 'refused' AND origin = 'system' AND kind = 'refund'",
        ),
        Index("ix_payment_cancellations_needs_account", "id", postgresql_where="stage = 'needs_account'"),
    )

    number: Mapped[int] = mapped_column(Identity(always=True), unique=True)
    cancellation_id: Mapped[str] = mapped_column(String(255), unique=True, default=lambda: ids.new("can"))
    payment_key: Mapped[UUID] = mapped_column(ForeignKey("payment_history.id"))
    session_key: Mapped[UUID | None] = mapped_column(ForeignKey("payment_sessions.id"))
    kind: Mapped[str] = mapped_column(String(10), default=CancelKind.REFUND)
    stage: Mapped[str] = mapped_column(String(20), default=CancelStage.REQUESTED)
    amount: Mapped[int]
    tax_free: Mapped[int] = mapped_column(default=0, server_default="0")
    vat: Mapped[int] = mapped_column(default=0, server_default="0")
    pieces: Mapped[dict[str, int] | None] = mapped_column(JSONB(none_as_null=True))
    reason: Mapped[str] = mapped_column(String(255))
    origin: Mapped[str] = mapped_column(String(10))
    name: Mapped[str | None] = mapped_column(String(255))
    actor: Mapped[str] = mapped_column(String(255), Computed("coalesce(name, origin)", persisted=True), deferred=True)
    reviewed_by: Mapped[str | None] = mapped_column(String(255))
    approved_by: Mapped[str | None] = mapped_column(String(255))
    refund_bank: Mapped[str | None] = mapped_column(String(10))
    refund_number: Mapped[str | None] = mapped_column(String(50))
    refund_holder: Mapped[str | None] = mapped_column(String(50))
    refund_encrypted: Mapped[bytes | None] = mapped_column(LargeBinary)
    balance: Mapped[int | None]
    round: Mapped[int] = mapped_column(SmallInteger, default=0, server_default="0")
    refusal: Mapped[str | None] = mapped_column(String(500))
    provider_cancellation_id: Mapped[str | None] = mapped_column(String(255))
    receipt_url: Mapped[str | None] = mapped_column(String(500))
    decided_at: Mapped[datetime | None] = mapped_column(Moment)

    @validates("stage")
    def _move(self, _column: str, target: str) -> str:
        """Every change of the stage is checked here. Raises IllegalCancelMove."""
        return target if self.stage is None else advance(CancelStage(self.stage), CancelStage(target))

    @classmethod
    @cache
    def unblocked(cls) -> ColumnElement[bool]:
        """SQL for: no earlier cancel of the same payment is still to be sent. They are sent one after the other."""
        earlier = aliased(cls)
        same = earlier.payment_key == cls.payment_key, earlier.number < cls.number
        return ~looked_up(select(earlier.id).where(*same, earlier.stage.in_(IN_TURN)))

    @classmethod
    def undecided(cls) -> ColumnElement[bool]:
        """SQL for: neither executed nor refused."""
        return cls.stage.in_(UNDECIDED)

    @property
    def is_undecided(self) -> bool:
        """Neither executed nor refused."""
        return self.stage in UNDECIDED

    @property
    def quantity(self) -> int | None:
        """Pieces of all lines that come back, None for a refund of money alone."""
        return sum(self.pieces.values()) if self.pieces else None

    def pieces_of(self, line_key: UUID) -> int:
        """Pieces of this line that come back."""
        return (self.pieces or {}).get(str(line_key), 0)

    @property
    def refund_account(self) -> RefundAccount | None:
        """Where a deposit goes back to; None once the cancel is decided. Raises UnknownDataKey."""
        if self.refund_bank is None or self.refund_encrypted is None:
            return None
        where = f"The refund account of {self.cancellation_id}"
        secret = json.loads(services().cipher.decrypt(self.refund_encrypted, where))
        return RefundAccount(self.refund_bank, **secret)

    @refund_account.setter
    def refund_account(self, account: RefundAccount | None) -> None:
        self.refund_bank = self.refund_number = self.refund_holder = self.refund_encrypted = None
        if account is not None:
            shown = account.masked()
            self.refund_bank, self.refund_number, self.refund_holder = shown.bank, shown.number, shown.holder
            secret = {"number": account.number, "holder": account.holder, "tel": account.tel}
            self.refund_encrypted = services().cipher.encrypt(json.dumps(secret).encode())

    @property
    def key(self) -> str:
        """Names the order that this row sends now: the same after a lost answer or a dead worker, so that PortOne
        carries it out once; another one as soon as anything about it changed, so that no old answer is repeated."""
        return f"{self.cancellation_id}-{self.round}-{self.balance}-{self.amount}"

    def send_last(self, session: Session) -> None:
        """Take a place behind all present cancels: one that was approved must not overtake another on its way."""
        last = update(Cancellation).where(Cancellation.id == self.id).values(number=text("DEFAULT"))
        session.execute(last.execution_options(synchronize_session=False))
        session.refresh(self, ["number"])

    def decide(self, stage: CancelStage) -> None:
        """Executed or refused: nothing more is done. The account is not needed any more, so it is erased."""
        self.stage, self.decided_at, self.due_at, self.dead_at = stage, clock.now(), None, None
        self.refund_encrypted = None


def of_payment(payment_key: UUID) -> Sequence[Cancellation]:
    """The cancels of a payment, oldest first."""
    query = select(Cancellation).where(Cancellation.payment_key == payment_key).order_by(Cancellation.number)
    return db.session.scalars(query.execution_options(populate_existing=True)).all()


def of_payments(payment_keys: Iterable[UUID]) -> Sequence[Cancellation]:
    """The cancels of these payments, oldest first."""
    query = select(Cancellation).where(Cancellation.payment_key == any_of(payment_keys))
    return db.session.scalars(query.order_by(Cancellation.number)).all()


def taxes_executed(payment_key: UUID) -> tuple[int, int]:
    """Won without VAT of a payment that went back, and the VAT of the others that did."""
    sums = (func.coalesce(func.sum(column), 0) for column in (Cancellation.tax_free, Cancellation.vat))
    executed = Cancellation.payment_key == payment_key, Cancellation.stage == CancelStage.SUCCEEDED
    row = db.session.execute(select(*sums).where(*executed)).one()
    return int(row[0]), int(row[1])


def by_key(key: UUID) -> Cancellation:
    """One cancel, fresh from the database; the caller holds the lock of its session."""
    query = select(Cancellation).where(Cancellation.id == key)
    return db.session.scalars(query.execution_options(populate_existing=True)).one()
