"""The kind of work that mails users about their accounts. It is apart from alerts: whoever asks for resets of a
thousand accounts delays no alert, and a mailbox that refuses mail is no case for an operator.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from pitturu.accounts import emails, password_reset
from pitturu.config.settings import Settings
from pitturu.domain import clock
from pitturu.domain.errors import GatewayError, Reaction
from pitturu.domain.jobs import Queue
from pitturu.outbound import account_texts, deliver, mail
from pitturu.outbound.account_mail import LIVES, MailKind
from pitturu.outbound.message import Message, Notice
from pitturu.outbound.rows import MESSAGES
from pitturu.payments.handlers import JobHandler, WorkerContext
from pitturu.services import services
from pitturu.store import claims, outbound, users
from pitturu.store.encryption import UnknownDataKey
from pitturu.store.outbound import ABOUT_ACCOUNTS, Channel, OutboundMessage
from pitturu.store.unit_of_work import UnitOfWork

AT_ONCE: Final = 4
"""Mails that a process sends at once: every one is a conversation with the same mail server."""

ABOUT_THEM: Final = (OutboundMessage.about_kind == ABOUT_ACCOUNTS,)

UNKNOWN: Final = "no such account, or it has no e-mail address"


@dataclass(frozen=True)
class ClaimedMail:
    """A mail to send, or why there is none, and the row that waits for it: its key and the end of its lease."""

    key: UUID
    until: datetime
    request_id: str | None
    mail: Message | str
    session_key: None = None


@dataclass(frozen=True)
class Outcome:
    """The mail server's answer, or why nothing was sent."""

    answer: str
    sent: bool


def _claim(context: WorkerContext, work: UnitOfWork, room: int) -> Sequence[ClaimedMail]:
    rows = claims.claim(work, OutboundMessage, room, context.settings.lease, *ABOUT_THEM)
    # The newest first: an older request of the same user is withdrawn, not mailed with a link that no longer works.
    rows = sorted(rows, key=lambda row: row.created_at, reverse=True)
    return [
        ClaimedMail(row.id, row.due_at or clock.now(), row.request_id, _mail(work, context.settings, row))
        for row in rows
    ]


def _mail(work: UnitOfWork, settings: Settings, row: OutboundMessage) -> Message | str:
    kind = MailKind(row.content["kind"])
    if clock.now() >= row.created_at + LIVES[kind]:
        return "withdrawn, because its time was over before it could be sent"
    try:
        found = _written(work, settings, row, kind)
    except UnknownDataKey:
        return "withdrawn, because it was encrypted with a key that is not in DATA_KEYS"
    if isinstance(found, str):
        return found
    address, notice = found
    content = {"subject": notice.subject, "text": notice.text}
    return Message(row.message_id, Channel.EMAIL, row.created_at, address, content)


def _written(work: UnitOfWork, settings: Settings, row: OutboundMessage, kind: MailKind) -> tuple[str, Notice] | str:
    """The address and the text, or why there is nothing to send."""
    sealed, replaced = row.content["sealed"], "withdrawn, because a newer request has replaced it"
    text = None if sealed is None else services().cipher.decrypt(sealed.encode(), row.message_id).decode()
    if kind is MailKind.PASSWORD_RESET:
        issued = password_reset.issue(work, text or "", row.dedup_key, row.created_at)
        if issued is None:
            return UNKNOWN
        notice = account_texts.password_reset(settings, issued.links, issued.until)
        return (issued.address, notice) if issued.links else replaced
    user = users.by_key(UUID(row.content["user"]))
    if user is None:
        return UNKNOWN
    if kind is MailKind.VERIFY_EMAIL:
        code = emails.issue(work, user.username, row.dedup_key)
        return replaced if code is None else (code[0], account_texts.verify_email(settings, *code[1:]))
    return text or "", account_texts.changed(settings, kind, user.username, row.created_at)


def _ask(context: WorkerContext, claimed: ClaimedMail) -> Outcome:
    if isinstance(claimed.mail, str):
        return Outcome(claimed.mail, sent=False)
    return Outcome(mail.send(context.settings, claimed.mail), sent=True)


def _apply(_context: WorkerContext, work: UnitOfWork, claimed: ClaimedMail, outcome: Outcome | GatewayError) -> None:
    row = outbound.lock(work, claimed.key)
    if row.due_at != claimed.until and not (isinstance(outcome, Outcome) and outcome.sent):
        # Its lease has ended: another worker sends it, or has sent it.
        return
    if isinstance(outcome, Outcome) and outcome.answer == UNKNOWN:
        # Whoever types names of nobody fills no table.
        work.session.delete(row)
    elif isinstance(outcome, Outcome):
        _close(row, outcome.answer, sent=outcome.sent)
    elif outcome.reaction is Reaction.STOP:
        _close(row, f"withdrawn: {outcome.message}", sent=False)
    else:
        row.retry(claimed.until, deliver.THREE_DAYS, outcome.message)


def _close(row: OutboundMessage, answer: str, *, sent: bool) -> None:
    row.close(answer, delivered=sent)
    row.content = {"kind": row.content["kind"]}


HANDLER: Final = JobHandler(
    name="outbound.deliver_account_mail",
    queue=Queue.HOUSEKEEPING,
    rows=MESSAGES,
    due_rows=ABOUT_THEM,
    doing="mailing a user about the account",
    claim=_claim,
    ask=_ask,
    apply=_apply,
    postpone=deliver.postpone,
    prefetch=deliver.prefetch,
    own_slots=AT_ONCE,
)
