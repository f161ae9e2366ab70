"""The kind of work that delivers messages to people: at least once, for three days, then the message is dead.

A worker that dies after the receiver took a message, or loses its answer, makes another one send it again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol
from uuid import UUID

from sqlalchemy import select

from pitturu.domain import clock
from pitturu.domain.errors import GatewayError, Reaction
from pitturu.domain.jobs import Queue
from pitturu.domain.retry_policy import RetryPolicy
from pitturu.outbound import alert_notices
from pitturu.outbound.message import Message
from pitturu.outbound.rows import MESSAGES
from pitturu.outbound.senders import SENDERS
from pitturu.payments.handlers import JobHandler, WorkerContext
from pitturu.store import claims, outbound
from pitturu.store.base import any_of
from pitturu.store.event_endpoints import Receiver
from pitturu.store.outbound import ABOUT_ACCOUNTS, Channel, OutboundMessage
from pitturu.store.unit_of_work import UnitOfWork

THREE_DAYS: Final = RetryPolicy(first=timedelta(seconds=5), cap=timedelta(hours=1), attempts=140)
"""Three days of tries on average, a few hours more or less: a weekend in which nobody repairs a mail server."""

AT_ONCE: Final = 8
"""Messages that a process sends at once: alerts are few, and a receiver that hangs occupies no more threads."""


TO_PEOPLE: Final = (
    OutboundMessage.channel != Channel.WEBHOOK,
    OutboundMessage.session_key.is_(None),
    OutboundMessage.about_kind != ABOUT_ACCOUNTS,
)
"""SQL for: no event, no notice to a buyer, no mail to a user about the account. Those have kinds of work of their own,
so that no endpoint of a shop and no number of buyers delays an alert."""


@dataclass(frozen=True)
class ClaimedMessage:
    """A message to send, and the row that waits for it: its key and the end of its lease."""

    key: UUID
    until: datetime
    request_id: str | None
    message: Message
    session_key: None = None


@dataclass(frozen=True)
class Outcome:
    """How sending ended: the receiver's answer, or why nothing was sent."""

    answer: str
    delivered: bool


def _claim(context: WorkerContext, work: UnitOfWork, room: int) -> Sequence[ClaimedMessage]:
    rows = claims.claim(work, OutboundMessage, room, context.settings.lease, *TO_PEOPLE)
    return [claimed_message(row) for row in rows]


def claimed_message(row: OutboundMessage, receiver: Receiver | None = None) -> ClaimedMessage:
    """A row that was claimed, as plain values."""
    channel = Channel(row.channel)
    message = Message(row.message_id, channel, row.created_at, row.destination, row.content, receiver)
    return ClaimedMessage(row.id, row.due_at or clock.now(), row.request_id, message)


def _ask(context: WorkerContext, claimed: ClaimedMessage) -> Outcome:
    message = claimed.message
    if not alert_notices.is_recipient(context.settings, message):
        return Outcome("withdrawn, because its recipient is no longer in the settings", delivered=False)
    return Outcome(SENDERS[message.channel](context.settings, message), delivered=True)


class ClaimedRow(Protocol):
    """A claimed message of any kind: the key of its row, and the end of its lease."""

    @property
    def key(self) -> UUID: ...
    @property
    def until(self) -> datetime: ...


def prefetch(work: UnitOfWork, messages: Sequence[ClaimedRow]) -> None:
    """Lock all of them in one order, to prevent deadlocks."""
    keys = any_of(claimed.key for claimed in messages)
    work.lock(select(OutboundMessage).where(OutboundMessage.id == keys).order_by(OutboundMessage.id))


def apply(_context: WorkerContext, work: UnitOfWork, claimed: ClaimedMessage, outcome: Outcome | GatewayError) -> None:
    """Store how sending ended."""
    row = outbound.lock(work, claimed.key)
    if isinstance(outcome, Outcome) and outcome.delivered:
        # Also if its lease has ended meanwhile: a second delivery would be for nothing.
        row.close(outcome.answer, delivered=True)
        return
    if row.due_at != claimed.until:
        # Its lease has ended, or it was made due again: another worker sends it, or has sent it.
        return
    if isinstance(outcome, Outcome):
        row.close(outcome.answer, delivered=False)
        return
    if outcome.reaction is Reaction.STOP:
        row.last_error, row.due_at = outcome.message, None
        row.mark_dead()
        return
    row.retry(claimed.until, THREE_DAYS, outcome.message)
    if row.due_at is not None and outcome.retry_after is not None:
        row.due_at = max(row.due_at, clock.now() + outcome.retry_after)


def postpone(work: UnitOfWork, claimed: ClaimedRow, reason: str) -> None:
    """After an unexpected exception: store its text and try again."""
    outbound.lock(work, claimed.key).retry(claimed.until, THREE_DAYS, reason)


HANDLER: Final = JobHandler(
    name="outbound.deliver",
    queue=Queue.HOUSEKEEPING,
    rows=MESSAGES,
    due_rows=TO_PEOPLE,
    doing="delivering the message",
    claim=_claim,
    ask=_ask,
    apply=apply,
    postpone=postpone,
    prefetch=prefetch,
    own_slots=AT_ONCE,
)
