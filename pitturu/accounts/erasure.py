"""A buyer erases the account: what no law keeps is gone at once, and the rest can be reached by nobody who logs in."""

from collections.abc import Callable
from typing import Final

from sqlalchemy.exc import OperationalError

from pitturu.config.settings import Settings
from pitturu.domain.errors import Conflict
from pitturu.domain.roles import Role
from pitturu.outbound import account_mail
from pitturu.outbound.account_mail import MailKind
from pitturu.store import retention, users
from pitturu.store.errors import deadlocked
from pitturu.store.retention import Transaction
from pitturu.store.unit_of_work import UnitOfWork

TRIES: Final = 3
"""Times that an erasure is repeated which waited for an order that waited for it. Nothing was done."""


def erase(transaction: Transaction, settings: Settings, username: str, prove: Callable[[UnitOfWork], None]) -> str:
    """Erase this user, in one transaction, and then the data of the orders that no law keeps, in batches.

    `prove` locks the user and raises unless it is the owner who asks. Returns the name that records have from now on.
    If the batches are interrupted, housekeeping goes on.

    Raises Conflict: an operator; an order that may still be paid; a return or refund that is undecided; goods that
    were paid for and have not arrived.
    """
    for _ in range(TRIES):
        try:
            pseudonym = _erase_account(transaction, username, prove)
            break
        except OperationalError as error:
            # An order that is being opened holds the user and waits for the user's sessions.
            if not deadlocked(error):
                raise
    else:
        pseudonym = _erase_account(transaction, username, prove)
    retention.erase_sessions(transaction, settings, pseudonym)
    return pseudonym


def _erase_account(transaction: Transaction, username: str, prove: Callable[[UnitOfWork], None]) -> str:
    with transaction() as work:
        sessions = retention.lock_sessions(work, username)
        prove(work)
        user = users.lock(work, username)
        if user is None or user.role != Role.BUYER:
            detail = "This is an operator's account. Have another admin take its role first."
            raise Conflict("account_of_operator", detail)
        account_mail.notify(work, username, MailKind.ERASED)
        pseudonym = retention.erase_account(work, username, sessions)
        # Only now: orders that were opened until the name changed are seen, and nobody can open one any more.
        _refuse_unfinished(work, pseudonym)
    return pseudonym


def _refuse_unfinished(work: UnitOfWork, username: str) -> None:
    waits = retention.unfinished(work, username)
    if waits.opened:
        detail = "An order is open, or a virtual account waits for your transfer. Pay or close it, then erase again."
        raise Conflict("orders_open", detail)
    if waits.returning:
        detail = "A return or refund is not finished. Wait until it is, or withdraw the request, then erase again."
        raise Conflict("refunds_open", detail)
    if waits.undelivered:
        days = retention.UNDELIVERED_FOR.days
        detail = (
            "What you paid for has not arrived, and only this account can follow, cancel or return it. Wait for it, or"
            f" cancel the order, then erase again; {days} days after the payment, or after the shop began with it, it"
            " no longer prevents this."
        )
        raise Conflict("orders_undelivered", detail)
