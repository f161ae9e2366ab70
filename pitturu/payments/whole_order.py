"""One order as a whole, for operators: found by any id that belongs to it, with everything that is known about it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

from pitturu.domain.errors import NotFound
from pitturu.payments.handler_registry import HandlerRegistry
from pitturu.store import cancellations, event_endpoints, event_messages, history, lookup, orders, shop_events
from pitturu.store.base import DueRow, Keyed
from pitturu.store.cancellations import Cancellation
from pitturu.store.history import Payment
from pitturu.store.outbound import OutboundMessage
from pitturu.store.sessions import PaymentSession
from pitturu.store.shop_events import ShopEvent

MOST_PAYMENTS: Final = 100
"""Payments shown of an order number that was never issued here. Of an order of ours all are shown."""

MOST_EVENTS: Final = 50


@dataclass(frozen=True)
class WholeOrder:
    """An order number with its session and its payments, oldest first. There is no session if it was never issued here;
    then there is a payment at least."""

    merchant_uid: str
    session: PaymentSession | None
    payments: Sequence[Payment]

    @property
    def id(self) -> str:
        """An id of ours that finds it: order numbers of others may hold what no path takes."""
        return self.session.session_id if self.session else self.payments[0].payment_id

    @property
    def main_payment(self) -> Payment | None:
        """The payment that pays it, else the newest one."""
        accepted = (payment for payment in self.payments if payment.accepted)
        return next(accepted, self.payments[-1] if self.payments else None)


@dataclass(frozen=True)
class Deliveries:
    """The newest events of an order and their messages to the shop's endpoints; `total` counts all its events.

    Messages to an endpoint that was deleted are not among them. `hosts` are those of the endpoints: whole URLs, which
    may have a secret in them, are for those who manage endpoints.
    """

    events: Sequence[ShopEvent]
    messages: Sequence[OutboundMessage]
    hosts: dict[str, str]
    total: int

    def of(self, event: ShopEvent) -> list[OutboundMessage]:
        """The messages about one event."""
        return [message for message in self.messages if message.about_id == event.event_id]


def find(registry: HandlerRegistry, name: str) -> WholeOrder:
    """The order of an id: its own, an order number, an attempt's, a cancel's, a webhook's or an event's.

    Raises NotFound.
    """
    row = registry.find(name)
    session = _session_of(row)
    if session is not None:
        return WholeOrder(session.merchant_uid, session, history.of_session(session.id))
    order = _unknown_order(row) or name
    payments = history.of_unknown_order(order, MOST_PAYMENTS)
    if not payments:
        detail = "No order has this id. Use a session_id, merchant_uid, payment_id, imp_uid or cancellation_id."
        raise NotFound("order_not_found", detail)
    return WholeOrder(order, None, payments)


def _session_of(row: Keyed | None) -> PaymentSession | None:
    if isinstance(row, PaymentSession):
        return row
    session_key: UUID | None = getattr(row, "session_key", None)
    if session_key is not None:
        return lookup.by_key(PaymentSession, session_key)
    merchant_uid: str | None = getattr(row, "merchant_uid", None)
    return None if merchant_uid is None else orders.by_order(merchant_uid)


def _unknown_order(row: Keyed | None) -> str | None:
    """The order number of a row that belongs to no session."""
    if isinstance(row, Cancellation):
        return history.by_key(row.payment_key).merchant_uid
    merchant_uid: str | None = getattr(row, "merchant_uid", None)
    return merchant_uid


def cancels_of(order: WholeOrder) -> dict[UUID, list[Cancellation]]:
    """The cancels of each of its payments, oldest first."""
    found: dict[UUID, list[Cancellation]] = {payment.id: [] for payment in order.payments}
    for row in cancellations.of_payments(found):
        found[row.payment_key].append(row)
    return found


def deliveries_of(order: WholeOrder) -> Deliveries:
    """What the shop's own systems were sent about it."""
    if order.session is None:
        return Deliveries([], [], {}, 0)
    events, total = shop_events.newest(order.session.id, MOST_EVENTS)
    hosts = {endpoint.endpoint_id: urlsplit(endpoint.url).netloc for endpoint in event_endpoints.everything()}
    messages = event_messages.of_events([event.event_id for event in events], hosts)
    return Deliveries(events, messages, hosts, total)


def rows_of(registry: HandlerRegistry, order: WholeOrder) -> Sequence[Keyed]:
    """Its rows that can be explained, related ones behind those that they belong to."""
    roots: Sequence[Keyed] = [order.session] if order.session else order.payments
    return [row for root in roots for row in registry.with_related(root)]


def unfinished(rows: Sequence[Keyed], deliveries: Deliveries) -> Iterator[DueRow]:
    """Those of these rows and of its events that are due, failing, or out of tries."""
    for row in (*rows, *deliveries.events, *deliveries.messages):
        if isinstance(row, DueRow) and (row.due_at is not None or row.dead_at is not None or row.last_error):
            yield row
