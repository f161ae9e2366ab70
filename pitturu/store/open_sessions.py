"""The open sessions of a user, limited in number and to one for each item: unpaid sessions reserve little stock.

An open session occupies one numbered slot of its user. Two unique indexes (user and slot, user and first item) enforce
the limits among concurrent requests; a request that loses such a race reads again and retries. Two concurrent carts of
one user may share another item than their first, which reserves its pieces twice, within the user's slots. A session
without a slot is closed, or was replaced by a newer one of the same buyer with one of its items.
"""

import random
from collections.abc import Collection, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Row, String, Uuid, any_, bindparam, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.exc import IntegrityError

from pitturu.extensions import db
from pitturu.store import autocommit
from pitturu.store.errors import violated
from pitturu.store.items import Item
from pitturu.store.payment_lines import PaymentLine
from pitturu.store.sessions import OPEN_ITEM_INDEX, OPEN_SLOT_INDEX, PaymentSession


def _open_of(username: Any) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """SQL for: the open sessions of this user."""
    return PaymentSession.user_username == username, PaymentSession.open_slot.is_not(None)


Offer = Row[Any]

_MINE: Final = _open_of(bindparam("username"))
_SLOTS: Final = select(func.array_agg(PaymentSession.open_slot)).where(*_MINE).scalar_subquery()
_ITEMS: Final = func.array(
    select(PaymentLine.item_id).where(PaymentLine.session_key == PaymentSession.id).scalar_subquery(),
    type_=ARRAY(Uuid()),
)
"""SQL for: the items of a session. As an array they are read for each of the buyer's few open sessions, and never for
all lines of an item."""
_OF_ITEM: Final = (
    select(func.array_agg(PaymentSession.id)).where(*_MINE, Item.id == any_(_ITEMS)).correlate(Item).scalar_subquery()
)
_OFFERS: Final = select(
    *(Item.id, Item.sku, Item.name, Item.price, Item.stock, Item.returnable, Item.tax_free, Item.active),
    *(_SLOTS.label("slots"), _OF_ITEM.label("open_sessions")),
)
_BY_ID: Final = Item.id == any_(bindparam("ids", type_=ARRAY(Uuid())))
_BY_SKU: Final = Item.sku == any_(bindparam("skus", type_=ARRAY(String())))
_OFFER_BY_ID: Final = _OFFERS.where(Item.id == bindparam("item_id"))
"""For most orders, which have one item. Postgres plans `= ANY` anew each time, because the plan depends on how many ids
there are; that takes longer than to execute it."""
_OFFERS_BY_ID: Final = _OFFERS.where(_BY_ID)
_OFFERS_BY_EITHER: Final = _OFFERS.where(or_(_BY_ID, _BY_SKU))


def offers(item_ids: Sequence[UUID], skus: Sequence[str], username: str) -> Sequence[Offer]:
    """Those of these items that exist, as they are now, and in the same round trip the user's open sessions.

    The item's columns are `id`, `sku`, `name`, `price`, `stock`, `returnable`, `tax_free` and `active`. `slots` are the
    numbers in use, `open_sessions` the keys of the open sessions that have a line of this item; None for none of both.
    """
    if len(item_ids) == 1 and not skus:
        return autocommit.rows(_OFFER_BY_ID, {"item_id": item_ids[0], "username": username})
    query = _OFFERS_BY_EITHER if skus else _OFFERS_BY_ID
    return autocommit.rows(query, {"ids": item_ids, "skus": skus, "username": username})


def free_slot(used: Collection[int], most: int) -> int | None:
    """A free slot, None when `most` are in use. It is random, so that concurrent requests seldom choose the same."""
    free = [number for number in range(most) if number not in used]
    return random.choice(free) if free and len(used) < most else None  # noqa: S311 - not a secret


def claim_slot(session: PaymentSession, most: int) -> bool:
    """Give a reopened session a slot; False when its user has `most` open, or another one with one of its items."""
    if session.open_slot is not None:
        return True
    if with_item_of(session) is not None:
        return False
    session.open_slot = free_slot(slots(session.user_username), most)
    return session.open_slot is not None


def slots(username: str) -> Collection[int]:
    """The slots in use by this user's open sessions."""
    used = db.session.scalars(select(PaymentSession.open_slot).where(*_open_of(username)))
    return [slot for slot in used if slot is not None]


def names(username: str) -> list[str]:
    """The public ids of this user's open sessions, oldest first."""
    mine = select(PaymentSession.session_id).where(*_open_of(username)).order_by(PaymentSession.created_at)
    return list(db.session.scalars(mine))


def with_item_of(session: PaymentSession) -> str | None:
    """The public id of an open session of the same user that has a line of an item of this closed one."""
    items = select(PaymentLine.item_id).where(PaymentLine.session_key == session.id)
    mine = select(PaymentSession.session_id).where(*_open_of(session.user_username))
    shared = mine.join(PaymentLine, PaymentLine.session_key == PaymentSession.id).where(PaymentLine.item_id.in_(items))
    return db.session.scalar(shared.limit(1))


def lost_race(error: IntegrityError) -> bool:
    """Whether another request of the same user took the slot, or opened a session of the same item, meanwhile."""
    return violated(error) in (OPEN_SLOT_INDEX, OPEN_ITEM_INDEX)
