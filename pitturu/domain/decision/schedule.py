"""When an order is looked at next. Webhooks get lost, so silence proves nothing."""

from datetime import datetime, timedelta
from typing import Final

from pitturu.domain import retry_policy
from pitturu.domain.decision.effects import Effect, Finish, Move, Prepared, ReleaseStock, Retry, Schedule, Wake, evolve
from pitturu.domain.decision.facts import Claim, Due, Facts, Order, Policy
from pitturu.domain.errors import GatewayError, Reaction
from pitturu.domain.jobs import JobName
from pitturu.domain.lifecycle import HOLDS_GOODS, SessionStatus
from pitturu.domain.provider import PENDING_WORDS, UNPAID_WORDS

SECOND_LOOK: Final = timedelta(seconds=10)
"""How long after a window was reported as closed PortOne is asked again: a PG may approve a moment later, and the
webhook may get lost. The buyer does not wait for it."""


def look_again(order: Order, policy: Policy, now: datetime) -> tuple[Effect, ...]:
    """Plan the next look, or none. A preparation or verification that is still due comes first and is left alone.

    The verification of an order that turned out to be paid is needless.
    """
    due = order.due
    paid = order.status in HOLDS_GOODS
    if due is not None and due.job is not JobName.EXPIRE and not (paid and due.job is JobName.VERIFY):
        # It was asked for while the order was locked, and the worker that was woken then could not take it.
        return (Wake(due.job),) if due.at <= now else ()
    look = _next_look(order, policy, now)
    if look is None:
        return (Schedule(None),) if due is not None else ()
    return (Schedule(Due(JobName.EXPIRE, look)),)


def after_expiry(order: Order, claim: Claim, policy: Policy, now: datetime) -> tuple[Effect, ...]:
    """A deadline was looked at, or a waiting order looked after, and PortOne's answer is applied."""
    done = (Finish(claim),)
    return *done, *look_again(_after(order, done), policy, now)


def after_verification(order: Order, claim: Claim, policy: Policy, now: datetime) -> tuple[Effect, ...]:
    """PortOne was asked because a browser reported the end of a window, and its answer is applied.

    An order that is being verified was reported as paid: PortOne may learn of the payment later than the browser. Any
    other open order was reported as not paid, and one answer is enough, unless it leaves open what happens.
    """
    if not order.is_open or order.status is SessionStatus.AWAITING_DEPOSIT:
        return after_expiry(order, claim, policy, now)
    verifying, known = order.status is SessionStatus.VERIFYING, order.provider_status
    if not verifying and known is not None and known not in UNPAID_WORDS:
        verify = (Move(SessionStatus.VERIFYING),)
        return *verify, *_not_paid_yet(_after(order, verify), claim, policy, now)
    if verifying and not (claim.holds(order) and retry_policy.NOT_PAID_YET.exhausted(claim.attempts)):
        return _not_paid_yet(order, claim, policy, now)
    if known in PENDING_WORDS:
        # The buyer has paid, as far as the buyer can tell: a second window would be a second payment.
        return after_expiry(order, claim, policy, now)
    return _not_paid(order, claim, policy, now)


def _not_paid_yet(order: Order, claim: Claim, policy: Policy, now: datetime) -> tuple[Effect, ...]:
    return _retry(order, Retry(claim, retry_policy.NOT_PAID_YET, "PortOne knows of no payment yet."), policy, now)


def _not_paid(order: Order, claim: Claim, policy: Policy, now: datetime) -> tuple[Effect, ...]:
    """The buyer has not paid and may try again. A browser that skipped the preparation has it made up for."""
    verifying = order.status is SessionStatus.VERIFYING
    if order.prepared_at is None:
        prepare = Schedule(Due(JobName.PREPARE, now)), Wake(JobName.PREPARE)
        return *((Move(SessionStatus.CREATED),) if verifying else ()), Finish(claim), *prepare
    if verifying:
        back = Move(SessionStatus.PREPARED), Finish(claim)
        return *back, *look_again(_after(order, back), policy, now)
    if not claim.holds(order):
        return after_expiry(order, claim, policy, now)
    return Finish(claim), Schedule(Due(JobName.EXPIRE, max(min(now + SECOND_LOOK, order.expires_at), now)))


def after_preparation(
    order: Order, claim: Claim, error: GatewayError | None, policy: Policy, now: datetime
) -> tuple[Effect, ...]:
    """PortOne was sent the amount of the order, or refused it (`error`)."""
    done: tuple[Effect, ...] = (Finish(claim),)
    waits = order.status is SessionStatus.CREATED
    if error is None:
        done += (Prepared(now), *([Move(SessionStatus.PREPARED)] if waits else []))
    elif waits and error.reaction is Reaction.STOP:
        done += Move(SessionStatus.FAILED, error.message), ReleaseStock()
    elif waits:
        # The deadline asks PortOne what became of the order, prepared or not, so nothing is forgotten by giving up.
        otherwise = Due(JobName.EXPIRE, max(order.expires_at, now))
        again = Retry(claim, retry_policy.after_error(error.reaction), error.message, otherwise)
        return _retry(order, again, policy, now)
    return *done, *look_again(_after(order, done), policy, now)


def after_cancel_step(order: Order, policy: Policy, now: datetime) -> tuple[Effect, ...]:
    """PortOne showed one attempt of the order, which says nothing about the others: an open order is asked about."""
    if order.is_open:
        return Schedule(Due(JobName.VERIFY, now)), Wake(JobName.VERIFY)
    return look_again(order, policy, now)


def _retry(order: Order, again: Retry, policy: Policy, now: datetime) -> tuple[Effect, ...]:
    """The retry keeps the claimed job planned. What was planned meanwhile in its place is looked after instead."""
    return (again,) if again.claim.holds(order) else (again, *look_again(order, policy, now))


def _next_look(order: Order, policy: Policy, now: datetime) -> datetime | None:
    if order.status is SessionStatus.AWAITING_DEPOSIT:
        return max(min(now + policy.deposit_recheck, order.expires_at), now)
    if order.is_open:
        undecided = order.provider_status in PENDING_WORDS and order.expires_at <= now
        return now + policy.deposit_recheck if undecided else max(order.expires_at, now)
    # A second window may be approved after the first was paid, and a virtual account paid into until its deadline.
    looks = [order.expires_at, order.watch_until]
    if order.paid_at is None:
        looks += [order.expires_at + policy.late_look, order.watch_until + policy.late_look]
    return min((look for look in looks if look > now), default=None)


def _after(order: Order, effects: tuple[Effect, ...]) -> Order:
    return evolve(Facts(order), effects).order
