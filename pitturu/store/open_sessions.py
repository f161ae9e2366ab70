"""The open sessions of a user, limited in number and to one per item, so that unpaid sessions reserve little stock.

An open session occupies one numbered slot of its user. Two unique indexes (user and slot, user and item) enforce
the limits among concurrent requests; a request that loses such a race reads again and retries. A session without a slot
is closed, or was replaced by a newer one of the same buyer and item.
"""

import random
from collections.abc import Collection
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Row, bindparam, func, select
from sqlalchemy.exc import IntegrityError

from pitturu.extensions import db
from pitturu.store import autocommit
from pitturu.store.errors import violated
from pitturu.store.items import Item
from pitturu.store.sessions import OPEN_ITEM_INDEX, OPEN_SLOT_INDEX, PaymentSession


def _open_of(username: Any) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """SQL for: the open sessions of this user."""
    return PaymentSession.user_username == username, PaymentSession.open_slot.is_not(None)


_MINE: Final = _open_of(bindparam("username"))
_SLOTS: Final = select(func.array_agg(PaymentSession.open_slot)).where(*_MINE).scalar_subquery()
_OF_ITEM: Final = select(PaymentSession.id).where(*_MINE, PaymentSession.item_id == bindparam("item")).scalar_subquery()
_OFFER: Final = select(
    *(Item.id, Item.name, Item.price, Item.stock, Item.returnable, Item.active),
    *(_SLOTS.label("slots"), _OF_ITEM.label("open_session")),
).where(Item.id == bindparam("item"))


def offer(item_id: UUID, username: str) -> Row[Any] | None:
    """An item as it is now and, in the same round trip, the user's open sessions.

    The item's columns are `id`, `name`, `price`, `stock`, `returnable` and `active`. `slots` are the numbers in use
    (None for none), `open_session` is the key of the open session of this item. None when there is no such item.
    """
    return autocommit.first(_OFFER, {"item": item_id, "username": username})


def free_slot(used: Collection[int], most: int) -> int | None:
    """A free slot, None when `most` are in use. It is random, so that concurrent requests seldom choose the same."""
    free = [number for number in range(most) if number not in used]
    return random.choice(free) if free and len(used) < most else None  # noqa: S311 - not a secret


def claim_slot(session: PaymentSession, most: int) -> bool:
    """Give a reopened session a slot; False when its user has `most` open, or another one of the same item."""
    if session.open_slot is not None:
        return True
    mine = select(PaymentSession.open_slot, PaymentSession.item_id).where(*_open_of(session.user_username))
    rows = db.session.execute(mine).all()
    if any(row.item_id == session.item_id for row in rows):
        return False
    session.open_slot = free_slot([row.open_slot for row in rows], most)
    return session.open_slot is not None


def names(username: str) -> list[str]:
    """The public ids of this user's open sessions, oldest first."""
    mine = select(PaymentSession.session_id).where(*_open_of(username)).order_by(PaymentSession.created_at)
    return list(db.session.scalars(mine))


def of_item(username: str, item_id: UUID) -> str | None:
    """The public id of this user's open session of an item."""
    mine = select(PaymentSession.session_id).where(*_open_of(username), PaymentSession.item_id == item_id)
    return db.session.scalar(mine)


def lost_race(error: IntegrityError) -> bool:
    """Whether another request of the same user took the slot, or opened a session of the same item, meanwhile."""
    return violated(error) in (OPEN_SLOT_INDEX, OPEN_ITEM_INDEX)
