"""Whatever name an operator has at hand, ours or PortOne's: which row is it?"""

from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import InstrumentedAttribute

from pitturu.extensions import db
from pitturu.store.base import Keyed
from pitturu.store.webhooks import WebhookDelivery

Row = TypeVar("Row", bound=Keyed)

MOST_NEWS: Final = 20
"""Deliveries shown for one order: PortOne posts a handful; the newest are of interest."""


def by_columns(table: type[Row], *columns: InstrumentedAttribute[str]) -> Callable[[str], Row | None]:
    """A function that finds the row which bears a name in the first of these columns that any row has it in."""

    def find(name: str) -> Row | None:
        for column in columns:
            query: Select[Any] = select(table).where(column == name)
            row: Row | None = db.session.scalar(query)
            if row is not None:
                return row
        return None

    return find


def by_id(table: type[Row]) -> Callable[[str], Row | None]:
    """A function that finds the row of an id, for rows that have no other name."""

    def find(name: str) -> Row | None:
        try:
            return db.session.get(table, UUID(name))
        except ValueError:
            return None

    return find


def deliveries_of(merchant_uid: str) -> Sequence[WebhookDelivery]:
    """What PortOne posted about an order, oldest first."""
    query = select(WebhookDelivery).where(WebhookDelivery.merchant_uid == merchant_uid)
    newest = db.session.scalars(query.order_by(WebhookDelivery.received_at.desc()).limit(MOST_NEWS)).all()
    return newest[::-1]
