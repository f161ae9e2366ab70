"""Our records for a comparison: payments that PortOne lists, and payments that it did not list or announce."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, and_, func, literal, or_, select, tuple_

from pitturu.domain.cancellation import CancelKind, CancelStage
from pitturu.domain.cash_receipts import ReceiptStage
from pitturu.domain.cause import Origin
from pitturu.domain.provider import Generation
from pitturu.extensions import db
from pitturu.store.cancellations import Cancellation
from pitturu.store.cash_receipts import CashReceipt
from pitturu.store.history import Payment
from pitturu.store.reconciliations import ReconciliationRun, Sighting
from pitturu.store.sessions import PaymentSession
from pitturu.store.webhooks import WebhookDelivery

PAID_EVENTS: Final = ("paid", "transaction.paid")
CANCEL_EVENTS: Final = ("cancelled", "transaction.cancelled", "transaction.partialcancelled", "partialcancelled")
"""Types of webhooks of both generations, in lower case."""


_SUCCEEDED: Final = Cancellation.stage == CancelStage.SUCCEEDED
_SUBJECT: Final = (PaymentSession.generation, Payment.imp_uid, Payment.merchant_uid, Payment.session_key)


@dataclass(frozen=True)
class Ours:
    """Our row of a payment, when its last cancel was recorded, and PortOne's ids of its executed cancels."""

    payment: Payment
    cancelled_at: datetime | None
    cancellation_ids: Collection[str] = ()


@dataclass(frozen=True)
class Subject:
    """A payment of one of our sessions, by PortOne's names."""

    generation: str
    provider_id: str
    order_id: str
    session_key: UUID


@dataclass(frozen=True)
class Unlisted:
    """A payment or cash receipt of ours that PortOne should have listed, and when it was paid or issued."""

    subject: Subject
    key: UUID
    at: datetime


@dataclass(frozen=True)
class Unannounced:
    """A payment or cancel without a webhook. `what` is PortOne's id of the cancel, "" for the payment itself."""

    subject: Subject
    what: str
    amount: int
    at: datetime


def payments(provider_ids: Collection[str]) -> dict[str, Ours]:
    """Our rows of these payments by PortOne's ids, read anew."""
    last = func.max(Cancellation.decided_at).filter(_SUCCEEDED)
    names = func.array_agg(func.coalesce(Cancellation.provider_cancellation_id, "")).filter(_SUCCEEDED)
    query = select(Payment, last, names).outerjoin(Cancellation, Cancellation.payment_key == Payment.id)
    query = query.where(Payment.imp_uid.in_(provider_ids)).group_by(Payment.id)
    fresh = db.session.execute(query.execution_options(populate_existing=True))
    return {payment.imp_uid: Ours(payment, at, cancels or ()) for payment, at, cancels in fresh}


def next_unlisted(comparison: ReconciliationRun, sandbox: bool, after: tuple[datetime, UUID] | None) -> Unlisted | None:
    """Our next payment, in the order of `paid_at`, that PortOne has not listed.

    Payments of the other kind of channel (`sandbox`) are left out: PortOne does not list both kinds together.
    """
    sighted = Sighting.comparison_key == comparison.id, Sighting.provider_id == Payment.imp_uid
    query = _in_window(comparison, Payment.id, Payment.paid_at).where(
        Payment.sandbox == sandbox,
        PaymentSession.generation.in_(comparison.generations.split()),
        ~select(Sighting.provider_id).where(*sighted).exists(),
    )
    if after is not None:
        query = query.where(tuple_(Payment.paid_at, Payment.id) > after)
    row = db.session.execute(query.limit(1)).first()
    return Unlisted(Subject(*row[:4]), *row[4:]) if row else None


def next_unlisted_receipt(
    comparison: ReconciliationRun, sandbox: bool, after: tuple[datetime, UUID] | None
) -> Unlisted | None:
    """Our next cash receipt, in the order of `issued_at`, that PortOne has not listed. What is only a mark on the
    payment has no number, and PortOne shows no more of it than with the payment."""
    sighted = Sighting.comparison_key == comparison.id, Sighting.provider_id == CashReceipt.receipt_id
    place = tuple_(CashReceipt.issued_at, CashReceipt.id)
    query = (
        select(*_SUBJECT[:3], CashReceipt.session_key, CashReceipt.id, CashReceipt.issued_at)
        .join(Payment, Payment.id == CashReceipt.payment_key)
        .join(PaymentSession, PaymentSession.id == CashReceipt.session_key)
        .where(CashReceipt.stage == ReceiptStage.ISSUED, CashReceipt.number.is_not(None))
        .where(CashReceipt.issued_at >= comparison.since, CashReceipt.issued_at < comparison.until)
        .where(Payment.sandbox == sandbox, PaymentSession.generation.in_(comparison.generations.split()))
        .where(~select(Sighting.provider_id).where(*sighted).exists(), *([place > after] if after else []))
    )
    row = db.session.execute(query.order_by(CashReceipt.issued_at, CashReceipt.id).limit(1)).first()
    return Unlisted(Subject(*row[:4]), row[4], row[5] or comparison.since) if row else None


def unannounced(comparison: ReconciliationRun, limit: int) -> list[Unannounced]:
    """Payments that were paid and cancels that were recorded in the window and whose webhook was not received, at most
    `limit` of each. V1 sends none for cancels through its API.
    """
    paid = _in_window(comparison, literal(""), Payment.amount, Payment.paid_at)
    name = func.coalesce(Cancellation.provider_cancellation_id, "")
    named = or_(WebhookDelivery.provider_cancellation_id == name, WebhookDelivery.provider_cancellation_id == "")
    cancelled = _in_window(comparison, name, Cancellation.amount, Cancellation.decided_at)
    cancelled = cancelled.join(Cancellation, Cancellation.payment_key == Payment.id).where(
        _SUCCEEDED,
        Cancellation.kind == CancelKind.REFUND,
        or_(Cancellation.origin == Origin.PORTONE, PaymentSession.generation == Generation.V2),
    )
    queries = (
        paid.where(~_announced(PAID_EVENTS).exists()),
        cancelled.where(~_announced(CANCEL_EVENTS).where(named).exists()),
    )
    rows = [row for query in queries for row in db.session.execute(query.limit(limit))]
    return [Unannounced(Subject(*row[:4]), *row[4:]) for row in rows]


def _in_window(comparison: ReconciliationRun, *columns: Any) -> Select[Any]:
    """Payments whose time, the last of these columns, is in the window: the columns of a Subject, then these."""
    query = select(*_SUBJECT, *columns).join(PaymentSession, PaymentSession.id == Payment.session_key)
    moment = columns[-1]
    return query.where(moment >= comparison.since, moment < comparison.until).order_by(moment, Payment.id)


def _announced(types: tuple[str, ...]) -> Select[Any]:
    """Deliveries of these types about the payment."""
    about = and_(WebhookDelivery.generation == PaymentSession.generation, WebhookDelivery.imp_uid == Payment.imp_uid)
    return select(WebhookDelivery.id).where(about, func.lower(WebhookDelivery.event_status).in_(types))
