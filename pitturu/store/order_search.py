"""How the shop's server finds orders: sessions and payments by its own number, by user, by status and time.

Each filter has an index with the order of the pages, so no search reads more rows than it skips by its other filters.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeVar
from uuid import UUID

from sqlalchemy import Row, Select, select

from pitturu.extensions import db
from pitturu.store import history
from pitturu.store.history import Payment
from pitturu.store.paging import made_between, newest_first
from pitturu.store.sessions import PaymentSession

Query = TypeVar("Query", bound=Select[Any])


@dataclass(frozen=True)
class OrderFilter:
    """What is looked for; None: whatever it is. `before` is the last row of the previous page."""

    reference: str | None = None
    username: str | None = None
    status: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    before: tuple[datetime, UUID] | None = None


_SESSION_ID: Final = select(PaymentSession.session_id).where(PaymentSession.id == Payment.session_key).scalar_subquery()


def payments(wanted: OrderFilter, limit: int) -> Sequence[Row[Any]]:
    """The columns of payments of our orders, with `session_id`, newest first, at most `limit`."""
    columns = [*Payment.__table__.columns, _SESSION_ID.label("session_id")]
    query = _filtered(select(*columns).where(Payment.session_key.is_not(None)), Payment, wanted)
    return db.session.execute(newest_first(query, Payment, wanted.before, limit)).all()


_COLUMNS: Final = [
    PaymentSession.__table__.columns[name]
    for name in (
        *("id", "session_id", "merchant_uid", "reference", "user_username", "status", "item_name", "amount"),
        *("currency", "expires_at", "paid_at", "created_at"),
    )
]


def sessions(wanted: OrderFilter, limit: int) -> Sequence[Row[Any]]:
    """Some columns of sessions, with `payment_id`, newest first, at most `limit`. A reference or a user is given."""
    payment_id = history.public_id(PaymentSession.__table__.columns["id"]).label("payment_id")
    columns: list[Any] = [*_COLUMNS, payment_id]
    query = _filtered(select(*columns), PaymentSession, wanted)
    return db.session.execute(newest_first(query, PaymentSession, wanted.before, limit)).all()


def _filtered(query: Query, table: type[Payment | PaymentSession], wanted: OrderFilter) -> Query:
    if wanted.reference is not None:
        query = query.where(table.reference == wanted.reference)
    if wanted.username is not None:
        query = query.where(table.user_username == wanted.username)
    if wanted.status is not None:
        query = query.where(table.status == wanted.status)
    return made_between(query, table, wanted.since, wanted.until)
