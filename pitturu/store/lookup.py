"""Whatever name an operator has at hand, ours or PortOne's: which row is it?"""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select

from pitturu.extensions import db
from pitturu.store.cancellations import Cancellation
from pitturu.store.history import Payment
from pitturu.store.reconciliations import Finding, ReconciliationRun
from pitturu.store.sessions import PaymentSession
from pitturu.store.webhooks import WebhookDelivery

Named = PaymentSession | Payment | Cancellation | WebhookDelivery | ReconciliationRun | Finding

MOST_NEWS: Final = 20
"""Deliveries shown for one order: PortOne posts a handful; the newest are of interest."""


def find(name: str) -> Named | None:
    """The session, payment, cancellation or delivery that bears this name.

    A name is `session_id`, `merchant_uid`, `payment_id`, `imp_uid`, `cancellation_id`, `comparison_id`, or
    the id of a delivery or of a finding.
    """
    by_name: tuple[tuple[type[Named], ColumnElement[bool]], ...] = (
        (PaymentSession, PaymentSession.session_id == name),
        (PaymentSession, PaymentSession.merchant_uid == name),
        (Payment, Payment.payment_id == name),
        (Payment, Payment.imp_uid == name),
        (Cancellation, Cancellation.cancellation_id == name),
        (ReconciliationRun, ReconciliationRun.comparison_id == name),
    )
    for table, condition in by_name:
        query: Select[Any] = select(table).where(condition)
        row: Named | None = db.session.scalar(query)
        if row is not None:
            return row
    try:
        return db.session.get(WebhookDelivery, UUID(name)) or db.session.get(Finding, UUID(name))
    except ValueError:
        return None


def deliveries_of(merchant_uid: str) -> Sequence[WebhookDelivery]:
    """What PortOne posted about an order, oldest first."""
    query = select(WebhookDelivery).where(WebhookDelivery.merchant_uid == merchant_uid)
    newest = db.session.scalars(query.order_by(WebhookDelivery.received_at.desc()).limit(MOST_NEWS)).all()
    return newest[::-1]
