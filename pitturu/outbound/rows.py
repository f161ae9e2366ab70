"""How operators find, list, explain and replay messages."""

from dataclasses import replace
from typing import Final

from pitturu.domain.work import NextActor
from pitturu.outbound.message import DELIVER, DELIVER_EVENTS
from pitturu.payments.explanations import Description, Waiting, waiting_for
from pitturu.payments.row_kinds import By, RowKind, replay_dead_row
from pitturu.store import lookup
from pitturu.store.outbound import Channel, MessageStatus, OutboundMessage
from pitturu.store.unit_of_work import UnitOfWork


def _describe(row: OutboundMessage, doing: str) -> Description:
    if row.status in (MessageStatus.DELIVERED, MessageStatus.WITHDRAWN):
        waiting = Waiting(f"nothing: {row.answer}", NextActor.NOBODY, "Nothing.")
    else:
        scheduled = Waiting("a worker", NextActor.WORKER, "Nothing: it is scheduled.")
        waiting = waiting_for(row, f"{doing} ({row.channel}, about {row.about_kind} {row.about_id})", scheduled)
        if waiting.next_actor is NextActor.PORTONE:
            # Somebody else's server takes no message now, and nobody here can do more than try again.
            waiting = replace(waiting, next_actor=NextActor.WORKER)
    return Description(row.message_id, row.status, row.delivered_at or row.dead_at or row.created_at, waiting)


def _next_job(row: OutboundMessage) -> str:
    return DELIVER_EVENTS if row.channel == Channel.WEBHOOK else DELIVER


def _replay(work: UnitOfWork, row: OutboundMessage, by: By) -> list[str]:
    return replay_dead_row(work, row, by, "message", row.message_id, _next_job(row))


MESSAGES: Final = RowKind(
    name="message",
    table=OutboundMessage,
    find=lookup.by_columns(OutboundMessage, OutboundMessage.message_id),
    describe=_describe,
    replay=_replay,
    next_job=_next_job,
)
