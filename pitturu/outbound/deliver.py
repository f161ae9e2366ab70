"""The kind of work that delivers messages: at least once, for three days, then the message is dead.

A worker that dies after the receiver took a message, or loses its answer, makes another one send it again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import select

from pitturu.domain import clock
from pitturu.domain.errors import GatewayError, Reaction
from pitturu.domain.jobs import Queue
from pitturu.domain.operator_actions import Thing
from pitturu.domain.retry_policy import RetryPolicy
from pitturu.outbound import alert_notices
from pitturu.outbound.message import Message
from pitturu.outbound.rows import MESSAGES
from pitturu.outbound.senders import SENDERS
from pitturu.payments.handlers import JobHandler, WorkerContext
from pitturu.store import claims, outbound
from pitturu.store.base import any_of
from pitturu.store.outbound import Channel, OutboundMessage
from pitturu.store.unit_of_work import UnitOfWork

THREE_DAYS: Final = RetryPolicy(first=timedelta(seconds=5), cap=timedelta(hours=1), attempts=140)
"""Three days of tries on average, a few hours more or less: a weekend in which nobody repairs a mail server."""

AT_ONCE: Final = 8
"""Messages that a process sends at once: alerts are few, and a receiver that hangs occupies no more threads."""


@dataclass(frozen=True)
class Outcome:
    """How sending ended: the receiver's answer, or why nothing was sent."""

    answer: str
    delivered: bool


def _claim(context: WorkerContext, work: UnitOfWork, room: int) -> Sequence[Message]:
    rows = claims.claim(work, OutboundMessage, room, context.settings.lease)
    return [
        Message(
            key=row.id,
            until=row.due_at,
            message_id=row.message_id,
            channel=Channel(row.channel),
            about=Thing(row.about_kind, row.about_id),
            created_at=row.created_at,
            request_id=row.request_id,
            destination=row.destination,
            content=row.content,
        )
        for row in rows
        if row.due_at is not None
    ]


def _ask(context: WorkerContext, message: Message) -> Outcome:
    if not alert_notices.is_recipient(context.settings, message):
        return Outcome("withdrawn, because its recipient is no longer in the settings", delivered=False)
    return Outcome(SENDERS[message.channel](context.settings, message), delivered=True)


def _prefetch(work: UnitOfWork, messages: Sequence[Message]) -> None:
    """Lock all of them in one order, to prevent deadlocks."""
    keys = any_of(message.key for message in messages)
    work.lock(select(OutboundMessage).where(OutboundMessage.id == keys).order_by(OutboundMessage.id))


def _apply(_context: WorkerContext, work: UnitOfWork, message: Message, outcome: Outcome | GatewayError) -> None:
    row = outbound.lock(work, message.key)
    if isinstance(outcome, Outcome):
        # Also if its lease has ended meanwhile: a second delivery would be for nothing.
        row.close(outcome.answer, delivered=outcome.delivered)
        return
    if row.due_at != message.until:
        # Its lease has ended: another worker sends it, or has sent it.
        return
    if outcome.reaction is Reaction.STOP:
        row.last_error, row.due_at = outcome.message, None
        row.mark_dead()
        return
    row.retry(message.until, THREE_DAYS, outcome.message)
    if row.due_at is not None and outcome.retry_after is not None:
        row.due_at = max(row.due_at, clock.now() + outcome.retry_after)


def _postpone(work: UnitOfWork, message: Message, reason: str) -> None:
    outbound.lock(work, message.key).retry(message.until, THREE_DAYS, reason)


HANDLER: Final = JobHandler(
    name="outbound.deliver",
    queue=Queue.HOUSEKEEPING,
    rows=MESSAGES,
    doing="delivering the message",
    claim=_claim,
    ask=_ask,
    apply=_apply,
    postpone=_postpone,
    prefetch=_prefetch,
    own_slots=AT_ONCE,
)
