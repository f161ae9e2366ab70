"""A notice to a buyer as it is to be sent now: whether it still holds, to whom it goes, and what it says.

All of that is read when it is sent. So an account that was paid meanwhile has no reminder, an erased buyer gets
nothing, and no address stands in a message.
"""

from dataclasses import dataclass, field, replace

from pitturu.config.notices import is_address
from pitturu.config.settings import Settings
from pitturu.domain import clock
from pitturu.domain.errors import GatewayError, Reaction
from pitturu.domain.lifecycle import SessionStatus
from pitturu.domain.notices import ABOUT_ACCOUNT, NoticeKind, NoticeWay
from pitturu.domain.provider import RefundAccount
from pitturu.notices import templates
from pitturu.notices.facts import NoticeFacts, Refund
from pitturu.notices.templates import CannotRender, Rendered
from pitturu.notices.variables import variables
from pitturu.payments.notices import account_digest
from pitturu.store import buyer_notices
from pitturu.store.outbound import OutboundMessage
from pitturu.store.sessions import PaymentSession


@dataclass(frozen=True)
class Addressed:
    """A notice and its recipient: an e-mail address, or a telephone number for the way by webhook."""

    way: NoticeWay
    recipient: str = field(repr=False)
    facts: NoticeFacts


def address(settings: Settings, row: OutboundMessage) -> Addressed | str:
    """The notice as it is now, or why it is not sent any more."""
    kind, way = NoticeKind(row.content["kind"]), NoticeWay(row.channel)
    if kind not in settings.notice_kinds or way not in settings.notice_channels:
        return "withdrawn, because NOTICES or NOTICE_CHANNELS do not name it any more"
    session, erased = buyer_notices.session_of(row)
    if erased:
        return "withdrawn, because the buyer's data was erased"
    recipient = session.buyer_email if way is NoticeWay.EMAIL else session.buyer_tel
    if way is NoticeWay.EMAIL and not is_address(recipient):
        return "withdrawn, because the order has no e-mail address"
    if kind in ABOUT_ACCOUNT:
        if not _holds(kind, row, session):
            return "withdrawn, because the order does not wait for this deposit any more"
        if buyer_notices.earlier_today(row, session) >= settings.notice_limit:
            return f"withdrawn, because of NOTICE_LIMIT: {settings.notice_limit} were written within a day before"
    return Addressed(way, recipient, _facts(kind, row, session))


def render(settings: Settings, way: NoticeWay, facts: NoticeFacts) -> tuple[dict[str, str], Rendered]:
    """The variables of a notice and its text, in the buyer's language or English. Raises GatewayError."""
    found = templates.load(settings.notice_templates)
    facts = replace(facts, language=found.language(facts.kind, way, facts.language))
    values = variables(facts, settings.shop_name, settings.order_url)
    try:
        return values, found.render(way, values)
    except CannotRender as error:
        words = f"A template of NOTICE_TEMPLATES cannot be rendered. {error}. Correct it and restart."
        raise GatewayError(Reaction.CALL_HUMAN, words) from None


def _holds(kind: NoticeKind, row: OutboundMessage, session: PaymentSession) -> bool:
    """Whether what a notice says of an account is true now."""
    if account_digest(session) != row.content["account"]:
        return False
    if kind is NoticeKind.DEPOSIT_EXPIRED:
        return session.state is SessionStatus.EXPIRED
    in_time = session.vbank_due_at is None or clock.now() < session.vbank_due_at
    return session.state is SessionStatus.AWAITING_DEPOSIT and in_time


def _facts(kind: NoticeKind, row: OutboundMessage, session: PaymentSession) -> NoticeFacts:
    return NoticeFacts(
        kind=kind,
        language=session.language,
        session_id=session.session_id,
        order_number=session.merchant_uid,
        reference=session.reference,
        item_name=session.item_name,
        line_count=session.line_count,
        amount=session.amount,
        pay_method=str(row.content.get("pay_method") or session.pay_method or ""),
        buyer_name=session.buyer_name,
        account=session.virtual_account,
        paid_at=session.paid_at,
        refund=_refund(row) if kind is NoticeKind.REFUNDED else None,
    )


def _refund(row: OutboundMessage) -> Refund:
    content, account = row.content, None
    cancel = buyer_notices.refund_of(content["cancellation_id"]) if content["cancellation_id"] else None
    if cancel is not None and cancel.refund_bank:
        account = RefundAccount(cancel.refund_bank, cancel.refund_number or "", cancel.refund_holder or "")
    return Refund(content["amount"], content["remaining"], row.created_at, account, content["paid_order"])
