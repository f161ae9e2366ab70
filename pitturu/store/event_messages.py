"""Makes messages of events, one for each event and endpoint, in single statements whatever their number."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    and_,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    true,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.orm import InstrumentedAttribute

from pitturu.domain import clock
from pitturu.domain.shop_events import ShopEventType
from pitturu.extensions import db
from pitturu.store import claims, paging
from pitturu.store.base import any_of
from pitturu.store.event_endpoints import EventEndpoint
from pitturu.store.outbound import Channel, OutboundMessage
from pitturu.store.shop_events import ShopEvent
from pitturu.store.unit_of_work import UnitOfWork

EVENT: Final = "event"
"""`about_kind` of messages about events."""

PAUSED: Final = "withdrawn, because its endpoint is paused; resuming it sends this event"

UNSYNCHRONIZED: Final = {"synchronize_session": False}
"""No object of the session is brought up to date: none was loaded."""

BY_ENDPOINT: Final = (OutboundMessage.destination, OutboundMessage.due_at)
"""The order of ix_outbound_messages_waiting."""

_LONG_AGO: Final = datetime(1970, 1, 1, tzinfo=UTC)

_MOMENT: Final = 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"'


def fan_out(work: UnitOfWork, keys: Collection[UUID]) -> int:
    """Make messages of these events for every endpoint that wants them, and wait for those that are being changed.

    Messages to a paused endpoint are made too, and wait until it is resumed: an endpoint that is resumed meanwhile
    either is seen as resumed here, or finds them there (`resend_missed`). Returns how many are due; what was made
    before is not made again.
    """
    work.session.execute(select(EventEndpoint.id).order_by(EventEndpoint.id).with_for_update(read=True))
    added = _insert(_messages(ShopEvent.id == any_of(keys))).on_conflict_do_nothing(index_elements=["dedup_key"])
    made = work.session.scalars(added.returning(OutboundMessage.due_at)).all()
    return sum(due_at is not None for due_at in made)


def replay(
    work: UnitOfWork, endpoint: EventEndpoint, which: ColumnElement[bool], limit: int
) -> tuple[int, datetime | None]:
    """Make the messages of these events to an endpoint due again, or for the first time, the oldest event first.

    What is due anyway stays as it is. Returns how many are due, and the time of the first event beyond `limit`. The
    caller holds the lock of the endpoint, which is not paused.
    """
    order, wanted = (ShopEvent.created_at, ShopEvent.number), (which, _has_type(ShopEvent.type, endpoint.types))
    picked = select(ShopEvent.id).where(*wanted).order_by(*order).limit(limit)
    again = _insert(_messages(and_(ShopEvent.id.in_(picked), EventEndpoint.id == endpoint.id))).on_conflict_do_update(
        index_elements=["dedup_key"], set_=_due_now(), where=OutboundMessage.due_at.is_(None)
    )
    due = len(work.session.execute(again.returning(OutboundMessage.id)).all())
    beyond = select(ShopEvent.created_at).where(*wanted).order_by(*order).offset(limit).limit(1)
    return due, work.session.scalar(beyond)


def resend_missed(work: UnitOfWork, endpoint: EventEndpoint, limit: int) -> tuple[int, datetime | None]:
    """Make due what an endpoint did not take and what happened while it was paused, the oldest event first.

    Returns how many messages are due, and the time of the first event beyond `limit`, which the next call begins with.
    The caller holds the lock of the endpoint.
    """
    kind = OutboundMessage.content["type"].astext
    left = (
        _of(endpoint.endpoint_id),
        OutboundMessage.due_at.is_(None),
        OutboundMessage.delivered_at.is_(None),
        kind != ShopEventType.ENDPOINT_TEST,
        _has_type(kind, endpoint.types),
    )
    order = OutboundMessage.created_at, OutboundMessage.id
    picked = select(OutboundMessage.id).where(*left).order_by(*order).limit(limit)
    again = update(OutboundMessage).where(OutboundMessage.id.in_(picked)).values(_due_now())
    due = work.session.scalars(again.returning(OutboundMessage.id), execution_options=UNSYNCHRONIZED).all()
    return len(due), work.session.scalar(select(OutboundMessage.created_at).where(*left).order_by(*order).limit(1))


def _due_now() -> dict[str, Any]:
    """Values of a message that is to be sent as if it had never been."""
    nothing = dict.fromkeys(("dead_at", "delivered_at", "answer", "last_error"))
    return {"due_at": clock.now(), "attempts": 0, **nothing}


def of_events(event_ids: Collection[str], endpoint_ids: Collection[str]) -> Sequence[OutboundMessage]:
    """The messages about these events to these endpoints."""
    keys = [_dedup_key(event_id, endpoint_id) for event_id in event_ids for endpoint_id in endpoint_ids]
    return db.session.scalars(select(OutboundMessage).where(OutboundMessage.dedup_key.in_(keys))).all() if keys else []


def _dedup_key(event_id: str, endpoint_id: str) -> str:
    """The key that `_messages` gives to a message."""
    return f"{EVENT}:{event_id}:{endpoint_id}"


def waiting(endpoint_ids: Collection[str]) -> dict[str, datetime]:
    """Those of these endpoints that have messages to be sent now, and since when; the longest waiting one first."""
    oldest = select(OutboundMessage.due_at).where(*_due_to(EventEndpoint.endpoint_id)).order_by(*BY_ENDPOINT).limit(1)
    query = select(EventEndpoint.endpoint_id, oldest.scalar_subquery())
    found = db.session.execute(query.where(EventEndpoint.endpoint_id.in_(endpoint_ids)))
    since = sorted((due_at, endpoint_id) for endpoint_id, due_at in found if due_at is not None)
    return {endpoint_id: due_at for due_at, endpoint_id in since}


@dataclass(frozen=True)
class Backlog:
    """What an endpoint has not taken: how many messages are still tried, and since when; how many are dead."""

    pending: int
    since: datetime | None
    dead: int


def backlogs(endpoint_ids: Collection[str]) -> dict[str, Backlog]:
    """What waits for each of these endpoints."""
    return {endpoint_id: _backlog(endpoint_id) for endpoint_id in endpoint_ids}


def _backlog(endpoint_id: str) -> Backlog:
    mine = select(OutboundMessage.id).where(_of(endpoint_id))
    pending = mine.where(OutboundMessage.due_at.is_not(None), OutboundMessage.dead_at.is_(None))
    oldest = pending.with_only_columns(OutboundMessage.created_at).limit(paging.MOST_COUNTED).subquery()
    count, since = db.session.execute(select(func.count(), func.min(oldest.c.created_at))).one()
    return Backlog(count, since, paging.total(mine.where(OutboundMessage.dead_at.is_not(None))))


def claim(work: UnitOfWork, endpoint_id: str, count: int, lease: timedelta) -> Sequence[OutboundMessage]:
    """Claim messages to one endpoint, the longest waiting first (`claims.claim`)."""
    return claims.claim(work, OutboundMessage, count, lease, *_due_to(endpoint_id), order=BY_ENDPOINT)


def _due_to(endpoint_id: str | InstrumentedAttribute[str]) -> tuple[ColumnElement[bool], ...]:
    """SQL for: to be sent now to this endpoint.

    With an equality, the database would take the order of `due_at` for enough, and read past the backlog of all others.
    """
    place = tuple_(*BY_ENDPOINT)
    bounds = place > tuple_(endpoint_id, _LONG_AGO), place <= tuple_(endpoint_id, clock.now())
    return OutboundMessage.channel == Channel.WEBHOOK, OutboundMessage.due_at.is_not(None), *bounds


def postpone(work: UnitOfWork, endpoint_id: str, until: datetime) -> None:
    """An endpoint does not answer: its messages that are due wait until then. Locked ones are left alone."""
    _reschedule(work, and_(_of(endpoint_id), OutboundMessage.due_at <= clock.now()), until)


def hurry(work: UnitOfWork, endpoint_id: str) -> None:
    """An endpoint answers again: its messages that wait are due now. Locked ones are left alone."""
    _reschedule(work, and_(_of(endpoint_id), OutboundMessage.due_at > clock.now()), clock.now())


def _reschedule(work: UnitOfWork, which: ColumnElement[bool], at: datetime) -> None:
    keys = select(OutboundMessage.id).where(which).with_for_update(skip_locked=True).cte("waiting")
    moved = update(OutboundMessage).where(OutboundMessage.id.in_(select(keys.c.id))).values(due_at=at)
    work.session.execute(moved, execution_options=UNSYNCHRONIZED)


def withdraw(work: UnitOfWork, endpoint_id: str, reason: str) -> None:
    """Dead messages to a deleted endpoint wait for nobody any more."""
    dead = update(OutboundMessage).where(_of(endpoint_id), OutboundMessage.dead_at.is_not(None))
    work.session.execute(dead.values(dead_at=None, due_at=None, answer=reason), execution_options=UNSYNCHRONIZED)


def _of(endpoint_id: str | InstrumentedAttribute[str]) -> ColumnElement[bool]:
    return and_(OutboundMessage.channel == Channel.WEBHOOK, OutboundMessage.destination == endpoint_id)


def _has_type(kind: ColumnElement[str] | InstrumentedAttribute[str], types: Collection[str]) -> ColumnElement[bool]:
    return kind.in_(types) if types else true()


def _insert(rows: Select[Any]) -> Any:
    return insert(OutboundMessage).from_select(
        [column.name for column in rows.selected_columns], rows, include_defaults=False
    )


def _messages(which: ColumnElement[bool]) -> Select[Any]:
    """SQL for: the rows of these events and endpoints, where the endpoint wants events of this type.

    A message is as old as its event. To an endpoint that does not answer it is due when its rest is over; to one that
    is paused it is not due.
    """
    payload = func.jsonb_build_object(
        *("type", ShopEvent.type, "id", ShopEvent.event_id),
        *("created_at", func.to_char(func.timezone("UTC", ShopEvent.created_at), _MOMENT)),
        *("sequence", ShopEvent.sequence, "data", ShopEvent.data),
        type_=JSONB,
    )
    types, paused = EventEndpoint.types, EventEndpoint.paused_at.is_not(None)
    every = func.cardinality(types) == 0
    return (
        select(
            func.gen_random_uuid().label("id"),
            func.concat("msg", func.replace(cast(func.gen_random_uuid(), String), "-", "")).label("message_id"),
            literal(Channel.WEBHOOK.value).label("channel"),
            EventEndpoint.endpoint_id.label("destination"),
            payload.label("content"),
            func.concat(EVENT, ":", ShopEvent.event_id, ":", EventEndpoint.endpoint_id).label("dedup_key"),
            literal(EVENT).label("about_kind"),
            ShopEvent.event_id.label("about_id"),
            ShopEvent.created_at.label("created_at"),
            case((paused, null()), else_=func.greatest(EventEndpoint.rest_until, clock.now())).label("due_at"),
            case((paused, PAUSED)).label("answer"),
            literal(0).label("attempts"),
            ShopEvent.request_id.label("request_id"),
        )
        .select_from(ShopEvent)
        .join(EventEndpoint, or_(every, ShopEvent.type == func.any(types)))
        .where(which)
    )
