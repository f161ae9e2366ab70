"""Money on its way back: PortOne's cancels are matched with ours, and some refunds and revokes start by themselves."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final
from uuid import UUID, uuid5

from pitturu.domain.cancellation import AWAITS_REVIEW, CancelKind, CancelStage
from pitturu.domain.cause import EventKind, Origin
from pitturu.domain.decision.attempts import save, settled_status
from pitturu.domain.decision.cancel_effects import CancelDue, ChangeCancel, OpenCancel
from pitturu.domain.decision.draft import Draft
from pitturu.domain.decision.effects import Money, Note, TakeBack, Wake
from pitturu.domain.decision.facts import KnownCancel, KnownPayment
from pitturu.domain.decision.last_pieces import take_the_rest
from pitturu.domain.decision.refund_shares import Taxes, tax_left, taxes_of
from pitturu.domain.jobs import JobName
from pitturu.domain.lifecycle import SessionStatus
from pitturu.domain.pg_capabilities import account_required
from pitturu.domain.provider import ProviderCancellation, ProviderPayment, ProviderStatus
from pitturu.domain.verdict import Verdict

REASONS: Final[Mapping[Verdict, str]] = {
    Verdict.AMOUNT_DIFFERS: "결제 금액 불일치 자동 환불",
    Verdict.CURRENCY_DIFFERS: "결제 통화 불일치 자동 환불",
    Verdict.CHANNEL_DIFFERS: "결제 채널 불일치 자동 환불",
    Verdict.ORDER_DIFFERS: "주문 내역이 없는 결제 자동 환불",
    Verdict.DUPLICATE: "중복 결제 자동 환불",
    Verdict.LATE: "결제 기한 경과 또는 품절 자동 환불",
}
"""What the buyer reads on the PG's slip, so it is in Korean."""

CONSOLE_CANCEL: Final = "PortOne 관리자 취소"
PAID_OTHERWISE: Final = "다른 결제로 완료된 주문의 가상계좌 말소"
DEPOSIT_CAME: Final = "The deposit came before the account could be withdrawn."
WENT_BACK: Final = "The money went back in another way."

_IDS: Final = UUID("8d1c7c2e-3f5e-4b0a-9d43-6c1f5d0f9a77")
"""Namespace of the ids of cancels that were not requested here: one that is found twice has the same id."""


def match(draft: Draft, attempt: ProviderPayment, now: datetime) -> None:
    """Record every cancel that PortOne executed and that is not known yet, and close what it made pointless."""
    payment = draft.payment(attempt.provider_id)
    known = draft.facts.cancels_of(payment.provider_id)
    for entry in _unknown(known, payment, attempt, now) if attempt.money_came else ():
        _record(draft, attempt.provider_id, entry)
    payment = draft.payment(attempt.provider_id)
    if payment.paid_at is not None:
        save(draft, payment._replace(status=settled_status(payment)))
    _retire(draft, attempt)
    take_the_rest(draft, draft.payment(attempt.provider_id))


def _unknown(
    known: Sequence[KnownCancel], payment: KnownPayment, attempt: ProviderPayment, now: datetime
) -> list[ProviderCancellation]:
    """PortOne's cancels that are not known yet, no more than its own sum of cancelled money covers.

    Old payments give cancels no id: their place serves as one. Where the sum says more than the list, the sum is
    believed, for it is what the buyer got back; an answer older than what is known has a smaller sum and adds nothing.
    No more than was charged can go back, even where PortOne contradicts itself: the comparison of the books shows that.
    """
    done = [cancel for cancel in known if cancel.stage is CancelStage.SUCCEEDED]
    seen = {cancel.provider_cancellation_id for cancel in done}
    rest = min(attempt.cancelled_amount, payment.amount) - sum(cancel.amount for cancel in done)
    fresh = []
    for place, entry in enumerate(attempt.executed):
        named = replace(entry, cancellation_id=entry.cancellation_id or f"#{place}")
        if named.cancellation_id not in seen and 0 < named.amount <= rest:
            fresh.append(named)
            rest -= named.amount
    if rest > 0:
        fresh.append(ProviderCancellation(f"~{attempt.cancelled_amount}", rest, "", now))
    return fresh


def _record(draft: Draft, provider_id: str, entry: ProviderCancellation) -> None:
    """One executed cancel: ours, or one that was made in PortOne's console."""
    payment = draft.payment(provider_id)
    found = _ours(draft.facts.cancels_of(provider_id), entry)
    done = (found or _console_cancel(payment, entry))._replace(
        stage=CancelStage.SUCCEEDED,
        **_taxes(draft, payment, entry, found)._asdict(),
        provider_cancellation_id=entry.cancellation_id,
        receipt_url=entry.receipt_url or None,
    )
    draft.add(ChangeCancel(done) if found else OpenCancel(done, due=False))
    payment = payment._replace(cancelled=payment.cancelled + entry.amount)
    save(draft, payment)
    draft.add(Money(provider_id, -entry.amount, done.reason, done.id))
    if payment.accepted:
        _take_back(draft, payment, done)


def _take_back(draft: Draft, payment: KnownPayment, cancel: KnownCancel) -> None:
    """All pieces with the last won; before that those that the cancel names."""
    for line in draft.order.lines:
        named = cancel.pieces_of(line.key)
        pieces = line.granted if payment.remaining == 0 else min(named, line.granted)
        if pieces > 0:
            draft.add(TakeBack(line.key, pieces, cancel.id))


def _ours(known: Sequence[KnownCancel], entry: ProviderCancellation) -> KnownCancel | None:
    """The cancel of ours that this is: by its id, or sent, of that amount, and without one. One at a time is sent."""
    sent = [cancel for cancel in known if cancel.stage is CancelStage.SENT]
    named = next((cancel for cancel in sent if cancel.provider_cancellation_id == entry.cancellation_id), None)
    return named or next(
        (one for one in sent if one.provider_cancellation_id is None and one.amount == entry.amount), None
    )


def _console_cancel(payment: KnownPayment, entry: ProviderCancellation) -> KnownCancel:
    refund = _automatic(payment, CancelKind.REFUND, entry.amount, entry.reason[:255] or CONSOLE_CANCEL)
    return refund._replace(id=_id(payment, entry.cancellation_id), origin=Origin.PORTONE)


def _taxes(draft: Draft, payment: KnownPayment, entry: ProviderCancellation, ours: KnownCancel | None) -> Taxes:
    """The taxes of an executed cancel: as V2 shows them, else as we sent them. A cancel that was made in V1's console
    shows none: it is taken to have VAT, like any cancel that names no tax-free part. What was left is never exceeded.

    Source: PortOne's reference of V1's `POST /payments/cancel`: the default of `tax_free` is 0.
    """
    executed = [one for one in draft.facts.cancels_of(payment.provider_id) if one.stage is CancelStage.SUCCEEDED]
    wanted = entry.tax_free if entry.tax_free is not None else ours.tax_free if ours else 0
    left = tax_left(draft.order, payment, executed)
    taxes = taxes_of(entry.amount, wanted, payment.remaining, left)
    return taxes if entry.vat is None else taxes._replace(vat=min(entry.vat, left.vat))


def _retire(draft: Draft, attempt: ProviderPayment) -> None:
    """Close what PortOne's answer has made pointless: a revoke that happened, a refund of money that is gone."""
    # PortOne's documents do not say whether a withdrawn account is called cancelled or failed.
    withdrawn = attempt.status in (ProviderStatus.CANCELLED, ProviderStatus.FAILED) and not attempt.money_came
    left = draft.payment(attempt.provider_id).remaining
    # What nobody has promised yet comes last: it gives way to cancels that were.
    known = sorted(draft.facts.cancels_of(attempt.provider_id), key=lambda cancel: cancel.stage in AWAITS_REVIEW)
    for cancel in known:
        if not cancel.is_undecided:
            continue
        if cancel.kind is CancelKind.REVOKE:
            if withdrawn:
                draft.add(ChangeCancel(cancel._replace(stage=CancelStage.SUCCEEDED)))
            elif attempt.money_came:
                draft.add(ChangeCancel(cancel._replace(stage=CancelStage.REFUSED, refusal=DEPOSIT_CAME)))
        elif left > 0 and (cancel.origin is Origin.SYSTEM or cancel.stage in AWAITS_REVIEW):
            # A part was refunded by hand. The automatic refund is about all that is left; what a person still decides
            # stays open about the rest, for its buyer may be too late to ask again.
            if cancel.amount > left:
                # No part is larger than the whole; both are calculated anew when it is sent.
                tax_free, vat = min(cancel.tax_free, left), min(cancel.vat, left)
                draft.add(ChangeCancel(cancel._replace(amount=left, tax_free=tax_free, vat=vat)))
            left -= min(cancel.amount, left)
        elif cancel.stage is not CancelStage.SENT and cancel.amount > left:
            # Promises are kept in their order: this one has nothing left, after a cancel in PortOne's console.
            draft.add(ChangeCancel(cancel._replace(stage=CancelStage.REFUSED, refusal=WENT_BACK)))
            draft.add(Note(EventKind.CANCEL_REFUSED, attempt.provider_id, WENT_BACK))
        else:
            left -= cancel.amount


def close_revokes(draft: Draft, provider_id: str) -> None:
    """Nobody can pay into this account any more: what was to withdraw it is done."""
    for cancel in draft.facts.cancels_of(provider_id):
        if cancel.kind is CancelKind.REVOKE and cancel.is_undecided:
            draft.add(ChangeCancel(cancel._replace(stage=CancelStage.SUCCEEDED)))


def refund_automatically(draft: Draft, payment: KnownPayment, now: datetime) -> None:
    """Give money back that may not stay, once. It waits for a person to name an account where the PG needs one."""
    begun = any(
        cancel.kind is CancelKind.REFUND and cancel.origin is Origin.SYSTEM
        for cancel in draft.facts.cancels_of(payment.provider_id)
    )
    if payment.remaining <= 0 or begun or payment.verdict is None:
        return
    needs_account = account_required(payment.pg_provider, payment.method, payment.paid_at, now)
    stage = CancelStage.NEEDS_ACCOUNT if needs_account else CancelStage.REQUESTED
    cancel = _automatic(payment, CancelKind.REFUND, payment.remaining, REASONS[payment.verdict])
    draft.add(OpenCancel(cancel._replace(stage=stage), due=not needs_account), Wake(JobName.CANCEL))


def withdraw_waiting_accounts(draft: Draft) -> None:
    """The order is decided: virtual accounts that still wait for money must not get any."""
    for payment in list(draft.facts.payments.values()):
        if payment.status is SessionStatus.AWAITING_DEPOSIT:
            withdraw_account(draft, payment, PAID_OTHERWISE)


def withdraw_account(draft: Draft, payment: KnownPayment, reason: str) -> None:
    """Revoke a virtual account that must not be paid into any more, once; again when it was refused before."""
    revokes = [one for one in draft.facts.cancels_of(payment.provider_id) if one.kind is CancelKind.REVOKE]
    if any(one.is_undecided or one.stage is CancelStage.SUCCEEDED for one in revokes):
        return
    refused = next((one for one in revokes if one.origin is Origin.SYSTEM), None)
    if refused is not None:
        draft.add(ChangeCancel(begin_anew(refused)), CancelDue(refused.id, afresh=True))
    else:
        draft.add(OpenCancel(_automatic(payment, CancelKind.REVOKE, 0, reason), due=True))
    draft.add(Wake(JobName.CANCEL))


def begin_anew(cancel: KnownCancel) -> KnownCancel:
    """After a refusal, the same cancel is to be sent once more, as another order to PortOne."""
    return cancel._replace(
        stage=CancelStage.REQUESTED, refusal=None, provider_cancellation_id=None, round=cancel.round + 1
    )


def _automatic(payment: KnownPayment, kind: CancelKind, amount: int, reason: str) -> KnownCancel:
    return KnownCancel(
        id=_id(payment, kind),
        provider_id=payment.provider_id,
        kind=kind,
        stage=CancelStage.REQUESTED,
        origin=Origin.SYSTEM,
        amount=amount,
        reason=reason,
    )


def _id(payment: KnownPayment, name: str) -> UUID:
    return uuid5(_IDS, f"{payment.provider_id} {name}")
