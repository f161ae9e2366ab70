"""How long buyers' data is kept: name, email, telephone, address, and what is shown of an account for a refund.

It is replaced when its time is over and nothing about the order is pending. Orders, amounts and the timeline stay.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, ScalarSelect, and_, func, or_, select, update

from pitturu.config.settings import Settings
from pitturu.domain import clock
from pitturu.domain.cancellation import CancelKind
from pitturu.domain.lifecycle import OPEN
from pitturu.domain.operator_actions import Operator, OperatorAction
from pitturu.store import idempotency, logins, operator_log, second_factors, users
from pitturu.store.base import any_of
from pitturu.store.cancellations import Cancellation
from pitturu.store.history import Payment
from pitturu.store.sessions import PaymentSession
from pitturu.store.unit_of_work import UnitOfWork

BATCH: Final = 500
MOST_BATCHES: Final = 20
"""Of one run of housekeeping, which is hourly: 240,000 sessions a day."""

REPLACED: Final = {
    "buyer_name": "erased",
    "buyer_email": "erased@invalid",
    "buyer_tel": "000-0000-0000",
    "buyer_addr": None,
    "buyer_postcode": None,
}

UNSYNCHRONIZED: Final = {"synchronize_session": False}
"""No object of the session is brought up to date: none was loaded."""

Transaction = Callable[[], AbstractContextManager[UnitOfWork]]


class Kept(NamedTuple):
    """A session whose data is kept: until when, or None while something about it is pending."""

    session_id: str
    status: str
    until: datetime | None


def erase_expired(transaction: Transaction, settings: Settings) -> int:
    """Replace what was kept for long enough, in short transactions. Returns how many sessions were changed."""
    total = 0
    for paid in (False, True):
        condition = _paid(settings) if paid else PaymentSession.created_at < clock.now() - settings.retain_unpaid
        total += _in_batches(transaction, settings, paid, condition, MOST_BATCHES)
    return total


def erase_user(transaction: Transaction, settings: Settings, username: str, operator: Operator) -> tuple[int, str]:
    """Replace the data of a user that no law keeps, and the user's name everywhere; end their logins.

    Returns how many sessions were changed, and the name that the user has from now on. Somebody else may register the
    old one, and finds nothing of this user.
    """
    with transaction() as work:
        # Workers lock a session and then refer to its user: in the same order here, they wait and no deadlock comes.
        mine = select(PaymentSession.id).where(PaymentSession.user_username == username).order_by(PaymentSession.id)
        sessions = work.session.scalars(mine.with_for_update()).all()
        operator_log.write(work, operator, OperatorAction.ERASE, username)
        work.flush()
        logins.end_all(work, username)
        second_factors.remove(work, username)
        idempotency.forget_user(work, username)
        pseudonym = users.rename(work, username)
        own = and_(Cancellation.session_key == any_of(sessions), Cancellation.name == username)
        work.session.execute(update(Cancellation).where(own).values(name=pseudonym), execution_options=UNSYNCHRONIZED)
    whose = PaymentSession.user_username == pseudonym
    unpaid = _in_batches(transaction, settings, False, whose)
    return unpaid + _in_batches(transaction, settings, True, and_(whose, _paid(settings))), pseudonym


def kept_of(work: UnitOfWork, settings: Settings, username: str) -> Sequence[Kept]:
    """The sessions of a user whose data is still there, oldest first."""
    pending = or_(_pending(), _has_cancel(Cancellation.undecided()))
    query = (
        select(PaymentSession.session_id, PaymentSession.status, pending, _last_money())
        .where(PaymentSession.user_username == username, PaymentSession.buyer_erased_at.is_(None))
        .order_by(PaymentSession.created_at)
    )
    return [
        Kept(session_id, status, None if waits or last is None else last + settings.retain_paid)
        for session_id, status, waits, last in work.session.execute(query)
    ]


def _in_batches(
    transaction: Transaction, settings: Settings, paid: bool, condition: ColumnElement[bool], most: int | None = None
) -> int:
    total, batches = 0, 0
    while most is None or batches < most:
        with transaction() as work:
            done = _erase(work, settings, paid, condition)
        total, batches = total + done, batches + 1
        if done < BATCH:
            break
    return total


def _erase(work: UnitOfWork, settings: Settings, paid: bool, condition: ColumnElement[bool]) -> int:
    """Replace the data of a batch of sessions, skipping those that others have locked. Returns how many."""
    column = PaymentSession.paid_at if paid else PaymentSession.created_at
    money_since = clock.now() - settings.retain_paid
    picked = (
        select(PaymentSession.id)
        .where(PaymentSession.paid_at.is_not(None) if paid else PaymentSession.paid_at.is_(None))
        .where(PaymentSession.buyer_erased_at.is_(None), PaymentSession.due_at.is_(None), condition, ~_pending())
        .where(~_has_cancel(Cancellation.undecided()), func.coalesce(_last_money() < money_since, True))
        .order_by(column)
        .limit(BATCH)
        .with_for_update(skip_locked=True, of=PaymentSession)
    )
    keys = work.session.scalars(picked).all()
    values: dict[str, Any] = {**REPLACED, "buyer_erased_at": clock.now(), "updated_at": PaymentSession.updated_at}
    changed = update(PaymentSession).where(PaymentSession.id == any_of(keys)).values(values)
    work.session.execute(changed, execution_options=UNSYNCHRONIZED)
    payments = select(Payment.id).where(Payment.session_key == any_of(keys))
    nothing = {"refund_bank": None, "refund_number": None, "refund_holder": None}
    masked = update(Cancellation).where(Cancellation.payment_key.in_(payments)).values(nothing)
    work.session.execute(masked, execution_options=UNSYNCHRONIZED)
    return len(keys)


def _paid(settings: Settings) -> ColumnElement[bool]:
    return PaymentSession.paid_at < clock.now() - settings.retain_paid


def _pending() -> ColumnElement[bool]:
    """SQL for: the buyer may still pay, or a worker has something to do."""
    return or_(PaymentSession.status.in_(OPEN), PaymentSession.due_at.is_not(None))


def _has_cancel(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    here = select(Cancellation.id).join(Payment, Payment.id == Cancellation.payment_key)
    return here.where(Payment.session_key == PaymentSession.id, condition).exists()


def _last_money() -> ColumnElement[Any]:
    """SQL for: when money of this order last moved; null if it never did."""
    refunded = and_(Cancellation.payment_key == Payment.id, Cancellation.kind == CancelKind.REFUND)
    moved: ScalarSelect[Any] = (
        select(func.max(func.greatest(Payment.paid_at, Cancellation.decided_at)))
        .select_from(Payment)
        .outerjoin(Cancellation, refunded)
        .where(Payment.session_key == PaymentSession.id, Payment.paid_at.is_not(None))
        .scalar_subquery()
    )
    return func.greatest(PaymentSession.paid_at, moved)
