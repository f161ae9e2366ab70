"""A virtual account was issued: the order waits for the deposit, up to the account's own deadline."""

from datetime import datetime

from pitturu.domain.decision import refunds
from pitturu.domain.decision.attempts import save
from pitturu.domain.decision.draft import Draft
from pitturu.domain.decision.effects import Move, ReleaseStock, TakeAccount
from pitturu.domain.decision.facts import KnownPayment, Policy, Stock
from pitturu.domain.lifecycle import SessionStatus
from pitturu.domain.provider import ProviderPayment

WITHDRAWN_LATE = "issued after the session was closed"


def await_deposit(draft: Draft, attempt: ProviderPayment, asked_at: datetime, policy: Policy) -> None:
    """Wait for the deposit into this account, or let its deadline pass. One that was issued too late is withdrawn."""
    order, payment = draft.order, draft.payment(attempt.provider_id)
    if order.status is SessionStatus.AWAITING_DEPOSIT and asked_at >= order.expires_at:
        draft.add(Move(SessionStatus.EXPIRED))
        if _ran_out(draft, payment):
            save(draft, payment._replace(status=SessionStatus.EXPIRED))
            refunds.close_revokes(draft, payment.provider_id)
        else:
            # The order waited for another account; this one may still take a deposit.
            refunds.withdraw_account(draft, payment, WITHDRAWN_LATE)
        draft.add(ReleaseStock())
    elif _is_waiting(draft) or _may_wait(draft, asked_at, policy):
        _take_account(draft, attempt, asked_at, policy)
    elif payment.status is SessionStatus.AWAITING_DEPOSIT and not _ran_out(draft, payment):
        refunds.withdraw_account(draft, payment, WITHDRAWN_LATE)
    else:
        save(draft, payment._replace(status=SessionStatus.EXPIRED))


def _take_account(draft: Draft, attempt: ProviderPayment, asked_at: datetime, policy: Policy) -> None:
    account = attempt.virtual_account
    if account is None or account.number[:50] == draft.order.account:
        return
    due_at = account.due_at or asked_at + policy.vbank_due
    expires_at = due_at + policy.deposit_grace
    watch_until = max(draft.order.watch_until, expires_at)
    draft.add(TakeAccount(attempt.provider_id, account, due_at, expires_at, watch_until))
    if draft.order.status is not SessionStatus.AWAITING_DEPOSIT:
        draft.add(Move(SessionStatus.AWAITING_DEPOSIT))


def _is_waiting(draft: Draft) -> bool:
    """An account of an order that a newer one replaced before it waited for a deposit would hold stock for days."""
    order = draft.order
    return order.is_open and (order.status is SessionStatus.AWAITING_DEPOSIT or order.stock is Stock.HELD)


def _may_wait(draft: Draft, asked_at: datetime, policy: Policy) -> bool:
    """A declined buyer who turns to a virtual account in time, or a late one where late money is accepted.

    The account holds stock for as long as it waits, so the order needs a slot among its buyer's open ones as well.
    """
    order = draft.order
    if order.status not in (SessionStatus.FAILED, SessionStatus.EXPIRED) or order.account is not None:
        return False
    in_time = order.status is SessionStatus.FAILED and asked_at < order.expires_at
    return (in_time or policy.late_accepted) and draft.has_stock(slot=True)


def _ran_out(draft: Draft, payment: KnownPayment) -> bool:
    """Whether this is the account that the order waited for in vain: the bank takes no deposit into it any more."""
    return draft.order.account is not None and draft.order.provider_id == payment.provider_id
