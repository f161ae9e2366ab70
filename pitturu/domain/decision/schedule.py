"""When an order is looked at next. Webhooks get lost, so silence proves nothing."""

from dataclasses import dataclass, replace
from datetime import datetime

from pitturu.domain import retry_policy
from pitturu.domain.decision.effects import Effect, Finish, Move, Prepared, ReleaseStock, Retry, Schedule, Wake, evolve
from pitturu.domain.decision.facts import Due, Facts, Order, Policy
from pitturu.domain.errors import GatewayError, Reaction
from pitturu.domain.jobs import JobName
from pitturu.domain.lifecycle import SessionStatus
from pitturu.domain.provider import PENDING_WORDS


@dataclass(frozen=True, slots=True)
class Claim:
    """A worker's hold on an order's job: the end of its lease, which identifies it, and the number of the try."""

    until: datetime
    attempts: int

    def holds(self, order: Order) -> bool:
        """Whether the job is still this worker's: nothing was planned meanwhile, and nobody took over its lease."""
        return order.due is not None and order.due.at == self.until


def look_again(order: Order, policy: Policy, now: datetime) -> tuple[Effect, ...]:
    """Plan the next look, or none. A preparation or verification that is still due comes first and is left alone."""
    due = order.due
    if due is not None and due.job is not JobName.EXPIRE:
        # It was asked for while the order was locked, and the worker that was woken then could not take it.
        return (Wake(due.job),) if due.at <= now else ()
    look = _next_look(order, policy, now)
    if look is None:
        return (Schedule(None),) if due is not None else ()
    return (Schedule(Due(JobName.EXPIRE, look)),)


def after_expiry(order: Order, claim: Claim, policy: Policy, now: datetime) -> tuple[Effect, ...]:
    """A deadline was looked at, or a waiting order looked after, and PortOne's answer is applied."""
    left = replace(order, due=None) if claim.holds(order) else order
    return Finish(), *look_again(left, policy, now)


def after_verification(order: Order, claim: Claim, policy: Policy, now: datetime) -> tuple[Effect, ...]:
    """PortOne was asked because a browser reported a payment, and its answer is applied."""
    if order.status is not SessionStatus.VERIFYING:
        return after_expiry(order, claim, policy, now)
    if not (claim.holds(order) and retry_policy.NOT_YET.exhausted(claim.attempts)):
        again = Retry(retry_policy.NOT_YET, "PortOne knows of no payment yet.")
        return _retried(again, order, claim, policy, now)
    # The buyer has not paid after all. A browser that skipped the preparation has it made up for.
    if order.prepared_at is not None:
        waiting = replace(order, status=SessionStatus.PREPARED, due=None)
        return Move(SessionStatus.PREPARED), Finish(), *look_again(waiting, policy, now)
    return Move(SessionStatus.CREATED), Finish(), Schedule(Due(JobName.PREPARE, now)), Wake(JobName.PREPARE)


def after_preparation(
    order: Order, claim: Claim, error: GatewayError | None, policy: Policy, now: datetime
) -> tuple[Effect, ...]:
    """PortOne was sent the amount of the order, or refused it (`error`)."""
    left = replace(order, due=None) if claim.holds(order) else order
    waits = order.status is SessionStatus.CREATED
    if error is None:
        moved: tuple[Effect, ...] = (Move(SessionStatus.PREPARED),) if waits else ()
        return Finish(), Prepared(now), *moved, *look_again(_after(left, moved), policy, now)
    if not waits:
        return Finish(), *look_again(left, policy, now)
    if error.reaction is Reaction.STOP:
        failure = Move(SessionStatus.FAILED, error.words), ReleaseStock()
        return Finish(), *failure, *look_again(_after(left, failure), policy, now)
    # The deadline asks PortOne what became of the order, prepared or not, so nothing is forgotten by giving up.
    otherwise = Due(JobName.EXPIRE, max(order.expires_at, now))
    again = Retry(retry_policy.after_error(error.reaction), error.words, otherwise)
    return _retried(again, order, claim, policy, now)


def _retried(again: Retry, order: Order, claim: Claim, policy: Policy, now: datetime) -> tuple[Effect, ...]:
    """The retry keeps the claimed job planned. What was planned meanwhile in its place is looked after instead."""
    return (again,) if claim.holds(order) else (again, *look_again(order, policy, now))


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
