"""How operators find, list, explain and replay messages."""

from dataclasses import replace
from typing import Final

from sqlalchemy import and_

from pitturu.domain.notices import DELIVER_NOTICES, DELIVER_NOTICES_BY_WEBHOOK
from pitturu.domain.work import NextActor, Stuck
from pitturu.outbound.message import DELIVER, DELIVER_ACCOUNT_MAIL, DELIVER_EVENTS
from pitturu.payments.explanations import Description, Waiting, waiting_for
from pitturu.payments.row_kinds import By, RowKind, replay_dead_row
from pitturu.store import lookup
from pitturu.store.dead_letters import StuckCase
from pitturu.store.outbound import ABOUT_ACCOUNTS, Channel, MessageStatus, OutboundMessage
from pitturu.store.unit_of_work import UnitOfWork


def _describe(row: OutboundMessage, doing: str) -> Description:
    if row.status in (MessageStatus.DELIVERED, MessageStatus.WITHDRAWN):
        which = f"{_about(row)} by {row.channel}, " if row.session_key else ""
        waiting = Waiting(f"nothing: {which}{row.answer}", NextActor.NOBODY, "Nothing.")
    else:
        scheduled = Waiting("a worker", NextActor.WORKER, "Nothing: it is scheduled.")
        waiting = waiting_for(row, f"{doing} ({row.channel}, about {_about(row)})", scheduled)
        if waiting.next_actor is NextActor.PORTONE:
            # Somebody else's server takes no message now, and nobody here can do more than try again.
            waiting = replace(waiting, next_actor=NextActor.WORKER)
    return Description(row.message_id, row.status, row.delivered_at or row.dead_at or row.created_at, waiting)


def _about(row: OutboundMessage) -> str:
    return f"{row.content['kind'] if row.session_key else row.about_kind} {row.about_id}"


def _next_job(row: OutboundMessage) -> str:
    if row.session_key is not None:
        return DELIVER_NOTICES if row.channel == Channel.EMAIL else DELIVER_NOTICES_BY_WEBHOOK
    if row.about_kind == ABOUT_ACCOUNTS:
        return DELIVER_ACCOUNT_MAIL
    return DELIVER_EVENTS if row.channel == Channel.WEBHOOK else DELIVER


def _replay(work: UnitOfWork, row: OutboundMessage, by: By) -> list[str]:
    return replay_dead_row(work, row, by, "message", row.message_id, _next_job(row))


UNDELIVERED: Final = StuckCase(
    Stuck.DEAD,
    since=OutboundMessage.dead_at,
    condition=and_(OutboundMessage.dead_at.is_not(None), OutboundMessage.session_key.is_not(None)),
    counted_as="undelivered_notices",
)
"""Dead notices to buyers: listed and replayed like other dead rows, and no alert (`OutboundMessage.died`)."""

MESSAGES: Final = RowKind(
    name="message",
    table=OutboundMessage,
    find=lookup.by_columns(OutboundMessage, OutboundMessage.message_id),
    describe=_describe,
    replay=_replay,
    next_job=_next_job,
    needs_decision=(UNDELIVERED,),
)
