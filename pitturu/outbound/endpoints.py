"""What operators do with endpoints: create, change, pause, resume, delete, test, and send events again."""

import base64
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

from sqlalchemy import ColumnElement, delete

from pitturu.domain import clock, ids
from pitturu.domain.errors import Conflict, NotFound
from pitturu.domain.operator_actions import Thing
from pitturu.domain.shop_events import ShopEventType
from pitturu.outbound.message import DELIVER_EVENTS, Message
from pitturu.store import event_endpoints, event_messages, outbound, users
from pitturu.store.event_endpoints import EventEndpoint
from pitturu.store.outbound import Channel
from pitturu.store.shop_events import ShopEvent
from pitturu.store.unit_of_work import UnitOfWork

MOST_ENDPOINTS: Final = 20
"""Each event is a message to each of them: more would be a way to make this server work for nothing."""

MOST_REPLAYED: Final = 10_000
"""Events of one request for a replay; the answer says from where to go on."""

SECRET_BYTES: Final = 32
PREFIX: Final = "whsec_"
KIND: Final = "event_endpoint"

DELETED: Final = "withdrawn, because its endpoint was deleted"


@dataclass(frozen=True)
class Replayed:
    """How many messages are due, and the time of the first event that was left for another request; None if none."""

    count: int
    next: datetime | None

    @property
    def summary(self) -> str:
        """For the operator log."""
        return f"{self.count} messages due" + (f", go on from {self.next.isoformat()}" if self.next else "")


def create(
    work: UnitOfWork, url: str, types: Sequence[str], description: str, username: str | None
) -> tuple[EventEndpoint, str]:
    """A new endpoint and its secret, which is never shown again. Raises Conflict when there are too many."""
    if event_endpoints.count() >= MOST_ENDPOINTS:
        raise Conflict("too_many_endpoints", f"There are {MOST_ENDPOINTS} endpoints already. Delete one first.")
    secret = new_secret()
    row = EventEndpoint(
        endpoint_id=ids.new("evp"),
        url=url,
        description=description,
        types=sorted(set(types)),
        user_key=None if username is None else users.key_of(username),
        created_at=clock.now(),
    )
    row.set_secret(secret)
    work.session.add(row)
    work.session.flush()
    return row, secret


def whereto(row: EventEndpoint) -> str:
    """For the operator log: whom the events are sent to. The rest of the URL may contain a secret."""
    return f"to {urlsplit(row.url).netloc}"


def existing(work: UnitOfWork, endpoint_id: str) -> EventEndpoint:
    """An endpoint under its lock. Raises NotFound."""
    row = event_endpoints.lock(work, endpoint_id)
    if row is None:
        raise unknown()
    return row


def unknown() -> NotFound:
    """The error for an id that no endpoint has."""
    return NotFound("endpoint_not_found", "No such endpoint. GET /api/v1/event-endpoints lists all.")


def change(work: UnitOfWork, endpoint_id: str, changes: dict[str, Any]) -> EventEndpoint:
    """Change the URL, types or description; `enabled` false pauses it. Raises NotFound."""
    row = existing(work, endpoint_id)
    enabled = changes.pop("enabled", None)
    for name, value in changes.items():
        setattr(row, name, sorted(set(value)) if name == "types" else value)
    if enabled is False and row.enabled:
        row.pause("An operator paused it.", gone=False)
    return row


def remove(work: UnitOfWork, endpoint_id: str) -> None:
    """Delete an endpoint. What is still to be sent to it is withdrawn. Raises NotFound."""
    row = existing(work, endpoint_id)
    event_messages.withdraw(work, endpoint_id, DELETED)
    work.session.execute(delete(EventEndpoint).where(EventEndpoint.id == row.id))


def rotate(work: UnitOfWork, endpoint_id: str) -> tuple[EventEndpoint, str]:
    """A new secret; the one before is valid for a day more. Raises NotFound."""
    row, secret = existing(work, endpoint_id), new_secret()
    row.set_secret(secret)
    return row, secret


def resume(work: UnitOfWork, endpoint_id: str) -> tuple[EventEndpoint, Replayed]:
    """Send to an endpoint again, beginning with what it did not take and what happened while it was paused.

    Where that is more than one request makes due, resuming again goes on. Raises NotFound.
    """
    row = existing(work, endpoint_id)
    row.resume()
    work.session.flush()
    work.wake(DELIVER_EVENTS)
    return row, Replayed(*event_messages.resend_missed(work, row, MOST_REPLAYED))


def replay_since(work: UnitOfWork, endpoint_id: str, since: datetime) -> Replayed:
    """Send every event since then again, the oldest first, delivered or not. Raises NotFound."""
    return _replayed(work, existing(work, endpoint_id), ShopEvent.created_at >= since)


def replay_events(work: UnitOfWork, endpoint_id: str, event_ids: Sequence[str]) -> Replayed:
    """Send these events again, delivered or not. Raises NotFound."""
    return _replayed(work, existing(work, endpoint_id), ShopEvent.event_id.in_(event_ids))


def test_payload() -> dict[str, Any]:
    """An event that is about nothing, and looks like the others."""
    return {
        "type": ShopEventType.ENDPOINT_TEST.value,
        "id": ids.new("evt"),
        "created_at": clock.now().isoformat(timespec="microseconds"),
        "sequence": None,
        "data": {},
    }


def enqueue_test(work: UnitOfWork, endpoint_id: str) -> str:
    """Send a test event, also to a paused endpoint. Returns the id of the event. Raises NotFound."""
    row, payload = existing(work, endpoint_id), test_payload()
    about, key = Thing(event_messages.EVENT, payload["id"]), f"event:{payload['id']}:{endpoint_id}"
    outbound.add_once(work, Channel.WEBHOOK, row.endpoint_id, payload, key, about)
    work.wake(DELIVER_EVENTS)
    return str(payload["id"])


def test_message(row: EventEndpoint) -> Message:
    """A test event to be sent at once, without a row."""
    return Message(ids.new("msg"), Channel.WEBHOOK, clock.now(), row.endpoint_id, test_payload(), row.receiver)


def new_secret() -> str:
    """A secret as Standard Webhooks writes it."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def _replayed(work: UnitOfWork, row: EventEndpoint, which: ColumnElement[bool]) -> Replayed:
    if not row.enabled:
        raise Conflict("endpoint_paused", "This endpoint is paused. Resume it: that sends what it did not get.")
    work.wake(DELIVER_EVENTS)
    return Replayed(*event_messages.replay(work, row, which, MOST_REPLAYED))
