"""Opens a session (its price is computed, the stock reserved, preparation scheduled), prepares it again, closes it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, TypeVar

from pitturu.config.settings import Settings
from pitturu.domain import clock, ids
from pitturu.domain.cash_receipts import WantedReceipt
from pitturu.domain.cause import Cause, CauseKind, EventKind, Origin, origin_of
from pitturu.domain.decision import Effect, NeedsStock, Stock
from pitturu.domain.decision import checkout as decisions
from pitturu.domain.decision.checkout import Refusal
from pitturu.domain.decision.effects import Note
from pitturu.domain.errors import Conflict, NotFound, Unprocessable
from pitturu.domain.jobs import JobName
from pitturu.domain.languages import Language
from pitturu.domain.lifecycle import SessionStatus
from pitturu.domain.money import CURRENCY
from pitturu.domain.provider import Generation, PayMethod
from pitturu.domain.roles import Requester
from pitturu.payments import new_session, pay_methods, session_limits, timeline
from pitturu.payments.apply_effects import apply_effects
from pitturu.payments.cart import WantedLine, choose, price
from pitturu.payments.loaded_order import load_session
from pitturu.store import owned_sessions
from pitturu.store.sessions import AnySession, PaymentSession, SessionRow
from pitturu.store.unit_of_work import UnitOfWork

Found = TypeVar("Found", bound=AnySession)

OWN_COLUMNS: Final = ("lines", "generation", "cash_receipt")
"""Fields of a request that are no columns of a session."""


@dataclass(frozen=True)
class CheckoutRequest:
    """The lines and the buyer's data, called like the columns of a session. Prices are not part of a request.

    `shipping` and `discount` in won come from the shop's server, never from a buyer. `consents` is what the buyer
    agreed to, None if the shop asks for nothing.
    """

    lines: Sequence[WantedLine]
    buyer_name: str
    buyer_email: str
    buyer_tel: str
    generation: Generation | None = None
    pay_method: PayMethod | None = None
    buyer_addr: str | None = None
    buyer_postcode: str | None = None
    redirect_url: str | None = None
    language: Language = Language.KO
    app_scheme: str | None = None
    reference: str | None = None
    cash_receipt: WantedReceipt | None = None
    shipping: int = 0
    discount: int = 0
    consents: Sequence[Mapping[str, str]] | None = None


def open_session(
    work: UnitOfWork,
    username: str,
    request: CheckoutRequest,
    settings: Settings,
    request_id: str,
    by: Requester | None = None,
) -> SessionRow:
    """Open a session and reserve its stock. It replaces the buyer's unpaid sessions that share an item with it.

    `by` is the API key of the shop's server that opens it for the user; None for the user.
    Raises NotFound (item), Conflict (retired, sold out, too many open, a payment of the same item is in progress),
    Unprocessable (total; an item twice; a generation that is not served, a method that is not offered).
    """
    generation = served(request.generation or settings.portone_generation, settings)
    cart = choose(request.lines, username)
    sums = price(cart, request.shipping, request.discount)
    wanted = replace(request, pay_method=pay_methods.chosen(request.pay_method, generation, sums.amount, settings))
    now, session_id = clock.now(), ids.session_id()
    cause = _cause(CauseKind.SESSION, username, by, request_id, now)
    new_session.add_unlisted(work, cart)
    reserved = session_limits.reserve(work, cart, username, settings, cause, session_id)
    columns = work.insert(
        PaymentSession,
        session_id=session_id,
        merchant_uid=ids.merchant_uid(),
        user_username=username,
        generation=generation,
        currency=CURRENCY,
        request_id=request_id,
        **new_session.columns(cart, sums, reserved),
        **new_session.times(now, settings),
        **_columns(wanted),
    )
    new_session.insert_lines(work, columns["id"], cart, reserved)
    session = SessionRow(**columns, payment_id=None, lines=new_session.shown_lines(cart))
    timeline.begin(work, session, cause)
    work.wake(JobName.PREPARE)
    return session


def _columns(wanted: CheckoutRequest) -> dict[str, Any]:
    """What the request says, as columns of the session."""
    named = {name: value for name, value in vars(wanted).items() if name not in OWN_COLUMNS}
    return {**named, **new_session.receipt(wanted.cash_receipt)}


def prepare_again(
    work: UnitOfWork,
    username: str,
    session_id: str,
    pay_method: PayMethod | None,
    settings: Settings,
    request_id: str,
    language: Language | None = None,
    cash_receipt: WantedReceipt | None = None,
) -> PaymentSession:
    """Register the amount with PortOne again. A declined session that has time left is reopened. Idempotent.

    `pay_method` changes the payment method of the same order, at the same amount; `language` that of the window,
    `cash_receipt` whom the receipt is for. Raises NotFound, and Conflict when the session cannot be paid any more, its
    stock was sold meanwhile, a payment is in progress, or the buyer has too many other sessions open, or a newer one of
    the same item. Raises Unprocessable for a method that is not offered.
    """
    session = existing(owned_sessions.lock(work, session_id, username))
    cause = Cause(CauseKind.PREPARE, Origin.BUYER, username, clock.now(), request_id)
    order, new_method = load_session(session), pay_method not in (None, session.pay_method or PayMethod.CARD)
    decision = decisions.prepare_again(order.order, new_method, cause.asked_at)
    if isinstance(decision, NeedsStock):
        session_limits.reserve_again(work, session, settings)
        order.set_stock(Stock.HELD)
        decision = decisions.prepare_again(order.order, new_method, cause.asked_at)
    effects = _unless_refused(decision, session)
    if new_method:
        pay_methods.check(pay_method, Generation(session.generation), session.amount, settings)
        change = f"{session.pay_method or PayMethod.CARD} -> {pay_method}"
        effects = (Note(EventKind.METHOD_CHANGED, None, change), *effects)
        session.pay_method = pay_method
    if language is not None:
        session.language = language
    for name, value in new_session.receipt(cash_receipt).items():
        setattr(session, name, value)
    apply_effects(work, order, effects, cause)
    if session.state is SessionStatus.CREATED:
        session.request_id = request_id
    return session


def open_window(work: UnitOfWork, username: str, session_id: str, request_id: str) -> PaymentSession:
    """The browser opens the payment window: the session has the time of a payment from now on. Idempotent.

    Raises NotFound, and Conflict when the session cannot be paid any more.
    """
    session = existing(owned_sessions.lock(work, session_id, username))
    cause = Cause(CauseKind.SESSION, Origin.BUYER, username, clock.now(), request_id)
    order = load_session(session)
    apply_effects(work, order, _unless_refused(decisions.open_window(order.order, cause.asked_at), session), cause)
    return session


def close(
    work: UnitOfWork, username: str, session_id: str, request_id: str, by: Requester | None = None
) -> PaymentSession:
    """The buyer, or the shop's server (`by`), ends the checkout: its deadline is now.

    Idempotent; a closed session stays as it is.

    Raises NotFound, and Conflict when a virtual account awaits its deposit.
    """
    session = existing(owned_sessions.lock(work, session_id, username))
    cause = _cause(CauseKind.CLOSE, username, by, request_id, clock.now())
    order = load_session(session)
    effects = _unless_refused(decisions.close(order.order, cause.asked_at), session)
    apply_effects(work, order, effects, cause)
    if effects:
        session.request_id = request_id
    return session


def _cause(kind: CauseKind, username: str, by: Requester | None, request_id: str, now: datetime) -> Cause:
    """What the user does, or the shop's server does for the user."""
    name = by.username if by else username
    return Cause(kind, origin_of(name, username), name, now, request_id)


_REFUSALS: Final[Mapping[Refusal, str]] = {
    Refusal.SESSION_CLOSED: "This session is {status} and cannot be paid any more. Open a new one to try again.",
    Refusal.TIME_OVER: (
        "This session's time is over, and PortOne is being asked whether it was paid. Read it again until it "
        "is settled; if it was not paid, open a new one."
    ),
    Refusal.PAYMENT_UNDER_WAY: (
        "This session is {status}: it may have been paid already, so the payment method cannot be "
        "changed. Read the session again until it is settled."
    ),
    Refusal.DEPOSIT_AWAITED: (
        "A virtual account awaits the deposit of this session. Cancel its payment instead: "
        "POST /api/v1/payments/{{payment_id}}/cancel withdraws the account."
    ),
}


def _unless_refused(decision: tuple[Effect, ...] | NeedsStock | Refusal, session: PaymentSession) -> tuple[Effect, ...]:
    """The effects of the decision. Raises Conflict with what the buyer can do instead."""
    if isinstance(decision, Refusal):
        code = "session_closed" if decision is Refusal.TIME_OVER else decision
        raise Conflict(code, _REFUSALS[decision].format(status=session.status))
    if isinstance(decision, NeedsStock):
        raise TypeError(decision)
    return decision


def served(generation: Generation, settings: Settings) -> Generation:
    """The generation. Raises Unprocessable if its keys are not set."""
    if generation not in settings.generations:
        message = f"Sessions are paid through {' or '.join(settings.generations)} here. Choose that, or leave it out."
        raise Unprocessable("generation_not_served", message, {"generation": [message]})
    return generation


def existing(session: Found | None) -> Found:
    """The session. Raises NotFound for None: it does not exist, or belongs to another user."""
    if session is None:
        raise NotFound(
            "session_not_found", "You have no such payment session. Open one with POST /api/v1/payments/sessions."
        )
    return session
