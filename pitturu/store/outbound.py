"""Messages to others, each a row that waits to be delivered. A dead one blocks none.

Only those to buyers have an order, among those of one session on one channel.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar, Final
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Index, String, and_, delete, or_, select
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.orm import Mapped, aliased, mapped_column

from pitturu.domain import clock, ids
from pitturu.domain.operator_actions import Thing
from pitturu.extensions import db
from pitturu.store.base import Base, Created, DueRow, Moment, one_of
from pitturu.store.paging import newest_first
from pitturu.store.unit_of_work import UnitOfWork

KEPT_FOR: Final = timedelta(days=90)
"""How long messages are kept that were delivered or withdrawn: to look up what was sent during a quarter."""

LONGEST_ANSWER: Final = 200


ABOUT_ACCOUNTS: Final = "account"
"""`about_kind` of mail to users about their own accounts, which has a kind of work of its own."""


class Channel(StrEnum):
    """How a message is sent; each has a sender in `pitturu.outbound`."""

    SLACK = "slack"
    EMAIL = "email"
    WEBHOOK = "webhook"


class MessageStatus(StrEnum):
    """PENDING is tried again; DEAD waits for an operator; WITHDRAWN was not sent, because its recipient was removed."""

    PENDING = "pending"
    DELIVERED = "delivered"
    DEAD = "dead"
    WITHDRAWN = "withdrawn"


class OutboundMessage(DueRow, Created, Base):
    """One message to one recipient.

    `destination` is an address for the channel, "" where a setting has it because it is a secret. `content` is what the
    channel's sender makes the message of. No two rows have the same `dedup_key`. `about_kind` and `about_id` name what
    the message is about. `answer` is what the receiver said, or why nothing was sent.

    `session_key` is set for notices to buyers, and for nothing else. It is no foreign key: sessions are never deleted,
    and adding one would lock both tables while all messages are read. Neither their recipient nor their text is here:
    both are read from the session when they are sent, so erasing the session leaves nothing behind in messages.
    """

    inserted_once_by: ClassVar[str] = "dedup_key"
    __tablename__ = "outbound_messages"
    __table_args__ = (
        one_of("channel", Channel),
        Index("ix_outbound_messages_due", "due_at", postgresql_where="due_at IS NOT NULL"),
        Index("ix_outbound_messages_dead", "dead_at", postgresql_where="dead_at IS NOT NULL"),
        Index(
            "ix_outbound_messages_webhooks", "destination", "created_at", "id", postgresql_where="channel = 'webhook'"
        ),
        Index("ix_outbound_messages_waiting", "destination", "due_at", postgresql_where="due_at IS NOT NULL"),
        Index(
            "ix_outbound_messages_notices", *("session_key", "created_at"), postgresql_where="session_key IS NOT NULL"
        ),
        Index("ix_outbound_messages_closed", "created_at", postgresql_where="due_at IS NULL AND dead_at IS NULL"),
    )

    message_id: Mapped[str] = mapped_column(String(64), unique=True)
    channel: Mapped[str] = mapped_column(String(20))
    destination: Mapped[str] = mapped_column(String(320))
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)
    dedup_key: Mapped[str] = mapped_column(String(255), unique=True)
    about_kind: Mapped[str] = mapped_column(String(30))
    about_id: Mapped[str] = mapped_column(String(64))
    session_key: Mapped[UUID | None] = mapped_column()
    delivered_at: Mapped[datetime | None] = mapped_column(Moment)
    answer: Mapped[str | None] = mapped_column(String(LONGEST_ANSWER))

    @classmethod
    def unblocked(cls) -> ColumnElement[bool]:
        """SQL for: no earlier notice of the same session is being sent on the same channel. A reminder whose time has
        not come blocks none, nor does a dead one."""
        earlier = aliased(cls)
        same = earlier.session_key == cls.session_key, earlier.channel == cls.channel
        under_way = earlier.due_at.is_not(None), or_(earlier.attempts > 0, earlier.due_at <= clock.now())
        first = select(earlier.id).where(*same, *under_way, earlier.created_at < cls.created_at)
        return or_(cls.session_key.is_(None), ~first.exists())

    @classmethod
    def is_backlog(cls) -> ColumnElement[bool]:
        """Neither an event to an endpoint of the shop, where a slow one is another alert, nor a notice to a buyer:
        their receivers are slow or down without any fault of the workers."""
        return and_(cls.channel != Channel.WEBHOOK, cls.session_key.is_(None))

    @classmethod
    def died(cls) -> ColumnElement[bool]:
        """Not a notice to a buyer: anybody can type an address that takes no mail, and would raise an alert by it."""
        return and_(cls.dead_at.is_not(None), cls.session_key.is_(None))

    @property
    def status(self) -> MessageStatus:
        """How far it has come."""
        if self.delivered_at is not None:
            return MessageStatus.DELIVERED
        if self.dead_at is not None:
            return MessageStatus.DEAD
        return MessageStatus.PENDING if self.due_at is not None else MessageStatus.WITHDRAWN

    def close(self, answer: str, *, delivered: bool) -> None:
        """Nothing is left to do: it was delivered, or withdrawn."""
        self.delivered_at = clock.now() if delivered else None
        self.answer = answer[:LONGEST_ANSWER]
        self.due_at, self.attempts, self.last_error, self.dead_at = None, 0, None, None


def add_once(
    work: UnitOfWork, channel: Channel, destination: str, content: Mapping[str, Any], dedup_key: str, about: Thing
) -> bool:
    """Add a message that is due now; False when one with this key was added before."""
    row = insert(OutboundMessage).values(
        id=uuid4(),
        message_id=ids.new("msg"),
        channel=channel,
        destination=destination,
        content=dict(content),
        dedup_key=dedup_key,
        about_kind=about.kind,
        about_id=about.id,
        created_at=clock.now(),
        due_at=clock.now(),
    )
    once = row.on_conflict_do_nothing(index_elements=["dedup_key"]).returning(OutboundMessage.id)
    return work.session.scalar(once) is not None


def lock(work: UnitOfWork, key: UUID) -> OutboundMessage:
    """One message under its row lock, as it is now."""
    (row,) = work.lock(select(OutboundMessage).where(OutboundMessage.id == key))
    return row


def deliveries(
    endpoint_id: str, status: MessageStatus | None, before: tuple[datetime, UUID] | None, limit: int
) -> Sequence[OutboundMessage]:
    """The messages to an endpoint of the shop, newest first, at most `limit`."""
    query = select(OutboundMessage).where(OutboundMessage.channel == Channel.WEBHOOK)
    query = query.where(OutboundMessage.destination == endpoint_id)
    if status is not None:
        query = query.where(*_having(status))
    return db.session.scalars(newest_first(query, OutboundMessage, before, limit)).all()


def _having(status: MessageStatus) -> tuple[ColumnElement[bool], ...]:
    delivered, dead, due = OutboundMessage.delivered_at, OutboundMessage.dead_at, OutboundMessage.due_at
    match status:
        case MessageStatus.DELIVERED:
            return (delivered.is_not(None),)
        case MessageStatus.DEAD:
            return delivered.is_(None), dead.is_not(None)
        case MessageStatus.PENDING:
            return delivered.is_(None), dead.is_(None), due.is_not(None)
        case MessageStatus.WITHDRAWN:
            return delivered.is_(None), dead.is_(None), due.is_(None)


def delete_expired() -> None:
    """Delete old messages that were delivered or withdrawn. Others wait for somebody, and stay."""
    closed = OutboundMessage.due_at.is_(None), OutboundMessage.dead_at.is_(None)
    db.session.execute(delete(OutboundMessage).where(*closed, OutboundMessage.created_at <= clock.now() - KEPT_FOR))
