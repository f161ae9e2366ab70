"""What others get to know of a change of an order: events for the shop's systems, and notices to its buyer.

Both are rows of the transaction that makes the change.
"""

from uuid import UUID

from pitturu.domain.lifecycle import SessionStatus
from pitturu.payments import notices, shop_events
from pitturu.payments.loaded_order import LoadedOrder
from pitturu.store.unit_of_work import UnitOfWork


def status_changed(work: UnitOfWork, order: LoadedOrder, before: SessionStatus, detail: str | None) -> None:
    """The session has another status than `before`."""
    shop_events.status_changed(work, order, detail)
    notices.status_changed(work, order.session, before)


def account_changed(work: UnitOfWork, order: LoadedOrder) -> None:
    """The order takes a virtual account."""
    shop_events.account_changed(work, order)
    notices.account_taken(work, order.session)


def refunded(work: UnitOfWork, order: LoadedOrder, provider_id: str, cancel_id: UUID | None, amount: int) -> None:
    """Won of a payment went back."""
    shop_events.refunded(work, order, provider_id, cancel_id, amount)
    notices.refunded(work, order, provider_id, cancel_id, amount)
