"""Finds sessions by order number, for any user: PortOne's webhooks do not name one."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import and_, select

from pitturu.extensions import db
from pitturu.store.history import Payment
from pitturu.store.sessions import PaymentSession


def by_order(merchant_uid: str) -> PaymentSession | None:
    """The session of an order number."""
    return db.session.scalar(select(PaymentSession).where(PaymentSession.merchant_uid == merchant_uid))


@dataclass(frozen=True)
class Issued:
    """The session of an order number: its key, through which of PortOne's APIs it is paid, and what it costs.

    `window_opened`: that its payment window was opened is known. `paid` has those of the attempts asked for that are
    known to be paid.
    """

    key: UUID
    generation: str
    status: str
    amount: int
    currency: str
    window_opened: bool
    paid: frozenset[str] = frozenset()


def issued(merchant_uids: Collection[str], imp_uids: Collection[str] = ()) -> dict[str, Issued]:
    """The sessions of those of these order numbers that we issued, with which of these attempts are known as paid."""
    paid = and_(Payment.session_key == PaymentSession.id, Payment.imp_uid.in_(imp_uids), Payment.paid_at.is_not(None))
    facts = PaymentSession.status, PaymentSession.amount, PaymentSession.currency, PaymentSession.window_until.is_(None)
    query = (
        select(PaymentSession.merchant_uid, Payment.imp_uid, PaymentSession.id, PaymentSession.generation, *facts)
        .outerjoin(Payment, paid)
        .where(PaymentSession.merchant_uid.in_(merchant_uids))
    )
    found: dict[str, Issued] = {}
    for order, imp_uid, key, generation, status, amount, currency, opened in db.session.execute(query):
        known = (found[order].paid if order in found else frozenset()) | ({imp_uid} if imp_uid else frozenset())
        found[order] = Issued(key, generation, status, amount, currency, opened, known)
    return found
