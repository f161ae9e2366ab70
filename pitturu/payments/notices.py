"""Writes the notices to a buyer, in the transaction of the change that causes them and under the session's lock.

A notice holds what cannot be read later: its kind and the won that were refunded. All else is read from the order when
it is sent (`store.buyer_notices`), so that nothing personal is copied. The same cause writes no second row.
"""

from datetime import datetime
from hashlib import blake2b
from typing import Any
from uuid import UUID

from pitturu.domain import clock, ids
from pitturu.domain.lifecycle import SessionStatus
from pitturu.domain.notices import DELIVER_NOTICES, DELIVER_NOTICES_BY_WEBHOOK, NoticeKind, NoticeWay
from pitturu.payments.loaded_order import LoadedOrder
from pitturu.services import services
from pitturu.store.buyer_notices import NOTICE
from pitturu.store.outbound import OutboundMessage
from pitturu.store.sessions import PaymentSession
from pitturu.store.unit_of_work import UnitOfWork


def status_changed(work: UnitOfWork, session: PaymentSession, before: SessionStatus) -> None:
    """The session has another status than `before`."""
    if session.state is SessionStatus.PAID:
        _write(work, NoticeKind.PAID, session, "")
    elif session.state is SessionStatus.EXPIRED and before is SessionStatus.AWAITING_DEPOSIT:
        account = account_digest(session)
        _write(work, NoticeKind.DEPOSIT_EXPIRED, session, account, account=account)


def account_taken(work: UnitOfWork, session: PaymentSession) -> None:
    """The order waits for a deposit into another virtual account. The reminder is written now and becomes due later;
    where the deadline is nearer than that, there is none: this notice names the deadline."""
    account = account_digest(session)
    _write(work, NoticeKind.ACCOUNT_ISSUED, session, account, account=account)
    remind_at = session.vbank_due_at and session.vbank_due_at - services().settings.notice_reminder
    if remind_at is not None and remind_at > clock.now():
        _write(work, NoticeKind.DEPOSIT_DUE_SOON, session, account, at=remind_at, account=account)


def refunded(work: UnitOfWork, order: LoadedOrder, provider_id: str, cancel_id: UUID | None, amount: int) -> None:
    """Won of a payment went back, also of one that never paid the order: its buyer has less money until then."""
    if order.issued is None:
        return
    payment, row = order.payments[provider_id], order.cancels.get(cancel_id) if cancel_id else None
    cause = row.cancellation_id if row else f"{payment.payment_id}:{payment.cancelled_amount}"
    details: dict[str, Any] = {
        "amount": amount,
        "remaining": payment.remaining,
        "paid_order": payment.accepted,
        "pay_method": payment.pay_method,
        "cancellation_id": row and row.cancellation_id,
    }
    _write(work, NoticeKind.REFUNDED, order.issued, cause, **details)


def account_digest(session: PaymentSession) -> str:
    """Tells the accounts of a session apart without their numbers."""
    return blake2b(f"{session.id}:{session.vbank_number}".encode(), digest_size=8).hexdigest()


def _write(
    work: UnitOfWork,
    kind: NoticeKind,
    session: PaymentSession,
    cause: str,
    *,
    at: datetime | None = None,
    **details: Any,
) -> None:
    """Add a notice for each channel of the settings, due now unless `at` says otherwise."""
    settings = services().settings
    if kind not in settings.notice_kinds:
        return
    for way in map(NoticeWay, settings.notice_channels):
        work.insert(
            OutboundMessage,
            message_id=ids.new("msg"),
            channel=way,
            destination="",
            content={"kind": kind, **details},
            dedup_key=f"{NOTICE}:{session.session_id}:{kind}:{cause}:{way}",
            about_kind=NOTICE,
            about_id=session.session_id,
            session_key=session.id,
            due_at=at or clock.now(),
        )
        if at is None:
            work.wake(DELIVER_NOTICES if way is NoticeWay.EMAIL else DELIVER_NOTICES_BY_WEBHOOK)
