"""The kinds of work that deliver notices to buyers, one for each way: at least once, in the order of each session.

Each has slots of its own: a slow mail server or receiver delays neither the other way, nor alerts, nor events.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Final

from sqlalchemy import ColumnElement

from pitturu.config.settings import Settings
from pitturu.domain import clock
from pitturu.domain.jobs import Queue
from pitturu.domain.notices import NoticeWay
from pitturu.notices.facts import NoticeFacts
from pitturu.outbound import buyer_notices, deliver, mail, notice_webhook
from pitturu.outbound.buyer_notices import Addressed
from pitturu.outbound.deliver import ClaimedMessage, Outcome
from pitturu.outbound.message import Message
from pitturu.outbound.rows import MESSAGES
from pitturu.payments.handlers import JobHandler, WorkerContext
from pitturu.store import claims
from pitturu.store.outbound import Channel, OutboundMessage
from pitturu.store.unit_of_work import UnitOfWork

AT_ONCE: Final = 8
"""Notices that a process sends at once in one way."""

NOTICES: Final = OutboundMessage.session_key.is_not(None)
BY_MAIL: Final = (NOTICES, OutboundMessage.channel == Channel.EMAIL)
BY_WEBHOOK: Final = (NOTICES, OutboundMessage.channel == Channel.WEBHOOK)


@dataclass(frozen=True)
class ClaimedNotice(ClaimedMessage):
    """A notice, and its recipient and facts as they are now, or why it is not sent."""

    notice: Addressed | str = ""


def _claim_mails(context: WorkerContext, work: UnitOfWork, room: int) -> Sequence[ClaimedNotice]:
    return _claim(context, work, room, BY_MAIL)


def _claim_webhooks(context: WorkerContext, work: UnitOfWork, room: int) -> Sequence[ClaimedNotice]:
    return _claim(context, work, room, BY_WEBHOOK)


def _claim(
    context: WorkerContext, work: UnitOfWork, room: int, which: tuple[ColumnElement[bool], ...]
) -> Sequence[ClaimedNotice]:
    """What is claimed is sent at once, so what is read here is true when it is sent."""
    rows = claims.claim(work, OutboundMessage, room, context.settings.lease, *which)
    return [_claimed(context.settings, row) for row in rows]


def _claimed(settings: Settings, row: OutboundMessage) -> ClaimedNotice:
    plain = deliver.claimed_message(row)
    notice = buyer_notices.address(settings, row)
    return ClaimedNotice(plain.key, plain.until, plain.request_id, plain.message, notice=notice)


def _ask(context: WorkerContext, claimed: ClaimedNotice) -> Outcome:
    if isinstance(claimed.notice, str):
        return Outcome(claimed.notice, delivered=False)
    settings, notice, plain = context.settings, claimed.notice, claimed.message
    message = addressed_message(settings, notice, plain)
    return Outcome(send(settings, notice.way, message), delivered=True)


def addressed_message(settings: Settings, notice: Addressed, plain: Message) -> Message:
    """The message with its recipient and text. Raises GatewayError."""
    values, text = buyer_notices.render(settings, notice.way, notice.facts)
    if notice.way is NoticeWay.EMAIL:
        mail_parts = {"subject": text.subject, "text": text.text, "html": text.html, "sender": settings.shop_name}
        return Message(plain.message_id, Channel.EMAIL, plain.created_at, notice.recipient, mail_parts)
    about = notice.facts
    data: dict[str, object] = {
        "kind": about.kind,
        "language": values["language"],
        "telephone": notice.recipient,
        "session_id": about.session_id,
        "variables": values,
        "subject": text.subject,
        "text": text.text,
    }
    at = plain.created_at.astimezone(UTC).isoformat(timespec="microseconds")
    content = {"type": f"notice.{about.kind}", "id": plain.message_id, "created_at": at, "data": data}
    return Message(plain.message_id, Channel.WEBHOOK, plain.created_at, "", content)


def send(settings: Settings, way: NoticeWay, message: Message) -> str:
    """Send it once. Returns the receiver's answer. Raises GatewayError."""
    return mail.send(settings, message) if way is NoticeWay.EMAIL else notice_webhook.send(settings, message)


def example(settings: Settings, facts: NoticeFacts, way: NoticeWay, recipient: str, message_id: str) -> Message:
    """A notice with the facts of an example."""
    plain = Message(message_id, Channel(way), clock.now(), "", {})
    return addressed_message(settings, Addressed(way, recipient, facts), plain)


HANDLER: Final = JobHandler(
    name="outbound.deliver_notices",
    queue=Queue.HOUSEKEEPING,
    rows=MESSAGES,
    due_rows=BY_MAIL,
    doing="mailing the notice to the buyer",
    claim=_claim_mails,
    ask=_ask,
    apply=deliver.apply,
    postpone=deliver.postpone,
    prefetch=deliver.prefetch,
    own_slots=AT_ONCE,
    partial=True,
)

WEBHOOK_HANDLER: Final = JobHandler(
    name="outbound.deliver_notices_by_webhook",
    queue=Queue.HOUSEKEEPING,
    rows=MESSAGES,
    due_rows=BY_WEBHOOK,
    doing="posting the notice to the buyer",
    claim=_claim_webhooks,
    ask=_ask,
    apply=deliver.apply,
    postpone=deliver.postpone,
    prefetch=deliver.prefetch,
    own_slots=AT_ONCE,
    partial=True,
)
