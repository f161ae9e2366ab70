"""What a buyer may do with an order before money arrived: prepare it (again), close it, have PortOne confirm it."""

from datetime import datetime
from enum import StrEnum
from typing import Final

from pitturu.domain.cause import EventKind
from pitturu.domain.decision.effects import Effect, EndNow, Move, NeedsStock, Note, OpenWindow, Reopen, Schedule, Wake
from pitturu.domain.decision.facts import Due, Order, Stock
from pitturu.domain.jobs import JobName
from pitturu.domain.lifecycle import HOLDS_GOODS, SessionStatus

NOT_PAID_YET: Final = frozenset({SessionStatus.CREATED, SessionStatus.PREPARED})
"""Nobody has reported a payment."""


class Refusal(StrEnum):
    """Why not. The values are codes of the HTTP API, but for TIME_OVER, which is `session_closed` as well."""

    SESSION_CLOSED = "session_closed"
    TIME_OVER = "time_over"
    PAYMENT_UNDER_WAY = "payment_under_way"
    DEPOSIT_AWAITED = "deposit_awaited"
    AMOUNT_DIFFERS = "amount_differs"
    OUT_OF_STOCK = "out_of_stock"


def prepare_again(order: Order, new_method: bool, now: datetime) -> tuple[Effect, ...] | NeedsStock | Refusal:
    """Register the amount with PortOne if it is not registered yet. A declined order that has time left opens again.

    `new_method` says that the buyer chose another way to pay.
    """
    effects: tuple[Effect, ...] = ()
    status = order.status
    if status is SessionStatus.FAILED and order.expires_at > now:
        if order.stock is not Stock.HELD:
            return NeedsStock(slot=True)
        # PortOne keeps the registered amount, as it does for a window that was closed.
        status = SessionStatus.CREATED if order.prepared_at is None else SessionStatus.PREPARED
        effects = Reopen(now), Move(status)
    elif not order.is_open:
        return Refusal.SESSION_CLOSED
    if new_method and status not in NOT_PAID_YET:
        return Refusal.PAYMENT_UNDER_WAY
    if status in NOT_PAID_YET and order.expires_at <= now:
        return Refusal.TIME_OVER
    if status is SessionStatus.CREATED:
        effects += Schedule(Due(JobName.PREPARE, now)), Wake(JobName.PREPARE)
    return effects


def open_window(order: Order, now: datetime) -> tuple[Effect, ...] | Refusal:
    """A browser opens the payment window: the order has the time of a payment from now on, and not only until a buyer
    who never opens it has held the stock for long enough."""
    if not order.is_open:
        return Refusal.SESSION_CLOSED
    if order.status in NOT_PAID_YET and order.expires_at <= now:
        return Refusal.TIME_OVER
    if order.window_until is None:
        return ()
    look = order.due is not None and order.due.job is JobName.EXPIRE
    later = Schedule(Due(JobName.EXPIRE, order.window_until))
    return (OpenWindow(), later) if look else (OpenWindow(),)


def report_payment(order: Order, now: datetime, closed: bool = False) -> tuple[Effect, ...]:
    """A browser reported that the buyer paid, which proves nothing: PortOne is asked. A paid order stays as it is.

    `closed` says that the window reported no payment: the order stays open, and the first answer of PortOne decides
    whether the buyer may try again. An order that is being verified already keeps its time limit.
    """
    if order.status in HOLDS_GOODS:
        return ()
    waits = order.status in NOT_PAID_YET
    opened = () if order.window_until is None or not order.is_open else (OpenWindow(),)
    verify = *opened, Schedule(Due(JobName.VERIFY, now)), Wake(JobName.VERIFY)
    return (*verify, Move(SessionStatus.VERIFYING)) if waits and not closed else verify


def close(order: Order, now: datetime) -> tuple[Effect, ...] | Refusal:
    """The buyer gives the checkout up. What is over stays as it is; an account that waits must be revoked instead.

    Nothing ends before PortOne was asked, so the order expires, or turns out to be paid, a moment later. A declined one
    has ended already; it only cannot be tried again.
    """
    if order.status is SessionStatus.AWAITING_DEPOSIT:
        return Refusal.DEPOSIT_AWAITED
    if order.expires_at <= now or not (order.is_open or order.status is SessionStatus.FAILED):
        return ()
    return give_up(order, "The buyer gave it up.", now)


def give_up(order: Order, why: str, now: datetime) -> tuple[Effect, ...]:
    """End the order's time now. Who asks PortOne next asks after the deadline, so that one answer decides."""
    ended = EndNow(now), Note(EventKind.GIVEN_UP, None, why)
    if not order.is_open:
        return ended
    job = JobName.VERIFY if order.status is SessionStatus.VERIFYING else JobName.EXPIRE
    return *ended, Schedule(Due(job, now)), Wake(job)


def confirm(order: Order, amount: int, in_stock: bool, now: datetime) -> Refusal | None:
    """PortOne's last question before it approves a payment of `amount` won: None when it may go ahead.

    A declined order gave its pieces back; a second try in time needs them again (`in_stock`).
    """
    if amount != order.amount:
        return Refusal.AMOUNT_DIFFERS
    if order.pay_until <= now or not (order.is_open or order.status is SessionStatus.FAILED):
        return Refusal.SESSION_CLOSED
    return None if order.is_open or in_stock else Refusal.OUT_OF_STOCK
