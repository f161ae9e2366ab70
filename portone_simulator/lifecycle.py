"""The transitions of a payment: each takes it with the present time, and returns the next one.

Nothing here waits, stores or sends.
"""

from dataclasses import replace
from typing import Any, Final

from portone_simulator import instruments
from portone_simulator.payment import CANCELLED, FAILED, PAID, READY, Cancellation, Dispute, Payment

DEFAULT_VBANK_DAYS: Final = 30
"""Days until an account expires when the shop set no deadline; the default of html5_inicis."""


class WrongMove(Exception):
    """The payment's state does not allow this; the text names the state and the required one."""


def _require(allowed: bool, payment: Payment, move: str, needs: str) -> None:
    if not allowed:
        raise WrongMove(f"{payment.imp_uid} is {payment.status!r}; {move} needs {needs}.")


def behind(payment: Payment, **changes: Any) -> Payment:
    """The payment with some of its internal state replaced."""
    return replace(payment, behind=replace(payment.behind, **changes))


def require_open_window(payment: Payment, move: str) -> None:
    """Raise `WrongMove` unless the payment window is still open."""
    waiting = payment.status == READY and payment.behind.window_open
    _require(waiting, payment, move, "a ready payment whose window is still open")


def approved(
    payment: Payment, at: int, amount: int | None = None, currency: str | None = None, months: int = 0
) -> Payment:
    """The PG charged the buyer; `amount` and `currency` are given if they differ from the order. `months` of
    instalments, 0 for one sum."""
    require_open_window(payment, "approve")
    return replace(_paid(payment, at, amount, currency), card_quota=months)


def late_approved(payment: Payment, at: int) -> Payment:
    """An approval after a failure, or after the buyer left."""
    left = payment.abandoned or (payment.status == FAILED and payment.vbank_num is None)
    _require(left, payment, "late-approve", "a failed or abandoned payment")
    return _paid(payment, at)


def pending(payment: Payment, at: int) -> Payment:
    """The buyer confirmed, and the PG has not decided yet (V2's `PAY_PENDING`)."""
    require_open_window(payment, "pend")
    _require(payment.v2, payment, "pend", "a payment of V2")
    return behind(payment, approval_pending=True, pending_since=at)


def declined(payment: Payment, at: int, reason: str, by_shop: bool = False) -> Payment:
    """The PG refused, or the shop in the confirm process."""
    require_open_window(payment, "decline")
    failed = replace(payment, status=FAILED, failed_at=at, fail_reason=reason)
    return behind(failed, window_open=False, approval_pending=False, refused_by_shop=by_shop)


def abandoned(payment: Payment, _at: int) -> Payment:
    """The buyer closed the window; PortOne is not notified and the payment stays ready permanently."""
    require_open_window(payment, "abandon")
    return behind(payment, window_open=False)


def issued(payment: Payment, at: int, due: int | None = None) -> Payment:
    """A virtual account was issued; the payment stays ready until the deposit."""
    require_open_window(payment, "issue")
    _require(payment.pay_method == "vbank", payment, "issue", "pay_method 'vbank'")
    account = instruments.virtual_account(payment)
    until = due or payment.behind.vbank_due or at + DEFAULT_VBANK_DAYS * 86400
    return behind(replace(payment, **account, vbank_date=until, vbank_issued_at=at), window_open=False)


def deposited(payment: Payment, at: int, amount: int, depositor: str | None = None) -> Payment:
    """A deposit arrived on the virtual account, from `depositor` or else from the buyer."""
    waiting_for_deposit(payment, "deposit")
    return behind(_paid(payment, at, amount), depositor=depositor or payment.buyer_name)


def waiting_for_deposit(payment: Payment, move: str) -> None:
    """Raise `WrongMove` unless an account was issued and has no deposit yet."""
    waiting = payment.status == READY and payment.vbank_num is not None
    _require(waiting, payment, move, "an issued virtual account that waits for its deposit")


def account_changed(payment: Payment, _at: int, amount: int | None, due: int | None) -> Payment:
    """Another amount or deadline for an account without a deposit."""
    waiting_for_deposit(payment, "change")
    return replace(payment, amount=amount or payment.amount, vbank_date=due or payment.vbank_date)


def revoked(payment: Payment, at: int, status: str) -> Payment:
    """An account without a deposit was withdrawn; nothing was paid, so no amount counts as cancelled."""
    waiting_for_deposit(payment, "revoke")
    if status == FAILED:
        return replace(payment, status=FAILED, failed_at=at, fail_reason="가상계좌 발급 말소")
    return replace(payment, status=CANCELLED, cancelled_at=at, cancel_reason="가상계좌 발급 말소")


def cancelled(payment: Payment, cancellation: Cancellation, partial_status: str) -> Payment:
    """One more cancel was executed; `partial_status` is the payment's status while money remains."""
    taken = payment.cancel_amount + cancellation.amount
    history = (*payment.cancel_history, cancellation)
    after = replace(payment, cancel_amount=taken, cancel_history=history)
    if after.remaining > 0 and partial_status == PAID:
        return after
    return replace(after, status=CANCELLED, cancelled_at=cancellation.cancelled_at, cancel_reason=cancellation.reason)


def cancelled_at_pg(payment: Payment, _at: int) -> Payment:
    """Cancelled on the PG's own site, without a notification of PortOne."""
    _require(payment.received and payment.remaining > 0, payment, "pg-cancel", "money that can still be cancelled")
    return behind(payment, cancelled_at_pg=True)


def disputed(payment: Payment, at: int, reason: str) -> Payment:
    """The buyer disputes the charge at the card company; no money moves until the decision (V2 reports it)."""
    _require(payment.v2 and payment.remaining > 0 and payment.received, payment, "dispute", "a paid payment of V2")
    _require(not _open_dispute(payment), payment, "dispute", "no other dispute that is open")
    return behind(payment, disputes=(*payment.behind.disputes, Dispute(reason, at)))


def dispute_resolved(payment: Payment, at: int) -> Payment:
    """The dispute is resolved."""
    _require(_open_dispute(payment), payment, "resolve-dispute", "an open dispute")
    *before, last = payment.behind.disputes
    return behind(payment, disputes=(*before, replace(last, resolved_at=at)))


def _open_dispute(payment: Payment) -> bool:
    return bool(payment.behind.disputes) and payment.behind.disputes[-1].resolved_at == 0


def with_webhook(payment: Payment) -> Payment:
    """Record that a webhook was sent for this payment; only such payments get webhooks for API cancels."""
    return behind(payment, webhook_used=True)


def _paid(payment: Payment, at: int, amount: int | None = None, currency: str | None = None) -> Payment:
    paid = replace(
        payment,
        **instruments.traces(payment, at),
        amount=amount or payment.amount,
        currency=currency or payment.currency,
        status=PAID,
        paid_at=at,
        failed_at=0,
        fail_reason=None,
    )
    # A PG charges no payment whose parts are larger than it is, so parts of another order's amount are cut.
    tax_free = min(payment.behind.tax_free, paid.amount)
    vat = None if payment.behind.vat is None else min(payment.behind.vat, paid.amount - tax_free)
    return behind(paid, window_open=False, approval_pending=False, tax_free=tax_free, vat=vat)
