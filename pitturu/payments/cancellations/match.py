"""Money on its way back: PortOne's cancels are matched with what we asked for, and some refunds start by themselves."""

from collections.abc import Sequence
from dataclasses import replace

from pitturu.domain import clock
from pitturu.domain.cancellation import CancelKind, CancelStage
from pitturu.domain.cause import Cause, EventKind, Origin
from pitturu.domain.jobs import JobName
from pitturu.domain.provider import PayMethod, ProviderCancellation, ProviderPayment, ProviderStatus
from pitturu.domain.verdict import Verdict
from pitturu.payments import inventory, timeline
from pitturu.payments.payment_records import money_status
from pitturu.store import cancellations
from pitturu.store.cancellations import Cancellation
from pitturu.store.history import Payment
from pitturu.store.sessions import PaymentSession
from pitturu.store.unit_of_work import UnitOfWork

_WHY = {
    Verdict.AMOUNT_DIFFERS: "결제 금액 불일치 자동 환불",
    Verdict.CURRENCY_DIFFERS: "결제 통화 불일치 자동 환불",
    Verdict.CHANNEL_DIFFERS: "결제 채널 불일치 자동 환불",
    Verdict.DUPLICATE: "중복 결제 자동 환불",
    Verdict.LATE: "기한 경과 결제 자동 환불",
}
"""What the buyer reads on the PG's slip, so it is in Korean."""


def match_cancellations(
    work: UnitOfWork,
    session: PaymentSession,
    payment: Payment,
    rows: Sequence[Cancellation],
    attempt: ProviderPayment,
    cause: Cause,
) -> None:
    """Take over every cancel that PortOne executed and that is not among our `rows` yet. Safe to repeat."""
    for entry in _unknown(rows, attempt) if attempt.money_came else ():
        row = _ours(rows, entry) or _from_outside(work, session, payment, entry)
        row.provider_cancellation_id, row.receipt_url = entry.cancellation_id, entry.receipt_url or None
        row.decide(CancelStage.SUCCEEDED)
        payment.cancelled_amount += entry.amount
        timeline.money(work, session, payment, -entry.amount, cause, detail=row.reason)
        if payment.accepted:
            pieces = session.quantity if payment.remaining == 0 else row.quantity or 0
            inventory.take_back(work, session, pieces, row)
    if payment.paid_at is not None:
        payment.status = money_status(payment)
    _retire(work, session, payment, rows, attempt, cause)


def _unknown(rows: Sequence[Cancellation], attempt: ProviderPayment) -> list[ProviderCancellation]:
    """PortOne's cancels that have no row of ours yet, no more than its own sum of cancelled money covers.

    Old payments give cancels no id: their place serves as one. Where the sum says more than the list, the sum is
    believed, for it is what the buyer got back; an answer older than what we know has a smaller sum and adds nothing.
    """
    seen = {row.provider_cancellation_id for row in rows if row.stage == CancelStage.SUCCEEDED}
    rest = attempt.cancelled_amount - sum(row.amount for row in rows if row.stage == CancelStage.SUCCEEDED)
    fresh = []
    for place, entry in enumerate(attempt.executed):
        named = replace(entry, cancellation_id=entry.cancellation_id or f"#{place}")
        if named.cancellation_id not in seen and 0 < named.amount <= rest:
            fresh.append(named)
            rest -= named.amount
    if rest > 0:
        fresh.append(ProviderCancellation(f"~{attempt.cancelled_amount}", rest, "", clock.now()))
    return fresh


def _ours(rows: Sequence[Cancellation], entry: ProviderCancellation) -> Cancellation | None:
    """The cancel of ours that this is: by its id, or sent, of that amount, and without one. One at a time is sent."""
    sent = [row for row in rows if row.stage == CancelStage.SENT]
    named = next((row for row in sent if row.provider_cancellation_id == entry.cancellation_id), None)
    return named or next(
        (row for row in sent if row.provider_cancellation_id is None and row.amount == entry.amount), None
    )


def _from_outside(
    work: UnitOfWork, session: PaymentSession, payment: Payment, entry: ProviderCancellation
) -> Cancellation:
    """Somebody cancelled in PortOne's console."""
    reason = entry.reason[:255] or "PortOne 관리자 취소"
    return _keep(work, session, payment, amount=entry.amount, reason=reason, origin=Origin.PORTONE)


def _keep(work: UnitOfWork, session: PaymentSession, payment: Payment, **what: object) -> Cancellation:
    """A cancel that nobody requested here, with a row all the same."""
    # The payment may be new as well, and the database wants it first.
    work.session.flush()
    row = Cancellation(payment_key=payment.id, session_key=session.id, **what)
    work.session.add(row)
    work.session.flush()
    return row


def _retire(
    work: UnitOfWork,
    session: PaymentSession,
    payment: Payment,
    rows: Sequence[Cancellation],
    attempt: ProviderPayment,
    cause: Cause,
) -> None:
    """Close what PortOne's answer has made pointless: a revoke that happened, a refund of money that is gone."""
    # PortOne's documents do not say whether a withdrawn account is called cancelled or failed.
    withdrawn = attempt.status in (ProviderStatus.CANCELLED, ProviderStatus.FAILED) and not attempt.money_came
    left = payment.remaining
    for row in rows:
        if not row.is_undecided:
            continue
        if row.kind == CancelKind.REVOKE and withdrawn:
            row.decide(CancelStage.SUCCEEDED)
        elif row.kind == CancelKind.REVOKE and attempt.money_came:
            row.refusal = "The deposit came before the account could be withdrawn."
            row.decide(CancelStage.REFUSED)
        elif row.kind == CancelKind.REFUND:
            if row.origin == Origin.SYSTEM and left > 0:
                # Somebody gave a part back by hand; the automatic refund is about all that is left.
                row.amount = min(row.amount, left)
            elif row.stage != CancelStage.SENT and row.amount > left:
                # Promises are kept in their order: this one has nothing left, after a cancel in PortOne's console.
                row.refusal = "The money went back in another way."
                row.decide(CancelStage.REFUSED)
                timeline.note(work, session, payment, cause, EventKind.CANCEL_REFUSED, row.refusal)
                continue
            left -= row.amount


def close_revocations(payment: Payment) -> None:
    """Nobody can pay into this account any more: what was to withdraw it is done."""
    for row in cancellations.of_payment(payment.id):
        if row.kind == CancelKind.REVOKE and row.is_undecided:
            row.decide(CancelStage.SUCCEEDED)


def open_automatic_refund(work: UnitOfWork, session: PaymentSession, payment: Payment, cause: Cause) -> None:
    """Start the automatic refund of money that may not stay. Safe to repeat: the database allows one per payment."""
    rows = cancellations.of_payment(payment.id)
    if payment.remaining <= 0 or any(row.kind == CancelKind.REFUND and row.origin == Origin.SYSTEM for row in rows):
        return
    needs_account = payment.pay_method == PayMethod.VBANK
    _keep(
        work,
        session,
        payment,
        amount=payment.remaining,
        reason=_WHY[Verdict(str(payment.verdict))],
        origin=Origin.SYSTEM,
        stage=CancelStage.NEEDS_ACCOUNT if needs_account else CancelStage.REQUESTED,
        due_at=None if needs_account else clock.now(),
        request_id=cause.request_id,
    )
    work.wake(JobName.CANCEL)


def withdraw_account(work: UnitOfWork, session: PaymentSession, payment: Payment, why: str, cause: Cause) -> None:
    """Start to revoke a virtual account that must not be paid into any more. Safe to repeat."""
    revokes = [row for row in cancellations.of_payment(payment.id) if row.kind == CancelKind.REVOKE]
    if any(row.is_undecided or row.stage == CancelStage.SUCCEEDED for row in revokes):
        return
    refused = next((row for row in revokes if row.origin == Origin.SYSTEM), None)
    if refused is not None:
        refused.begin_anew()
        refused.ask_now(cause.request_id)
        work.wake(JobName.CANCEL)
        return
    _keep(
        work,
        session,
        payment,
        kind=CancelKind.REVOKE,
        amount=0,
        reason=why,
        origin=Origin.SYSTEM,
        due_at=clock.now(),
        request_id=cause.request_id,
    )
    work.wake(JobName.CANCEL)
