"""How long buyers' data is kept: name, email, telephone, address, whom a cash receipt is issued to, and what is shown
of an account for a refund.

It is replaced when its time is over and nothing about the order is pending. Orders, amounts and the timeline stay.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, and_, func, or_, select, update

from pitturu.config.settings import Settings
from pitturu.domain import clock
from pitturu.domain.cancellation import CancelKind
from pitturu.domain.fulfilment import ON_THE_WAY, Fulfilment
from pitturu.domain.lifecycle import HOLDS_GOODS, OPEN
from pitturu.domain.operator_actions import Operator, OperatorAction
from pitturu.store import account_codes, account_emails, idempotency, logins, operator_log, second_factors, users
from pitturu.store.base import any_of
from pitturu.store.cancellations import Cancellation
from pitturu.store.history import Payment
from pitturu.store.inventory import InventoryEntry
from pitturu.store.payment_lines import PaymentLine
from pitturu.store.sessions import PaymentSession
from pitturu.store.unit_of_work import UnitOfWork
from pitturu.store.users import User

UNDELIVERED_FOR: Final = timedelta(days=30)
"""How long a paid delivery prevents its buyer from erasing the account. It ends because some shops never record that
something has arrived; goods have to be sent within three days of the payment (E-Commerce Act, article 15)."""

BATCH: Final = 500
MOST_BATCHES: Final = 20
"""Of one run of housekeeping, which is hourly: 240,000 sessions a day."""

REPLACED: Final = {
    "buyer_name": "erased",
    "buyer_email": "erased@invalid",
    "buyer_tel": "000-0000-0000",
    "buyer_addr": None,
    "buyer_postcode": None,
    "cash_receipt_masked": None,
    "cash_receipt_encrypted": None,
    "consents": None,
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
    # What a worker had yet to look at when its buyer was erased.
    erased = select(User.username).where(User.erased_at > clock.now() - settings.retain_unpaid)
    left = PaymentSession.user_username.in_(erased)
    return total + _in_batches(transaction, settings, False, left, MOST_BATCHES)


def erase_user(transaction: Transaction, settings: Settings, username: str, operator: Operator) -> tuple[int, str]:
    """Replace the data of a user that no law keeps, and the user's name everywhere; end their logins.

    Returns how many sessions were changed, and the name that the user has from now on. Somebody else may register the
    old one, and finds nothing of this user.
    """
    with transaction() as work:
        sessions = lock_sessions(work, username)
        operator_log.write(work, operator, OperatorAction.ERASE, username)
        work.flush()
        pseudonym = erase_account(work, username, sessions)
    return erase_sessions(transaction, settings, pseudonym), pseudonym


def lock_sessions(work: UnitOfWork, username: str) -> Sequence[UUID]:
    """The keys of the user's sessions, which are locked until the transaction ends.

    To be called before the user is locked: workers lock a session and then refer to its user. In the same order here,
    they wait and no deadlock comes.
    """
    mine = select(PaymentSession.id).where(PaymentSession.user_username == username).order_by(PaymentSession.id)
    return work.session.scalars(mine.with_for_update()).all()


def erase_account(work: UnitOfWork, username: str, sessions: Sequence[UUID]) -> str:
    """End the logins of a user, and replace the user's name everywhere. Returns the new name.

    From then on nobody can open a session for this user: whoever tries waits, and fails when this is committed.
    """
    logins.end_all(work, username)
    second_factors.remove(work, username)
    account_emails.remove(work, username)
    account_codes.forget(work, username)
    idempotency.forget_user(work, username)
    pseudonym = users.rename(work, username)
    own = and_(Cancellation.session_key == any_of(sessions), Cancellation.name == username)
    work.session.execute(update(Cancellation).where(own).values(name=pseudonym), execution_options=UNSYNCHRONIZED)
    return pseudonym


def erase_sessions(transaction: Transaction, settings: Settings, pseudonym: str) -> int:
    """Replace the data of an erased user's sessions that no law keeps. Returns how many were changed."""
    whose = PaymentSession.user_username == pseudonym
    unpaid = _in_batches(transaction, settings, False, whose)
    return unpaid + _in_batches(transaction, settings, True, and_(whose, _paid(settings)))


class Unfinished(NamedTuple):
    """Whether the user has an order that may still be paid, a return or refund that is undecided, and goods that were
    paid for and have not arrived."""

    opened: bool
    returning: bool
    undelivered: bool


def unfinished(work: UnitOfWork, username: str) -> Unfinished:
    """What the user waits for, or the shop waits for of the user."""
    mine = select(PaymentSession.id).where(PaymentSession.user_username == username)
    still_open = mine.where(PaymentSession.status.in_(OPEN)).exists()
    undecided = mine.where(_has_cancel(Cancellation.undecided())).exists()
    undelivered = mine.where(PaymentSession.status.in_(HOLDS_GOODS), _has_delivery()).exists()
    return Unfinished(*map(bool, work.session.execute(select(still_open, undecided, undelivered)).one()))


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


def _has_delivery() -> ColumnElement[bool]:
    """SQL for: a line that the buyer has pieces of is on its way, or is to be sent to an address and was not begun."""
    since = clock.now() - UNDELIVERED_FOR
    begun = and_(PaymentLine.fulfilment.in_(ON_THE_WAY), PaymentLine.begun_at > since)
    to_send = PaymentSession.buyer_addr.is_not(None), PaymentSession.buyer_addr != ""
    not_begun = and_(PaymentLine.fulfilment == Fulfilment.NONE, *to_send, PaymentSession.paid_at > since)
    # The session is named besides, because an index has the entries by session.
    own = InventoryEntry.session_key == PaymentLine.session_key, InventoryEntry.line_key == PaymentLine.id
    granted = select(func.sum(InventoryEntry.quantity)).where(*own)
    lines = select(PaymentLine.id).where(PaymentLine.session_key == PaymentSession.id, or_(begun, not_begun))
    return lines.where(granted.scalar_subquery() > 0).exists()


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
