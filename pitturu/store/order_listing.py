"""The orders of the shop as operators see them: sessions with their payment, newest first, page by page.

Orders that an operator's text names are read by their keys. All others are read by their time, a bounded number for
each page, whatever the filters: a page may have fewer rows than there are places, or none, and the next one goes on.
"""

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import islice
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Integer,
    Row,
    Select,
    Uuid,
    and_,
    any_,
    bindparam,
    func,
    null,
    or_,
    select,
    true,
    tuple_,
)

from pitturu.domain.order_query import OrderQuery
from pitturu.domain.verdict import Verdict
from pitturu.store import order_matches
from pitturu.store.base import Moment
from pitturu.store.history import Payment
from pitturu.store.order_matches import Read
from pitturu.store.paging import made_between, newest_first
from pitturu.store.payment_lines import PaymentLine
from pitturu.store.sessions import PaymentSession

STEP: Final = 5_000
"""Sessions that one page compares with the filters: some milliseconds each thousand."""

SHAPES: Final = 200
"""Queries that are kept, by what they have in common: making one takes longer than the database needs for it."""

Place = tuple[datetime, UUID]
"""`created_at` and key of the last row that was read."""


@dataclass(frozen=True)
class ListFilter:
    """Which orders to list; None: whatever it is. Times from `since` on and before `until`; amounts in won, both
    inclusive."""

    status: str | None = None
    pay_method: str | None = None
    generation: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    amount_from: int | None = None
    amount_to: int | None = None
    item_id: UUID | None = None


@dataclass(frozen=True)
class Page:
    """`next` is where the next page begins, None after the last one."""

    rows: Sequence[Row[Any]]
    next: Place | None

    @property
    def searched_until(self) -> datetime | None:
        """Everything made since then was compared; None if everything was."""
        return None if self.next is None else self.next[0]


class Shape(NamedTuple):
    """What the queries of a search have in common with others: only their values differ. `given` are the filters and
    the limits of time; `text` is how many spellings the text has, and whether it may be a telephone; None without
    one."""

    by_key: bool
    given: frozenset[str]
    text: tuple[int, bool] | None


class Listing:
    """The orders of one search. What its text names is looked up once, for all pages."""

    def __init__(self, wanted: ListFilter, query: OrderQuery | None, read: Read) -> None:
        matches = None if query is None else order_matches.find(query, read)
        self._wanted, self._read, self._matches = wanted, read, matches
        self._values: dict[str, Any] = {name: value for name, value in vars(wanted).items() if value is not None}
        self._by_key = matches is not None and matches.sessions is not None
        self._text = None if query is None else (len(query.beginnings), bool(query.number))
        self._given, self._step = frozenset(self._values), STEP
        if matches is not None:
            self._values |= {**matches.values, "payments": list(matches.payments)}
            if matches.sessions is not None:
                self._values["keys"] = list(matches.sessions)
                self._step = len(matches.sessions)

    def page(self, before: Place | None, limit: int) -> Page:
        """The orders after that place, at most `limit`."""
        values, given = self._values | {"limit": limit + 1, "step": self._step}, self._given
        if before is not None:
            given |= {"before"}
            values |= {"before_at": before[0], "before_key": before[1]}
        shape = Shape(self._by_key, given, self._text)
        sessions = self._read(_of_sessions(shape), values)
        end = None
        if not self._by_key and len(sessions) <= limit:
            last = self._read(_end(shape), values | {"step": STEP - 1})
            end = _place(last[0]) if last else None
        unknown = self._unknown(shape, values, end)
        merged = heapq.merge(sessions, unknown, key=_place, reverse=True) if unknown else sessions
        rows = list(islice(merged, limit + 1))
        if len(rows) > limit:
            return Page(rows[:limit], _place(rows[limit - 1]))
        # Orders that were made between the two queries move the end back, before rows that are shown already.
        return Page(rows, min(end, _place(rows[-1])) if rows and end is not None else end)

    def _unknown(self, shape: Shape, values: dict[str, Any], end: Place | None) -> Sequence[Row[Any]]:
        """Payments of orders that we never issued, which an id names. They have no lines."""
        if self._matches is None or not self._matches.payments or self._wanted.item_id is not None:
            return []
        found = self._read(_of_unknown(shape), values)
        return [row for row in found if end is None or _place(row) > end]


_PLACE: Final[list[Any]] = [PaymentSession.created_at, PaymentSession.id]
_COMPARED: Final = ("buyer_erased_at", "item_id")
_SHOWN: Final = (
    *("id", "created_at", "session_id", "merchant_uid", "reference", "status", "item_name", "line_count", "amount"),
    *("currency", "generation", "paid_at"),
)
_OF_BUYER: Final = ("buyer_name", "buyer_email", "buyer_tel")
_SESSION: Final[Any] = select(
    *(
        PaymentSession.__table__.columns[name]
        for name in (*_SHOWN, *_OF_BUYER, *_COMPARED, "user_username", "pay_method", "imp_uid")
    )
).selected_columns

_ALONE: Final[Any] = Payment.__table__.columns
_METHOD_ALONE: Final[ColumnElement[Any]] = func.nullif(_ALONE.pay_method, "")
_PAYMENT_ALONE: Final = [
    *(null().label(name) if name == "session_id" else _ALONE[name] for name in _SHOWN),
    *(null().label(name) for name in _OF_BUYER),
    null().label("username"),
    *(_ALONE.payment_id, _ALONE.imp_uid, _ALONE.cancelled_amount.label("refunded_amount")),
    *(_METHOD_ALONE.label("pay_method"), func.nullif(_ALONE.pg_provider, "").label("pg_provider")),
]


def _place(row: Row[Any]) -> Place:
    return row.created_at, row.id


def _paged(query: Select[Any], table: Any, shape: Shape, most: str) -> Select[Any]:
    """The query for rows of the times that are wanted, after those of the page before."""
    since, until = (bindparam(name, type_=Moment) if name in shape.given else None for name in ("since", "until"))
    place = tuple_(bindparam("before_at", type_=Moment), bindparam("before_key", type_=Uuid()))
    query = made_between(query, table, since, until)  # type: ignore[arg-type]
    before = place if "before" in shape.given else None
    return newest_first(query, table, before, bindparam(most, type_=Integer()))  # type: ignore[arg-type]


def _base(shape: Shape) -> Select[Any]:
    """The sessions that are compared with the filters."""
    table = _SESSION
    if shape.by_key:
        keys = any_(bindparam("keys", type_=ARRAY(Uuid())))
        few = select(*_SESSION).where(PaymentSession.id == keys)
        # Its limit has it evaluated by itself: the primary key is read, and never the index of times to find few.
        table = few.limit(bindparam("step", type_=Integer())).subquery().columns
    return _paged(select(*table), table, shape, "step")


@lru_cache(maxsize=SHAPES)
def _end(shape: Shape) -> Select[Any]:
    """The query for the last of the sessions that were compared; no row if there are no more."""
    return _paged(select(*_PLACE), PaymentSession, shape, "limit").limit(1).offset(bindparam("step", type_=Integer()))


@lru_cache(maxsize=SHAPES)
def _of_unknown(shape: Shape) -> Select[Any]:
    """The query for payments of orders that we never issued."""
    keys = any_(bindparam("payments", type_=ARRAY(Uuid())))
    query = select(*_PAYMENT_ALONE).where(Payment.id == keys, Payment.session_key.is_(None))
    query = query.where(*_filters(shape, Payment.__table__, _METHOD_ALONE))
    return _paged(query, Payment, shape, "limit")


@lru_cache(maxsize=SHAPES)
def _of_sessions(shape: Shape) -> Select[Any]:
    """The query for what is shown of those that match. The order of `_base` is kept, so it is read no further than
    needed."""
    session = _base(shape).subquery("session")
    names = "payment_id", "imp_uid", "cancelled_amount", "pay_method", "pg_provider"
    # The one that pays the session, else the newest attempt.
    order = (Payment.verdict == Verdict.ACCEPTED).desc().nulls_last(), Payment.created_at.desc()
    own = select(*(_ALONE[name] for name in names)).where(Payment.session_key == session.c.id).order_by(*order)
    payment = own.limit(1).lateral("payment")
    method = func.coalesce(func.nullif(payment.c.pay_method, ""), session.c.pay_method)
    columns = [
        *(session.c[name] for name in (*_SHOWN, *_OF_BUYER, "buyer_erased_at")),
        *(session.c.user_username.label("username"), payment.c.payment_id),
        func.coalesce(payment.c.imp_uid, session.c.imp_uid).label("imp_uid"),
        func.coalesce(payment.c.cancelled_amount, 0).label("refunded_amount"),
        *(method.label("pay_method"), func.nullif(payment.c.pg_provider, "").label("pg_provider")),
    ]
    query = select(*columns).select_from(session.outerjoin(payment, true()))
    query = query.where(*_filters(shape, session, method))
    if shape.text is not None:
        query = query.where(order_matches.condition(*shape.text, session))
    if "item_id" in shape.given:
        item_id = bindparam("item_id", type_=Uuid())
        # As an array the lines are read session by session, and never all lines of an item.
        lines = func.array(select(PaymentLine.item_id).where(PaymentLine.session_key == session.c.id).scalar_subquery())
        further = and_(session.c.line_count > 1, item_id == any_(lines))
        query = query.where(or_(session.c.item_id == item_id, further))
    newest = session.c.created_at.desc(), session.c.id.desc()
    return query.order_by(*newest).limit(bindparam("limit", type_=Integer()))


def _filters(shape: Shape, table: Any, method: ColumnElement[Any]) -> list[ColumnElement[bool]]:
    """SQL for what is wanted of columns that sessions and payments both have."""
    known: Mapping[str, ColumnElement[bool]] = {
        "status": table.c.status == bindparam("status"),
        "generation": table.c.generation == bindparam("generation"),
        "pay_method": method == bindparam("pay_method"),
        "amount_from": table.c.amount >= bindparam("amount_from"),
        "amount_to": table.c.amount <= bindparam("amount_to"),
    }
    return [condition for name, condition in known.items() if name in shape.given]
