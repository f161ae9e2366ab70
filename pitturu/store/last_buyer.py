"""The buyer's data of the last order that a user made, to fill in the next one."""

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import bindparam, select

from pitturu.domain.cause import EventKind, Origin
from pitturu.domain.lifecycle import SessionStatus
from pitturu.store import autocommit
from pitturu.store.events import PaymentEvent
from pitturu.store.sessions import PaymentSession

FIELDS: Final = ("buyer_name", "buyer_email", "buyer_tel", "buyer_addr", "buyer_postcode")

LOOKED_AT: Final = 20
"""Sessions of a user that are looked at, newest first: the shop's server may have opened many for the user."""

_NEWEST: Final = (
    select(PaymentSession.id, PaymentSession.created_at, *(getattr(PaymentSession, name) for name in FIELDS))
    .where(PaymentSession.user_username == bindparam("username"), PaymentSession.buyer_erased_at.is_(None))
    .order_by(PaymentSession.created_at.desc(), PaymentSession.id.desc())
    .limit(LOOKED_AT)
    .subquery()
)

_OWN: Final = (
    select(*(_NEWEST.c[name] for name in FIELDS))
    .where(
        select(PaymentEvent.id)
        .where(
            PaymentEvent.session_key == _NEWEST.c.id,
            PaymentEvent.kind == EventKind.STATUS,
            PaymentEvent.from_status.is_(None),
            PaymentEvent.to_status == SessionStatus.CREATED,
            PaymentEvent.origin == Origin.BUYER,
        )
        .exists()
    )
    .order_by(_NEWEST.c.created_at.desc(), _NEWEST.c.id.desc())
    .limit(1)
)


def of_user(username: str) -> Mapping[str, Any] | None:
    """What the user entered last, paid or not; None if there is nothing or it was erased.

    Sessions that the shop's server opened for the user do not count: what they say comes from the shop.
    """
    row = autocommit.first(_OWN, {"username": username})
    return None if row is None else row._asdict()
