"""SQL that reserves stock in the statement that inserts what it is reserved for (`bulk_insert`).

The items of most orders are locked only while that statement is executed and committed. Everybody who wants the item
waits for the lock, so its length limits how often the item is sold in a second.
"""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    CTE,
    ColumnElement,
    Integer,
    Select,
    Uuid,
    any_,
    bindparam,
    column,
    exists,
    func,
    select,
    update,
)

from pitturu.store.items import Item


class Reservation(NamedTuple):
    """`taken` takes the pieces off the stock if there are `enough` of all items; `short` selects the ids of the others.

    Of an item whose stock is unlimited nothing can be reserved.
    """

    short: Select[Any]
    enough: ColumnElement[bool]
    taken: CTE


_TABLE: Final[Any] = Item.__table__


def _of_one() -> Reservation:
    """One item: a conditional UPDATE. Postgres keeps its plan, while it plans `_of_several` anew each time."""
    key, pieces = bindparam("reserved_item", type_=Uuid()), bindparam("reserved_pieces", type_=Integer())
    taken = (
        update(_TABLE)
        .where(_TABLE.c.id == key, _TABLE.c.stock >= pieces)
        .values(stock=_TABLE.c.stock - pieces)
        .returning(_TABLE.c.id)
        .cte("taken")
    )
    enough = exists(select(taken.c.id))
    return Reservation(select(key).where(~enough), enough, taken)


def _of_several() -> Reservation:
    """Several items, locked in the order of their ids as everywhere, which prevents deadlocks.

    All of them are locked, and read as they are then, before it is known that there are enough.
    """
    keys = bindparam("reserved_items", type_=ARRAY(Uuid()))
    wanted = (
        func.unnest(keys, bindparam("reserved_pieces", type_=ARRAY(Integer())))
        .table_valued(column("id", Uuid()), column("pieces", Integer()))
        .render_derived(name="wanted")
    )
    locked = (
        select(_TABLE.c.id, _TABLE.c.stock)
        .where(_TABLE.c.id == any_(keys))
        .order_by(_TABLE.c.id)
        .with_for_update(key_share=True)
        .cte("locked_items")
    )
    short = (
        select(wanted.c.id)
        .outerjoin_from(wanted, locked, locked.c.id == wanted.c.id)
        .where(func.coalesce(locked.c.stock, 0) < wanted.c.pieces)
        .cte("short")
    )
    enough = ~exists(select(short.c.id))
    change = update(_TABLE).where(_TABLE.c.id == wanted.c.id, enough).values(stock=_TABLE.c.stock - wanted.c.pieces)
    return Reservation(select(short.c.id), enough, change.cte("taken"))


OF_ONE: Final = _of_one()
OF_SEVERAL: Final = _of_several()


def of(wanted: Mapping[UUID, int]) -> tuple[Reservation | None, dict[str, Any]]:
    """The SQL that reserves these pieces by item, and its parameters; None if nothing is wanted."""
    if not wanted:
        return None, {}
    if len(wanted) > 1:
        return OF_SEVERAL, {"reserved_items": list(wanted), "reserved_pieces": list(wanted.values())}
    [(key, pieces)] = wanted.items()
    return OF_ONE, {"reserved_item": key, "reserved_pieces": pieces}
