"""Events, read with a cursor, and the endpoints that they are posted to."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

import msgspec

from pitturu_client.transport import Transport

ENDPOINTS: Final = "event-endpoints"


class EventType(StrEnum):
    """What can happen. Compare `event.type` with these, and ignore what you do not know."""

    PAYMENT_PAID = "payment.paid"
    PAYMENT_FAILED = "payment.failed"
    PAYMENT_CANCELLED = "payment.cancelled"
    PAYMENT_PARTIALLY_CANCELLED = "payment.partially_cancelled"
    SESSION_EXPIRED = "session.expired"
    DEPOSIT_AWAITED = "deposit.awaited"
    REFUND_REFUSED = "refund.refused"
    RECEIPT_ISSUED = "cash_receipt.issued"
    RECEIPT_CANCELLED = "cash_receipt.cancelled"
    RECEIPT_FAILED = "cash_receipt.failed"
    RECEIPT_DIFFERS = "cash_receipt.differs"
    DISCREPANCY_FOUND = "discrepancy.found"
    ENDPOINT_TEST = "endpoint.test"


class EventRefund(msgspec.Struct, frozen=True, kw_only=True):
    """The refund that an event is about."""

    cancellation_id: str | None = None
    amount: int = 0


class EventReceipt(msgspec.Struct, frozen=True, kw_only=True):
    """The cash receipt that an event is about: what it is issued about, and its approval number, if there is one."""

    stage: str = ""
    amount: int | None = None
    number: str | None = None


class EventData(msgspec.Struct, frozen=True, kw_only=True):
    """What an event says. Members that its type does not have are None; amounts are whole won, of that moment."""

    session_id: str | None = None
    payment_id: str | None = None
    order_number: str | None = None
    status: str | None = None
    amount: int | None = None
    cancelled_amount: int | None = None
    currency: str | None = None
    refund: EventRefund | None = None
    decline_reason: str | None = None
    deposit_due_at: str | None = None
    cash_receipt: EventReceipt | None = None
    discrepancy: dict[str, Any] | None = None


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """Something happened. `id` is the same in every delivery; `sequence` counts the events of a session from 1."""

    type: str
    id: str
    created_at: datetime
    sequence: int | None
    data: EventData


class EventsPage(msgspec.Struct, frozen=True, kw_only=True):
    """Events, and the cursor to go on with."""

    items: list[Event]
    cursor: str
    more: bool


class Endpoint(msgspec.Struct, frozen=True, kw_only=True):
    """Where events are posted to, and how it is doing."""

    endpoint_id: str
    url: str
    description: str
    types: list[str]
    enabled: bool
    paused_at: datetime | None
    paused_reason: str | None
    gone: bool
    failing_since: datetime | None
    old_secret_until: datetime | None
    created_at: datetime
    created_by: str | None


class EndpointWithSecret(Endpoint, frozen=True, kw_only=True):
    """An endpoint with its secret, which is shown this once."""

    secret: str


class Replayed(msgspec.Struct, frozen=True, kw_only=True):
    """How many events are sent again, and `since` of the next replay if there are more."""

    replayed: int
    next: datetime | None


class Resumed(msgspec.Struct, frozen=True, kw_only=True):
    """An endpoint that gets events again."""

    endpoint: Endpoint
    replayed: Replayed


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """One event on its way to one endpoint."""

    message_id: str
    event_id: str
    type: str
    status: str
    attempts: int
    answer: str | None
    last_error: str | None
    created_at: datetime
    delivered_at: datetime | None
    next_try: datetime | None
    dead_since: datetime | None
    event: Event


class DeliveriesPage(msgspec.Struct, frozen=True, kw_only=True):
    """Deliveries, the newest event first. `next` is the cursor of the next page."""

    items: list[Delivery]
    next: str | None


class _Endpoints(msgspec.Struct, frozen=True):
    items: list[Endpoint]


class _TestEvent(msgspec.Struct, frozen=True):
    event_id: str


class _Done(msgspec.Struct, frozen=True):
    status: str


class Events:
    """`pitturu.events`: every event of the last 90 days, in an order that never changes."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def page(self, after: str | None = None, *, types: Sequence[str] = (), limit: int = 100) -> EventsPage:
        """Events after a cursor, oldest first. Store `cursor` together with what you made of the events."""
        return self._transport.get(EventsPage, "events", after=after, types=",".join(types) or None, limit=limit)

    def since(self, after: str | None = None, *, types: Sequence[str] = ()) -> Iterator[EventsPage]:
        """Pages of events after a cursor, until none are left now. The last page may be empty."""
        while True:
            page = self.page(after, types=types)
            yield page
            after = page.cursor
            if not page.more:
                return


class EventEndpoints:
    """`pitturu.event_endpoints`."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(self) -> "list[Endpoint]":
        """All endpoints, oldest first."""
        return self._transport.get(_Endpoints, ENDPOINTS).items

    def create(self, url: str, *, types: Sequence[str] = (), description: str = "") -> EndpointWithSecret:
        """Add an endpoint for these types, or all of them. Keep its `secret`: it is shown this once."""
        body = {"url": url, "types": [*types], "description": description}
        return self._transport.post(EndpointWithSecret, ENDPOINTS, body=body)

    def change(self, endpoint_id: str, **changes: Any) -> Endpoint:
        """Change `url`, `types` or `description`, or pause it with `enabled=False`."""
        return self._transport.patch(Endpoint, ENDPOINTS, endpoint_id, body=changes)

    def delete(self, endpoint_id: str) -> None:
        """Delete an endpoint; what is still to be sent to it is withdrawn."""
        self._transport.delete(_Done, ENDPOINTS, endpoint_id)

    def rotate(self, endpoint_id: str) -> EndpointWithSecret:
        """Make a new secret. For 24 hours events have the signatures of both; `verify_event` takes both."""
        return self._transport.post(EndpointWithSecret, ENDPOINTS, endpoint_id, "rotate")

    def test(self, endpoint_id: str) -> str:
        """Send an event of the type `endpoint.test`; its id."""
        return self._transport.post(_TestEvent, ENDPOINTS, endpoint_id, "test").event_id

    def resume(self, endpoint_id: str) -> Resumed:
        """Send events to it again, beginning with what it did not take."""
        return self._transport.post(Resumed, ENDPOINTS, endpoint_id, "resume")

    def replay(
        self, endpoint_id: str, *, since: datetime | None = None, event_ids: Sequence[str] | None = None
    ) -> Replayed:
        """Send events again: those since a moment (with a zone), or some by their ids. Raises EndpointPaused."""
        body = {"event_ids": [*event_ids]} if event_ids is not None else {"since": since and since.isoformat()}
        return self._transport.post(Replayed, ENDPOINTS, endpoint_id, "replay", body=body)

    def deliveries(
        self, endpoint_id: str, *, status: str | None = None, cursor: str | None = None, limit: int = 20
    ) -> DeliveriesPage:
        """What was and is to be sent to it, with its answers."""
        return self._transport.get(
            DeliveriesPage, ENDPOINTS, endpoint_id, "deliveries", status=status, cursor=cursor, limit=limit
        )
