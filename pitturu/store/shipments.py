"""Shipments of escrow payments: one a payment, registered with PortOne by a worker."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, and_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from pitturu.domain import clock, ids
from pitturu.domain.escrow import REJECTED, Carrier, ShipmentStage
from pitturu.extensions import db
from pitturu.store.base import Base, Created, DueRow, Moment, one_of
from pitturu.store.history import Payment
from pitturu.store.unit_of_work import UnitOfWork


class EscrowShipment(DueRow, Created, Base):
    """How the goods of an escrow payment were sent. It names no person: sender and receiver are read when it is sent.

    `rejected_at`: since when PortOne has said that the buyer refuses the goods.
    `confirming`: PortOne is to be told that the buyer confirms them; `confirm_doubtful`: a try of it had no answer.
    `known`: PortOne has one of this payment, so the next is a change. `doubtful`: a try of this one had no answer.
    """

    __tablename__ = "escrow_shipments"
    __table_args__ = (
        one_of("stage", ShipmentStage),
        one_of("carrier", Carrier),
        Index("ix_escrow_shipments_due", "due_at", postgresql_where="due_at IS NOT NULL"),
        Index("ix_escrow_shipments_rejected", "rejected_at", postgresql_where="rejected_at IS NOT NULL"),
        Index("ix_escrow_shipments_dead", "dead_at", postgresql_where="dead_at IS NOT NULL"),
    )

    shipment_id: Mapped[str] = mapped_column(String(255), unique=True, default=lambda: ids.new("shp"))
    payment_key: Mapped[UUID] = mapped_column(ForeignKey("payment_history.id"), unique=True)
    session_key: Mapped[UUID] = mapped_column(ForeignKey("payment_sessions.id"))
    carrier: Mapped[str] = mapped_column(String(20))
    invoice: Mapped[str] = mapped_column(String(50))
    sent_at: Mapped[datetime] = mapped_column(Moment)
    stage: Mapped[str] = mapped_column(String(20))
    known: Mapped[bool] = mapped_column(default=False, server_default="false")
    doubtful: Mapped[bool] = mapped_column(default=False, server_default="false")
    refusal: Mapped[str | None] = mapped_column(String(500))
    registered_at: Mapped[datetime | None] = mapped_column(Moment)
    rejected_at: Mapped[datetime | None] = mapped_column(Moment)
    confirming: Mapped[bool] = mapped_column(default=False, server_default="false")
    confirm_doubtful: Mapped[bool] = mapped_column(default=False, server_default="false")
    confirm_refusal: Mapped[str | None] = mapped_column(String(500))

    @property
    def under_way(self) -> bool:
        """Whether PortOne may still get it, or have got it."""
        return self.stage in (ShipmentStage.REQUESTED, ShipmentStage.SENT)

    def request(self, carrier: Carrier, invoice: str, sent_at: datetime, request_id: str) -> None:
        """Have it registered, from now on with these values."""
        self.carrier, self.invoice, self.sent_at = carrier, invoice, sent_at
        self.stage, self.doubtful, self.refusal, self.registered_at = ShipmentStage.REQUESTED, False, None, None
        self.last_error = None
        self.make_due(request_id)

    def confirm(self, request_id: str) -> None:
        """Have PortOne told that the buyer confirms the goods."""
        self.confirming, self.confirm_refusal, self.last_error = True, None, None
        self.make_due(request_id)

    def register(self) -> None:
        """PortOne has it."""
        self.stage, self.known, self.doubtful, self.registered_at = ShipmentStage.REGISTERED, True, False, clock.now()

    def refuse(self, reason: str) -> None:
        """PortOne does not take it."""
        self.stage, self.refusal = ShipmentStage.REFUSED, reason[:500]


REFUSED_BY_BUYER: Final = and_(
    EscrowShipment.rejected_at.is_not(None),
    select(Payment.cancelled_amount < Payment.amount)
    .where(Payment.id == EscrowShipment.payment_key)
    .correlate(EscrowShipment)
    .scalar_subquery(),
)
"""SQL for: the buyer refuses the goods, and the shop still has money for them. A join could begin at the payments, of
which there are many; a subquery is evaluated for each refusal."""


def note_status(payment: Payment, status: str) -> None:
    """What PortOne says of the escrow of this payment, and since when the buyer refuses the goods. The caller has
    locked the session."""
    payment.escrow_status = status
    shipment = update(EscrowShipment).where(EscrowShipment.payment_key == payment.id)
    if status == REJECTED:
        shipment = shipment.where(EscrowShipment.rejected_at.is_(None))
    db.session.execute(shipment.values(rejected_at=clock.now() if status == REJECTED else None))


def of_payment(payment_key: UUID) -> EscrowShipment | None:
    """The shipment of a payment."""
    return db.session.scalar(select(EscrowShipment).where(EscrowShipment.payment_key == payment_key))


def lock(work: UnitOfWork, key: UUID) -> EscrowShipment:
    """An existing shipment, locked and fresh."""
    query = select(EscrowShipment).where(EscrowShipment.id == key).with_for_update()
    return work.session.scalars(query.execution_options(populate_existing=True)).one()
