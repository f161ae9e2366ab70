"""Finds and locks the sessions of one buyer by session id, order number or payment."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, select

from pitturu.domain.lifecycle import OPEN
from pitturu.store.sessions import PaymentSession
from pitturu.store.unit_of_work import UnitOfWork


def lock(work: UnitOfWork, session_id: str, username: str) -> PaymentSession | None:
    """A session by its public id, None when it is not this user's."""
    return next(iter(work.lock(_mine(username, PaymentSession.session_id == session_id))), None)


def lock_by_order(work: UnitOfWork, merchant_uid: str, username: str) -> PaymentSession | None:
    """A session by its order number, None when it is not this user's."""
    return next(iter(work.lock(_mine(username, PaymentSession.merchant_uid == merchant_uid))), None)


def lock_by_payment(work: UnitOfWork, imp_uid: str, username: str) -> Sequence[PaymentSession]:
    """This user's session that `imp_uid` belongs to; if it is not known, up to two of the user's open ones."""
    known = work.lock(_mine(username, PaymentSession.imp_uid == imp_uid))
    return known or work.lock(_mine(username, PaymentSession.status.in_(OPEN)).limit(2))


def _mine(username: str, condition: ColumnElement[bool]) -> Select[PaymentSession]:
    return select(PaymentSession).where(PaymentSession.user_username == username, condition).order_by(PaymentSession.id)
