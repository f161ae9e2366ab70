"""Finds sessions by order number, for any user: PortOne's webhooks do not name one."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from pitturu.extensions import db
from pitturu.store.sessions import PaymentSession


def by_order(merchant_uid: str) -> PaymentSession | None:
    """The session of an order number."""
    return db.session.scalar(select(PaymentSession).where(PaymentSession.merchant_uid == merchant_uid))


@dataclass(frozen=True)
class Issued:
    """The session of an order number: its key, and through which of PortOne's APIs it is paid."""

    key: UUID
    generation: str


def issued(merchant_uids: set[str]) -> dict[str, Issued]:
    """The sessions of those of these order numbers that we issued."""
    columns = PaymentSession.merchant_uid, PaymentSession.id, PaymentSession.generation
    query = select(*columns).where(PaymentSession.merchant_uid.in_(merchant_uids))
    return {order: Issued(key, generation) for order, key, generation in db.session.execute(query)}
