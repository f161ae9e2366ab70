"""Writes the events for the shop's own systems, in the transaction that makes them true and under the session's lock.

They are rows of the one statement that writes all new rows of a transaction, and the counter of a session is a column
of a row that changes anyway: no event costs a further round trip. They contain no personal data and no text of a PG.
"""

from typing import Any
from uuid import UUID

from pitturu.domain import clock
from pitturu.domain.cancellation import CancelKind, CancelStage
from pitturu.domain.decline_reasons import decline_reason
from pitturu.domain.lifecycle import SessionStatus, after_money
from pitturu.domain.shop_events import OF_STATUS, ShopEventType
from pitturu.payments.loaded_order import LoadedOrder
from pitturu.store.cancellations import Cancellation
from pitturu.store.history import Payment
from pitturu.store.sessions import PaymentSession
from pitturu.store.shop_events import ShopEvent
from pitturu.store.unit_of_work import UnitOfWork


def status_changed(work: UnitOfWork, order: LoadedOrder, detail: str | None) -> None:
    """The session has another status. What a refund has made of it is the event of the refund itself (`refunded`)."""
    session, kind = order.session, OF_STATUS.get(order.session.state)
    by_refund = order.facts.accepted is not None and session.state is not SessionStatus.PAID
    if kind is None or by_refund:
        return
    details: dict[str, Any] = {}
    if kind is ShopEventType.PAYMENT_FAILED:
        declined = session.state is SessionStatus.FAILED
        details["decline_reason"] = decline_reason(detail) if declined else None
    elif kind is ShopEventType.DEPOSIT_AWAITED:
        details["deposit_due_at"] = session.vbank_due_at and session.vbank_due_at.isoformat()
    write(work, kind, session, order.current_payment, session.state, **details)


def account_changed(work: UnitOfWork, order: LoadedOrder) -> None:
    """The order takes a virtual account. If it waited for a deposit into another one before, its status stays."""
    if order.session.state is SessionStatus.AWAITING_DEPOSIT:
        status_changed(work, order, None)


def refunded(work: UnitOfWork, order: LoadedOrder, provider_id: str, cancel_id: UUID | None, amount: int) -> None:
    """Won of a payment went back. Of one that never paid the order, the shop was never notified."""
    payment = order.payments[provider_id]
    if order.issued is None or not payment.accepted:
        return
    status = after_money(payment.amount, payment.cancelled_amount)
    write(work, OF_STATUS[status], order.issued, payment, status, refund=_refund(order, cancel_id, amount))


def cancel_changed(work: UnitOfWork, order: LoadedOrder, row: Cancellation) -> None:
    """A cancel has another stage: the shop is notified of a refund that is not carried out."""
    if row.stage != CancelStage.REFUSED or row.kind != CancelKind.REFUND:
        return
    payment = next(payment for payment in order.payments.values() if payment.id == row.payment_key)
    status = order.issued.state if order.issued else None
    refund = _refund(order, row.id, row.amount)
    write(work, ShopEventType.REFUND_REFUSED, order.issued, payment, status, refund=refund)


def write(
    work: UnitOfWork,
    kind: ShopEventType,
    session: PaymentSession | None,
    payment: Payment | None,
    status: SessionStatus | None = None,
    **details: object,
) -> None:
    """Add an event. The caller holds the lock of the session, if there is one. `details` are further data."""
    if session is not None:
        session.event_count += 1
    about = session or payment
    data = {
        "session_id": session and session.session_id,
        "payment_id": payment and payment.payment_id,
        "order_number": about and about.merchant_uid,
        "status": status,
        "amount": about and about.amount,
        "cancelled_amount": payment.cancelled_amount if payment and payment.accepted else 0,
        "currency": about and about.currency,
    }
    work.insert(
        ShopEvent,
        type=kind,
        session_key=session and session.id,
        sequence=session and session.event_count,
        data=data | details,
        due_at=clock.now(),
    )


def _refund(order: LoadedOrder, cancel_id: UUID | None, amount: int) -> dict[str, object]:
    row = order.cancels.get(cancel_id) if cancel_id else None
    return {"cancellation_id": row and row.cancellation_id, "amount": amount}
