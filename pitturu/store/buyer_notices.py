"""What a notice to a buyer is made of when it is sent: its session, and how many others went to the same recipient."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, collate, func, literal, literal_column, or_, select, text, tuple_

from pitturu.domain.notices import NoticeWay
from pitturu.extensions import db
from pitturu.store.cancellations import Cancellation
from pitturu.store.outbound import OutboundMessage
from pitturu.store.sessions import BUYER_EMAIL, BUYER_KNOWN, BUYER_TEL, PaymentSession
from pitturu.store.users import User

NOTICE: Final = "notice"
"""`about_kind` of notices; `about_id` is the public id of the session."""

DAY: Final = timedelta(days=1)

MOST: Final = 20
"""Notices shown of one session: an account, a reminder, a payment and some refunds, on two channels."""

_DELIVERED, _DUE, _DEAD = OutboundMessage.delivered_at, OutboundMessage.due_at, OutboundMessage.dead_at


def session_of(row: OutboundMessage) -> tuple[PaymentSession, bool]:
    """The session of a notice, and whether its buyer's data was erased or is to be forgotten."""
    query = select(PaymentSession, User.erased_at).join(User, User.username == PaymentSession.user_username)
    session, erased_at = db.session.execute(query.where(PaymentSession.id == row.session_key)).one()
    return session, session.buyer_erased_at is not None or erased_at is not None


def refund_of(cancellation_id: str) -> Cancellation | None:
    """The cancel that a notice of a refund is about."""
    return db.session.scalar(select(Cancellation).where(Cancellation.cancellation_id == cancellation_id))


def earlier_today(row: OutboundMessage, session: PaymentSession) -> int:
    """How many notices of this kind were written within a day before this one, on its channel: to the same recipient,
    or of the same buyer, whichever are more. Withdrawn ones do not count.

    All that count were committed before, so two workers at once come to the same number.
    """
    here = OutboundMessage.channel == row.channel, OutboundMessage.content["kind"].astext == row.content["kind"]
    order = tuple_(OutboundMessage.created_at, OutboundMessage.id)
    before = order < tuple_(row.created_at, row.id), OutboundMessage.created_at > row.created_at - DAY
    kept = or_(*(column.is_not(None) for column in (_DELIVERED, _DUE, _DEAD)))
    query = select(func.count()).select_from(OutboundMessage)
    query = query.join(PaymentSession, PaymentSession.id == OutboundMessage.session_key).where(*here, *before, kept)
    recipient, buyer = _same_recipient(row, session), PaymentSession.user_username == session.user_username
    return max(db.session.scalars(query.where(same)).one() for same in (recipient, buyer))


def _same_recipient(row: OutboundMessage, session: PaymentSession) -> ColumnElement[bool]:
    """SQL for: the session has the same address or telephone. It has the form of the indexes of these columns."""
    if row.channel == NoticeWay.EMAIL:
        same = literal_column(BUYER_EMAIL) == func.lower(collate(literal(session.buyer_email), "C"))
    else:
        plain = func.translate(collate(literal(session.buyer_tel), "C"), "+- ", "")
        same = literal_column(BUYER_TEL) == func.reverse(plain)
    return and_(text(BUYER_KNOWN), same)


def of_session(session_key: UUID) -> Sequence[OutboundMessage]:
    """The newest notices of a session, at most MOST, oldest first."""
    query = select(OutboundMessage).where(OutboundMessage.session_key == session_key)
    return db.session.scalars(query.order_by(OutboundMessage.created_at.desc()).limit(MOST)).all()[::-1]
