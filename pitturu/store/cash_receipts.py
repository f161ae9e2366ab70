"""Cash receipts of orders that were paid by bank transfer or virtual account."""

import json
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, select
from sqlalchemy.orm import Mapped, mapped_column, validates

from pitturu.domain import clock, ids
from pitturu.domain.cash_receipts import (
    NEEDS_OPERATOR,
    Identifier,
    IdentifierKind,
    ProviderReceipt,
    ReceiptStage,
    WantedReceipt,
    advance,
)
from pitturu.domain.verdict import Verdict
from pitturu.extensions import db
from pitturu.services import services
from pitturu.store.base import Base, Created, DueRow, Moment, one_of
from pitturu.store.history import Payment
from pitturu.store.sessions import AnySession

_WAITS_FOR_OPERATOR = " OR ".join(f"stage = '{stage}'" for stage in sorted(NEEDS_OPERATOR))


class CashReceipt(DueRow, Created, Base):
    """The receipt of one order, from its payment on. Whom it is issued to stands in the session, with the buyer's data.

    `kept` is what was paid less what went back, in won: what the receipt has to be about. `amount`, `number` and `url`
    are of the receipt that PortOne showed last. `self_issued` is one that no buyer asked for. `sent` is the stage of
    the last request and `sent_at` when it left; `refusal` is why it was refused, or what is not in order. `force` says
    that an operator wants it corrected.
    """

    __tablename__ = "cash_receipts"
    __table_args__ = (
        one_of("stage", ReceiptStage),
        Index("ix_cash_receipts_due", "due_at", postgresql_where="due_at IS NOT NULL"),
        Index("ix_cash_receipts_dead", "dead_at", postgresql_where="dead_at IS NOT NULL"),
        Index("ix_cash_receipts_issued", "issued_at", "id", postgresql_where="stage = 'issued'"),
        Index("ix_cash_receipts_needs_operator", "changed_at", postgresql_where=_WAITS_FOR_OPERATOR),
    )

    receipt_id: Mapped[str] = mapped_column(String(64), unique=True, default=lambda: ids.new("rcp"))
    session_key: Mapped[UUID] = mapped_column(ForeignKey("payment_sessions.id"), unique=True)
    payment_key: Mapped[UUID] = mapped_column(ForeignKey("payment_history.id"), unique=True)
    stage: Mapped[str] = mapped_column(
        String(20), default=ReceiptStage.CHECKING, server_default=ReceiptStage.CHECKING.value
    )
    self_issued: Mapped[bool] = mapped_column(default=False, server_default="false")
    kept: Mapped[int]
    amount: Mapped[int | None]
    number: Mapped[str | None] = mapped_column(String(50))
    url: Mapped[str | None] = mapped_column(String(500))
    issued_at: Mapped[datetime | None] = mapped_column(Moment)
    cancelled_at: Mapped[datetime | None] = mapped_column(Moment)
    sent: Mapped[str | None] = mapped_column(String(20))
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
    refusal: Mapped[str | None] = mapped_column(String(500))
    force: Mapped[bool] = mapped_column(default=False, server_default="false")
    changed_at: Mapped[datetime] = mapped_column(Moment, default=clock.now, onupdate=clock.now)

    @validates("stage")
    def _move(self, _column: str, target: str) -> str:
        """Every change of the stage is checked here. Raises IllegalReceiptMove."""
        return target if self.stage is None else advance(ReceiptStage(self.stage), ReceiptStage(target))

    @property
    def valid_number(self) -> str | None:
        """The number of the receipt that PortOne showed last, unless it is cancelled; "" for one without a number."""
        shown = self.number is not None or self.amount is not None or self.issued_at is not None
        return (self.number or "") if shown and self.cancelled_at is None else None

    def show(self, found: ProviderReceipt | None) -> None:
        """Take over what PortOne shows. A receipt that it does not show any more stays, as a cancelled one."""
        cancelled_at = None
        if found is None or found.cancelled:
            cancelled_at = self.cancelled_at or (clock.now() if self.valid_number is not None else None)
        if found is not None:
            self.amount, self.number, self.url = found.amount, found.number or None, found.url or None
            self.issued_at, cancelled_at = found.issued_at, found.cancelled_at or cancelled_at
        self.cancelled_at = cancelled_at

    def check(self, at: datetime, request_id: str | None = None) -> None:
        """Have PortOne asked at this time which receipt there is, with all tries."""
        self.stage, self.refusal = ReceiptStage.CHECKING, None
        self.make_due(request_id)
        self.due_at = at

    def settle(self, stage: ReceiptStage, reason: str | None) -> None:
        """Nothing more is done until money moves or an operator asks for it."""
        self.stage, self.refusal, self.sent, self.sent_at, self.force = stage, reason, None, None, False
        self.due_at, self.attempts, self.last_error, self.dead_at = None, 0, None, None


def columns_of(wanted: WantedReceipt) -> Mapping[str, Any]:
    """What a session stores about a receipt that its buyer wants."""
    identifier, encrypted = wanted.identifier, None
    if identifier is not None:
        secret = {"kind": identifier.kind, "number": identifier.number}
        encrypted = services().cipher.encrypt(json.dumps(secret).encode())
    return {
        "cash_receipt_purpose": wanted.purpose,
        "cash_receipt_masked": identifier and identifier.masked,
        "cash_receipt_encrypted": encrypted,
    }


def identifier_of(session: AnySession) -> Identifier | None:
    """Whom the receipt is issued to; None when nobody said so, or it was erased. Raises UnknownDataKey."""
    encrypted: bytes | None = session.cash_receipt_encrypted
    if encrypted is None:
        return None
    where = f"The number of the cash receipt of {session.session_id}"
    secret = json.loads(services().cipher.decrypt(encrypted, where))
    return Identifier(IdentifierKind(secret["kind"]), secret["number"])


def of_orders(order_ids: Collection[str]) -> dict[str, tuple[Payment, CashReceipt | None]]:
    """The accepted cash payments of these orders, each with its receipt, fresh from the database."""
    query = select(Payment, CashReceipt).outerjoin(CashReceipt, CashReceipt.payment_key == Payment.id)
    paid = Payment.merchant_uid.in_(order_ids), Payment.verdict == Verdict.ACCEPTED, Payment.paid_at.is_not(None)
    found = db.session.execute(query.where(*paid).execution_options(populate_existing=True))
    return {payment.merchant_uid: (payment, row) for payment, row in found}


def of_session(session_key: UUID, *, lock: bool = False) -> CashReceipt | None:
    """The receipt of an order, fresh from the database."""
    query = select(CashReceipt).where(CashReceipt.session_key == session_key)
    query = query.with_for_update() if lock else query
    return db.session.scalar(query.execution_options(populate_existing=True))
