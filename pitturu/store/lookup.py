"""Finds the row of an id that an operator has, ours or PortOne's."""

from collections.abc import Callable, Iterable, Sequence
from typing import Final, TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute

from pitturu.extensions import db
from pitturu.store.base import Keyed, any_of
from pitturu.store.sessions import PaymentSession
from pitturu.store.webhooks import WebhookDelivery

Row = TypeVar("Row", bound=Keyed)

MOST_DELIVERIES: Final = 20
"""Deliveries shown for one order. PortOne usually posts fewer than ten; the newest are shown."""


def by_columns(table: type[Row], *columns: InstrumentedAttribute[str]) -> Callable[[str], Row | None]:
    """A function that finds a row by its value in one of these columns, which are tried in this order."""

    def find(name: str) -> Row | None:
        found = (db.session.scalar(select(table).where(column == name)) for column in columns)
        return next((row for row in found if row is not None), None)

    return find


def by_id(table: type[Row]) -> Callable[[str], Row | None]:
    """A function that finds a row by its id, for rows that have no public id."""

    def find(name: str) -> Row | None:
        try:
            return db.session.get(table, UUID(name))
        except ValueError:
            return None

    return find


def by_key(table: type[Row], key: UUID) -> Row:
    """An existing row by its key."""
    return db.session.scalars(select(table).where(table.id == key)).one()


def by_keys(table: type[Row], keys: Iterable[UUID]) -> dict[UUID, Row]:
    """Rows by their keys."""
    return {row.id: row for row in db.session.scalars(select(table).where(table.id == any_of(keys)))}


def owner_of(row: Keyed) -> str | None:
    """The name of the user whose order this row is about, of whatever table; None if it is about no user's."""
    username: str | None = getattr(row, "user_username", None)
    session_key: UUID | None = getattr(row, "session_key", None)
    if username is not None or session_key is None:
        return username
    return db.session.scalar(select(PaymentSession.user_username).where(PaymentSession.id == session_key))


def deliveries_of(merchant_uid: str) -> Sequence[WebhookDelivery]:
    """The webhook deliveries of an order, oldest first."""
    query = select(WebhookDelivery).where(WebhookDelivery.merchant_uid == merchant_uid)
    newest = db.session.scalars(query.order_by(WebhookDelivery.received_at.desc()).limit(MOST_DELIVERIES)).all()
    return newest[::-1]
