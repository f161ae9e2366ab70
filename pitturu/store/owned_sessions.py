"""Finds and locks the sessions of one buyer by session id, order number or payment; `only` leaves a single one."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, select

from pitturu.domain.lifecycle import OPEN
from pitturu.store.sessions import PaymentSession
from pitturu.store.unit_of_work import UnitOfWork


def lock(work: UnitOfWork, session_id: str, username: str) -> PaymentSession | None:
    """A session by its public id, None when it is not this user's."""
    return next(iter(work.lock(_mine(username, PaymentSession.session_id == session_id))), None)


def lock_by_order(work: UnitOfWork, merchant_uid: str, username: str, only: str | None = None) -> PaymentSession | None:
    """A session by its order number, None when it is not this user's."""
    return next(iter(work.lock(_mine(username, PaymentSession.merchant_uid == merchant_uid, only))), None)


def lock_by_payment(work: UnitOfWork, imp_uid: str, username: str, only: str | None = None) -> Sequence[PaymentSession]:
    """This user's session that `imp_uid` belongs to; if it is not known, up to two of the user's open ones."""
    known = work.lock(_mine(username, PaymentSession.imp_uid == imp_uid, only))
    return known or work.lock(_mine(username, PaymentSession.status.in_(OPEN), only).limit(2))


def _mine(username: str, condition: ColumnElement[bool], only: str | None = None) -> Select[PaymentSession]:
    query = select(PaymentSession).where(PaymentSession.user_username == username, condition)
    if only is not None:
        query = query.where(PaymentSession.session_id == only)
    return query.order_by(PaymentSession.id)
