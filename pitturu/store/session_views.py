"""Sessions as they are shown: everything that a buyer or the shop's server sees, in one round trip."""

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any, Final

from sqlalchemy import bindparam, case, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from pitturu.extensions import db
from pitturu.store import autocommit, history
from pitturu.store.payment_lines import PaymentLine
from pitturu.store.sessions import AnySession, PaymentSession, SessionRow

Line = Mapping[str, Any]

_TABLE: Final = PaymentSession.__table__

_OF_WORKERS: Final = frozenset(
    {
        *("attempts", "last_error", "dead_at", "request_id", "open_slot", "watch_until", "window_until", "held_since"),
        *("reopened_at", "buyer_erased_at", "event_count", "consents"),
        *("webhooks_wait_until", "webhook_questions", "webhook_questions_since"),
    }
)
"""Columns that no buyer sees: reading them costs a tenth of the processor time of a poll."""

_LINE: Final = ("item_id", "item_name", "unit_price", "quantity")
"""What a session shows of each of its lines."""

_CART: Final = (
    select(
        func.json_agg(
            aggregate_order_by(
                func.json_build_object(*chain(*((name, getattr(PaymentLine, name)) for name in _LINE))),
                PaymentLine.position,
            )
        )
    )
    .where(PaymentLine.session_key == _TABLE.c.id)
    .scalar_subquery()
)

_SHOWN_TO_SHOP: Final = select(
    *(column for column in _TABLE.columns if column.name not in _OF_WORKERS),
    history.public_id(_TABLE.c.id).label("payment_id"),
    case((_TABLE.c.line_count > 1, _CART)).label("lines"),
).where(_TABLE.c.session_id == bindparam("session_id"))
_OWN: Final = _TABLE.c.user_username == bindparam("username")
_SHOWN: Final = _SHOWN_TO_SHOP.where(_OWN)

_STATE: Final = ("version", "status", "next_job", "due_at", "expires_at")
_STATE_TO_SHOP: Final = select(*(_TABLE.c[name] for name in _STATE)).where(
    _TABLE.c.session_id == bindparam("session_id")
)
_STATE_TO_OWNER: Final = _STATE_TO_SHOP.where(_OWN)


def shown(session_id: str, username: str) -> SessionRow | None:
    """A session and the public id of its payment, in one round trip; None when it is not this user's."""
    row = autocommit.first(_SHOWN, {"session_id": session_id, "username": username})
    return None if row is None else SessionRow(**row._asdict())


def shown_to_shop(session_id: str) -> SessionRow | None:
    """The same of whatever user, for the shop's server."""
    row = autocommit.first(_SHOWN_TO_SHOP, {"session_id": session_id})
    return None if row is None else SessionRow(**row._asdict())


def state(session_id: str, username: str | None) -> SessionRow | None:
    """What tells whether a session has changed, and nothing else: a poll that finds nothing new reads no more.

    `username` is the owner, None for the shop's server.
    """
    query = _STATE_TO_SHOP if username is None else _STATE_TO_OWNER
    row = autocommit.first(query, {"session_id": session_id, "username": username})
    return None if row is None else SessionRow(**row._asdict())


def lines_of(session: AnySession) -> Sequence[Line]:
    """The lines of a session: `item_id`, `item_name`, `unit_price` and `quantity` of each.

    A session has those of its only line itself; the lines of others are read unless they were read with it.
    """
    if session.line_count == 1:
        return [{name: getattr(session, name) for name in _LINE}]
    if isinstance(session, SessionRow):
        lines: Sequence[Line] = session.lines
        return lines
    query = select(*(getattr(PaymentLine, name) for name in _LINE)).where(PaymentLine.session_key == session.id)
    return [row._asdict() for row in db.session.execute(query.order_by(PaymentLine.position))]
