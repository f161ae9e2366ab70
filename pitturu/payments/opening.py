"""A buyer wants to pay: the price is computed here, the stock is held, the session waits to be prepared."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from pitturu.domain import clock, ids
from pitturu.domain.errors import Conflict, NotFound, Unprocessable
from pitturu.domain.jobs import JobName
from pitturu.domain.lifecycle import SessionStatus
from pitturu.domain.money import CURRENCY, AmountOutOfRange, line_total
from pitturu.domain.provider import Generation, PayMethod
from pitturu.payments import timeline
from pitturu.payments.timeline import News
from pitturu.settings import Settings
from pitturu.store import items, sessions
from pitturu.store.items import Offer
from pitturu.store.sessions import PaymentSession, SessionRow
from pitturu.store.unit_of_work import wake

NOT_PAID_YET: Final = frozenset({SessionStatus.CREATED, SessionStatus.PREPARED})
"""Nobody has said that the buyer paid."""


@dataclass(frozen=True)
class Wish:
    """What the buyer chose and who they are. The client names no price."""

    item_id: UUID
    quantity: int
    buyer_name: str
    buyer_email: str
    buyer_tel: str
    generation: Generation | None = None
    pay_method: PayMethod | None = None
    buyer_addr: str | None = None
    buyer_postcode: str | None = None
    redirect_url: str | None = None


def request(username: str, wish: Wish, settings: Settings, request_id: str) -> SessionRow:
    """Open a session and hold its stock.

    Raises NotFound (item), Conflict (sold out), Unprocessable (total; a generation that is not served here).
    """
    generation = _served(wish.generation or settings.portone_generation, settings)
    item = items.offer(wish.item_id)
    if item is None:
        raise NotFound("item_not_found", "There is no such item. Read GET /api/v1/items again and choose from it.")
    now = clock.now()
    session = sessions.add(
        session_id=ids.session_id(),
        merchant_uid=ids.merchant_uid(),
        user_username=username,
        item_id=item.id,
        item_name=item.name,
        unit_price=item.price,
        amount=_total(item, wish.quantity),
        currency=CURRENCY,
        quantity=wish.quantity,
        stock_held=hold(item, wish.quantity),
        status=SessionStatus.CREATED,
        generation=generation,
        pay_method=wish.pay_method,
        buyer_name=wish.buyer_name,
        buyer_email=wish.buyer_email,
        buyer_tel=wish.buyer_tel,
        buyer_addr=wish.buyer_addr,
        buyer_postcode=wish.buyer_postcode,
        redirect_url=wish.redirect_url,
        expires_at=now + settings.session_ttl,
        next_job=JobName.PREPARE,
        due_at=now,
        request_id=request_id,
    )
    timeline.opened(session, News("session", username, now, request_id))
    wake(JobName.PREPARE)
    return session


def prepare_again(username: str, session_id: str, pay_method: PayMethod | None, request_id: str) -> PaymentSession:
    """Ask for the pre-registration once more. A declined session that has time left opens again. Idempotent.

    `pay_method` is another way to pay the same order; the amount that PortOne knows stays as it is. Raises NotFound,
    and Conflict when the session is past paying, its stock was sold meanwhile, or a payment is under way already.
    """
    session = sessions.owned(session_id, username, locked=True)
    if session is None:
        raise unknown_session()
    now = clock.now()
    news = News("prepare", username, now, request_id)
    if session.state is SessionStatus.FAILED and session.expires_at > now:
        _reopen(session, news)
    if not session.is_open:
        raise Conflict(
            "session_closed",
            f"This session is {session.status} and cannot be paid any more. Open a new one to try again.",
        )
    if pay_method not in (None, session.pay_method or PayMethod.CARD):
        _change_method(session, pay_method, news)
    if session.state in NOT_PAID_YET and session.expires_at <= now:
        raise Conflict(
            "session_closed",
            "This session's time is over, and PortOne is being asked how it ended. Read it again until it is settled; "
            "if it was not paid, open a new one.",
        )
    if session.state is SessionStatus.CREATED:
        session.plan(JobName.PREPARE, now)
        session.request_id = request_id
        wake(JobName.PREPARE)
    return session


def close(username: str, session_id: str, request_id: str) -> PaymentSession:
    """The buyer gives the checkout up: its deadline is now. Idempotent; what is over stays as it is.

    Nothing ends before PortOne was asked, so the session expires, or turns out to be paid, a moment later. A declined
    one has ended already; it only cannot be tried again. Raises NotFound, and Conflict when a virtual account waits for
    money.
    """
    session = sessions.owned(session_id, username, locked=True)
    if session is None:
        raise unknown_session()
    if session.state is SessionStatus.AWAITING_DEPOSIT:
        raise Conflict(
            "deposit_awaited",
            "A virtual account waits for this session's money. Cancel its payment instead: "
            "POST /api/v1/payments/{payment_id}/cancel withdraws the account.",
        )
    now = clock.now()
    if session.expires_at <= now or not (session.is_open or session.state is SessionStatus.FAILED):
        return session
    session.expires_at = now
    timeline.note(session, None, News("close", username, now, request_id), "given_up", "The buyer gave it up.")
    if session.is_open:
        # Whoever asks next, asks after the deadline, so that one answer decides.
        job = JobName.VERIFY if session.state is SessionStatus.VERIFYING else JobName.EXPIRE
        session.plan(job, now)
        session.request_id = request_id
        wake(job)
    return session


def _change_method(session: PaymentSession, pay_method: PayMethod | None, news: News) -> None:
    if session.state not in NOT_PAID_YET:
        raise Conflict(
            "payment_under_way",
            f"This session is {session.status}: its payment may have gone through already, so the way to pay cannot "
            "be changed. Read the session again until that is clear.",
        )
    timeline.note(session, None, news, "method_changed", f"{session.pay_method or PayMethod.CARD} -> {pay_method}")
    session.pay_method = pay_method


def _reopen(session: PaymentSession, news: News) -> None:
    item = items.by_id(session.item_id)
    if item is not None:
        session.stock_held = hold(item, session.quantity)
    session.fail_reason, session.reopened_at = None, clock.now()
    timeline.move(session, SessionStatus.CREATED, news)


def hold(item: Offer, quantity: int) -> int:
    """Take the pieces off the shelf; how many really came off it (none for an item that never runs out).

    Raises Conflict when fewer are left.
    """
    if item.stock is None:
        return 0
    if not items.take(item.id, quantity):
        raise Conflict(
            "out_of_stock",
            "Fewer pieces are left than you want, counting those in other buyers' open checkouts. "
            "Choose a smaller quantity, or try again in a while.",
        )
    return quantity


def _served(generation: Generation, settings: Settings) -> Generation:
    if generation not in settings.generations:
        complaint = f"Sessions are paid through {' or '.join(settings.generations)} here. Choose that, or leave it out."
        raise Unprocessable("generation_not_served", complaint, {"generation": [complaint]})
    return generation


def _total(item: Offer, quantity: int) -> int:
    try:
        return line_total(item.price, quantity)
    except AmountOutOfRange as error:
        raise Unprocessable(
            "amount_out_of_range",
            "The total is larger than one payment may be. Choose a smaller quantity.",
            {"quantity": ["The total is too large."]},
        ) from error


def unknown_session() -> NotFound:
    """For a session that does not exist, or exists for somebody else."""
    return NotFound(
        "session_not_found", "You have no such payment session. Open one with POST /api/v1/payments/sessions."
    )
