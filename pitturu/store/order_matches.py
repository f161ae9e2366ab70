"""Which orders a text of an operator names: by an id, ours or PortOne's, by user, or by the buyer's data.

Each way to find one reads an index, and at most so many of its entries: no text makes a query slow. Where more match,
orders are read by their time instead, and compared one by one (`pitturu.store.order_listing`).
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Executable,
    Row,
    Select,
    String,
    Uuid,
    and_,
    any_,
    bindparam,
    func,
    literal_column,
    null,
    or_,
    select,
    union_all,
)

from pitturu.domain.order_query import OrderQuery, end_of
from pitturu.store.cancellations import Cancellation
from pitturu.store.history import Payment
from pitturu.store.sessions import BUYER_KNOWN, PaymentSession
from pitturu.store.webhooks import WebhookDelivery

MOST: Final = 1_000
"""Orders found in one way. Of a million orders, as many match of each thousand that are read by time."""

Read = Callable[[Executable, dict[str, Any]], Sequence[Row[Any]]]
"""Runs a query with these values: in a transaction, or without one."""


@dataclass(frozen=True)
class Matches:
    """The orders that a text names. `sessions` are the keys of all that may match, None if they are too many; `named`
    are those of them that an id names. `payments` are the keys of payments that an id names."""

    query: OrderQuery
    sessions: frozenset[UUID] | None
    named: frozenset[UUID]
    payments: frozenset[UUID]

    @property
    def values(self) -> Mapping[str, Any]:
        """The values of `condition`."""
        return {"named": list(self.named), **_values(self.query)}


def condition(spellings: int, number: bool, table: Any) -> ColumnElement[bool]:
    """SQL for: this session matches a text with so many spellings, which may be a telephone."""
    columns = table.c
    known = and_(columns.buyer_erased_at.is_(None), columns.status != "created")
    tried = or_(*(_within(value, name) for value, name in _data(spellings, number, columns)))
    named = columns.id == any_(bindparam("named", type_=ARRAY(Uuid())))
    same = columns.user_username == bindparam("text"), columns.reference == bindparam("text")
    return or_(named, *same, and_(known, tried))


def find(query: OrderQuery, read: Read) -> Matches:
    """What this text names."""
    names = [query.text, *_of_webhook(query.text, read)]
    found = read(_lookup(len(query.beginnings), bool(query.number)), {"names": names, **_values(query)})
    most = max(Counter(row.way for row in found).values(), default=0)
    sessions = frozenset(row.session for row in found if row.session is not None)
    named = frozenset(row.session for row in found if row.way < _IDS and row.session is not None)
    payments = frozenset(row.payment for row in found if row.payment is not None)
    return Matches(query, None if most > MOST else sessions, named, payments)


_DELIVERY: Final[Any] = WebhookDelivery.__table__.c
_WEBHOOK: Final = select(_DELIVERY.merchant_uid, _DELIVERY.imp_uid).where(_DELIVERY.id == bindparam("id"))


def _of_webhook(text: str, read: Read) -> list[str]:
    """The order number and the attempt that the webhook with this id names."""
    try:
        key = UUID(text)
    except ValueError:
        return []
    return [name for row in read(_WEBHOOK, {"id": key}) for name in row if name]


def _values(query: OrderQuery) -> dict[str, Any]:
    given = {f"beginning_{place}": text for place, text in enumerate(query.beginnings)}
    if query.number:
        given["number"] = query.number
    return {"text": query.text, **given} | {f"{name}_end": end_of(text) for name, text in given.items()}


@cache
def _lookup(spellings: int, number: bool) -> Select[Any]:
    """The query for what a text with so many spellings names: `way`, `session` and `payment`. It is made once, because
    making it takes longer than the database needs for it."""
    ways = [*_by_id(), *_by_data(spellings, number)]
    limited = [one.limit(MOST + 1).subquery() for one in ways]
    numbered = [select(literal_column(str(way)).label("way"), *one.c) for way, one in enumerate(limited)]
    union = union_all(*numbered).subquery()
    return select(*union.c)


_TABLE: Final[Any] = PaymentSession.__table__
_PAYMENT: Final[Any] = Payment.__table__.c
_CANCEL: Final[Any] = Cancellation.__table__.c
_IDS: Final = 7
"""Ways to find an order by an id."""


def _by_id() -> Iterator[Select[Any]]:
    names = any_(bindparam("names", type_=ARRAY(String())))
    for column in (_TABLE.c.session_id, _TABLE.c.merchant_uid, _TABLE.c.reference):
        yield _of_session().where(column == names)
    for column in (_PAYMENT.payment_id, _PAYMENT.imp_uid, _PAYMENT.merchant_uid):
        yield _of_either(_PAYMENT.session_key, _PAYMENT.id).where(column == names)
    yield _of_either(_CANCEL.session_key, _CANCEL.payment_key).where(_CANCEL.cancellation_id == names)


def _by_data(spellings: int, number: bool) -> Iterator[Select[Any]]:
    yield _of_session().where(_TABLE.c.user_username == bindparam("text"))
    for value, name in _data(spellings, number, _TABLE.c):
        # In the order of the index, so that it is read, and not the table.
        yield _of_session().where(_within(value, name), literal_column(BUYER_KNOWN)).order_by(value)


def _of_session() -> Select[Any]:
    return _of_either(_TABLE.c.id, null().cast(Uuid()))


def _of_either(session: ColumnElement[Any], payment: ColumnElement[Any]) -> Select[Any]:
    return select(session.label("session"), payment.label("payment"))


def _data(spellings: int, number: bool, columns: Any) -> Iterator[tuple[ColumnElement[str], str]]:
    """What of the buyer's data may begin with which value. The expressions are those of the indexes: a telephone is
    read backwards, because people name its end, and its beginning is written in several ways."""
    name, email = (func.lower(column.collate("C")) for column in (columns.buyer_name, columns.buyer_email))
    for value in (name, email):
        for place in range(spellings):
            yield value, f"beginning_{place}"
    if number:
        digits = func.translate(columns.buyer_tel.collate("C"), literal_column("'+- '"), literal_column("''"))
        yield func.reverse(digits), "number"


def _within(value: ColumnElement[str], name: str) -> ColumnElement[bool]:
    """A range in place of LIKE: no character of it is special, and a prepared statement uses the index as well."""
    return and_(value >= bindparam(name), value < bindparam(f"{name}_end"))
