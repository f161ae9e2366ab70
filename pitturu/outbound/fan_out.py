"""The kind of work that makes messages of events, one to each endpoint that wants them.

It is not done in the transaction of the event, which would have to read the endpoints each time. An event is due from
its commit until its messages are committed, so none is lost; the sweep finds it, within seconds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, select

from pitturu.domain.errors import GatewayError
from pitturu.domain.jobs import Queue
from pitturu.domain.retry_policy import RetryPolicy
from pitturu.domain.work import NextActor
from pitturu.outbound.message import DELIVER_EVENTS
from pitturu.payments.explanations import Description, Waiting, waiting_for
from pitturu.payments.handlers import JobHandler, WorkerContext
from pitturu.payments.row_kinds import By, RowKind, replay_dead_row
from pitturu.store import claims, event_messages, lookup
from pitturu.store.base import any_of
from pitturu.store.shop_events import ShopEvent
from pitturu.store.unit_of_work import UnitOfWork

BATCH: Final = 500
"""Events of one transaction: its statements are the same for any number."""

PATIENT: Final = RetryPolicy(first=timedelta(seconds=5), cap=timedelta(minutes=10), attempts=50)
"""Only the database takes part, so it fails with an error of ours, or not at all."""

FAN_OUT: Final = "outbound.fan_out"


@dataclass(frozen=True)
class ClaimedEvents:
    """Events to make messages of, and the end of their lease."""

    keys: tuple[UUID, ...]
    until: datetime
    request_id: None = None
    session_key: None = None


def _claim(context: WorkerContext, work: UnitOfWork, _room: int) -> Sequence[ClaimedEvents]:
    rows = claims.claim_columns(work, ShopEvent, (ShopEvent.id, ShopEvent.due_at), BATCH, context.settings.lease)
    return [ClaimedEvents(tuple(key for key, _ in rows), rows[0][1])] if rows else []


def _ask(_context: WorkerContext, claimed: ClaimedEvents) -> tuple[UUID, ...]:
    """Nobody is asked: all that has to be known is in the database."""
    return claimed.keys


def _apply(
    _context: WorkerContext, work: UnitOfWork, claimed: ClaimedEvents, answer: tuple[UUID, ...] | GatewayError
) -> None:
    ours = select(ShopEvent.id).where(*_ours(claimed)).order_by(ShopEvent.id).with_for_update()
    keys = work.session.scalars(ours).all()
    if event_messages.fan_out(work, keys):
        work.wake(DELIVER_EVENTS)
    claims.finish(work, ShopEvent, keys)


def _postpone(work: UnitOfWork, claimed: ClaimedEvents, reason: str) -> None:
    for row in work.lock(select(ShopEvent).where(*_ours(claimed)).order_by(ShopEvent.id)):
        row.retry(claimed.until, PATIENT, reason)


def _ours(claimed: ClaimedEvents) -> tuple[ColumnElement[bool], ...]:
    """SQL for: the claimed events whose lease is still ours."""
    return ShopEvent.id == any_of(claimed.keys), ShopEvent.due_at == claimed.until


def _describe(row: ShopEvent, doing: str) -> Description:
    done = Waiting("nothing: messages were made of it", NextActor.NOBODY, "Nothing.")
    return Description(row.event_id, row.type, row.created_at, waiting_for(row, doing, done))


def _replay(work: UnitOfWork, row: ShopEvent, by: By) -> list[str]:
    return replay_dead_row(work, row, by, "event", row.event_id, FAN_OUT)


EVENTS: Final = RowKind(
    name="event",
    table=ShopEvent,
    find=lookup.by_columns(ShopEvent, ShopEvent.event_id),
    describe=_describe,
    replay=_replay,
)

HANDLER: Final = JobHandler(
    name="outbound.fan_out",
    queue=Queue.HOUSEKEEPING,
    rows=EVENTS,
    doing="making messages to the shop's endpoints",
    claim=_claim,
    ask=_ask,
    apply=_apply,
    postpone=_postpone,
    own_slots=1,
    partial=True,
)
