"""Our records for a comparison: payments that PortOne lists, and payments that it did not list or announce."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, tuple_

from pitturu.domain.cancellation import CancelKind, CancelStage
from pitturu.domain.cause import Origin
from pitturu.domain.provider import Generation
from pitturu.extensions import db
from pitturu.store.cancellations import Cancellation
from pitturu.store.history import Payment
from pitturu.store.reconciliation_rows import was_sighted
from pitturu.store.reconciliations import ReconciliationRun
from pitturu.store.sessions import PaymentSession
from pitturu.store.webhooks import WebhookDelivery

PAID_EVENTS: Final = ("paid", "transaction.paid")
CANCEL_EVENTS: Final = ("cancelled", "transaction.cancelled", "transaction.partialcancelled", "partialcancelled")
"""Types of webhooks of both generations, in lower case."""


def payments(provider_ids: Collection[str]) -> dict[str, tuple[Payment, datetime | None]]:
    """Our rows of these payments, each with the time when its last cancel was recorded."""
    last = func.max(Cancellation.decided_at).filter(Cancellation.stage == CancelStage.SUCCEEDED)
    query = select(Payment, last).outerjoin(Cancellation, Cancellation.payment_key == Payment.id)
    query = query.where(Payment.imp_uid.in_(provider_ids)).group_by(Payment.id)
    fresh = db.session.execute(query.execution_options(populate_existing=True))
    return {payment.imp_uid: (payment, moment) for payment, moment in fresh}


def known_cancels(provider_ids: Collection[str]) -> dict[str, set[str]]:
    """PortOne's ids of the cancels that we know, by payment."""
    query = select(Payment.imp_uid, Cancellation.provider_cancellation_id).join(
        Cancellation, Cancellation.payment_key == Payment.id
    )
    executed = Payment.imp_uid.in_(provider_ids), Cancellation.stage == CancelStage.SUCCEEDED
    found: dict[str, set[str]] = {}
    for provider_id, name in db.session.execute(query.where(*executed)):
        found.setdefault(provider_id, set()).add(name or "")
    return found


@dataclass(frozen=True)
class Unlisted:
    """A payment of ours that PortOne should have listed."""

    key: UUID
    provider_id: str
    order_id: str
    session_key: UUID
    generation: str
    paid_at: datetime


def next_unlisted(comparison: ReconciliationRun, sandbox: bool, after: tuple[datetime, UUID] | None) -> Unlisted | None:
    """Our next payment, in the order of `paid_at`, that PortOne has not listed.

    Payments of the other kind of channel (`sandbox`) are left out: PortOne does not list both kinds together.
    """
    query = select(
        Payment.id.label("key"),
        Payment.imp_uid.label("provider_id"),
        Payment.merchant_uid.label("order_id"),
        Payment.session_key,
        PaymentSession.generation,
        Payment.paid_at,
    ).join(PaymentSession, PaymentSession.id == Payment.session_key)
    query = query.where(
        *_in_window(Payment.paid_at, comparison),
        Payment.sandbox == sandbox,
        PaymentSession.generation.in_(comparison.generations.split()),
        ~was_sighted(comparison.id, Payment.imp_uid),
    )
    if after is not None:
        query = query.where(tuple_(Payment.paid_at, Payment.id) > after)
    row = db.session.execute(query.order_by(Payment.paid_at, Payment.id).limit(1)).first()
    return Unlisted(**row._mapping) if row else None


@dataclass(frozen=True)
class Unannounced:
    """A payment or cancel without a webhook. `what` is PortOne's id of the cancel, "" for the payment itself."""

    provider_id: str
    order_id: str
    session_key: UUID
    generation: str
    what: str
    amount: int
    at: datetime


def unannounced_payments(comparison: ReconciliationRun, limit: int) -> Sequence[Unannounced]:
    """Payments that were paid in the window and whose webhook was not received."""
    query = _with_session(Payment.imp_uid, Payment.merchant_uid, Payment.amount, Payment.paid_at)
    unannounced = ~_announced(PAID_EVENTS).exists()
    rows = db.session.execute(
        query.where(*_in_window(Payment.paid_at, comparison), unannounced)
        .order_by(Payment.paid_at, Payment.id)
        .limit(limit)
    )
    return [
        Unannounced(imp_uid, order_id, session_key, generation, "", amount, at)
        for session_key, generation, imp_uid, order_id, amount, at in rows
    ]


def unannounced_cancels(comparison: ReconciliationRun, limit: int) -> Sequence[Unannounced]:
    """Cancels recorded in the window whose webhook was not received. V1 sends none for cancels through its API."""
    name = func.coalesce(Cancellation.provider_cancellation_id, "")
    query = _with_session(Payment.imp_uid, Payment.merchant_uid, Cancellation.amount, Cancellation.decided_at, name)
    query = query.join(Cancellation, Cancellation.payment_key == Payment.id)
    named = or_(WebhookDelivery.provider_cancellation_id == name, WebhookDelivery.provider_cancellation_id == "")
    rows = db.session.execute(
        query.where(
            *_in_window(Cancellation.decided_at, comparison),
            Cancellation.stage == CancelStage.SUCCEEDED,
            Cancellation.kind == CancelKind.REFUND,
            or_(Cancellation.origin == Origin.PORTONE, PaymentSession.generation == Generation.V2),
            ~_announced(CANCEL_EVENTS).where(named).exists(),
        )
        .order_by(Cancellation.decided_at, Cancellation.id)
        .limit(limit)
    )
    return [
        Unannounced(imp_uid, order_id, session_key, generation, what, amount, at)
        for session_key, generation, imp_uid, order_id, amount, at, what in rows
    ]


def _with_session(*columns: Any) -> Select[Any]:
    query = select(Payment.session_key, PaymentSession.generation, *columns)
    return query.join(PaymentSession, PaymentSession.id == Payment.session_key)


def _announced(types: tuple[str, ...]) -> Select[Any]:
    """Deliveries of these types about the payment."""
    about = and_(WebhookDelivery.generation == PaymentSession.generation, WebhookDelivery.imp_uid == Payment.imp_uid)
    return select(WebhookDelivery.id).where(about, func.lower(WebhookDelivery.event_status).in_(types))


def _in_window(moment: Any, comparison: ReconciliationRun) -> list[ColumnElement[bool]]:
    return [moment >= comparison.since, moment < comparison.until]
