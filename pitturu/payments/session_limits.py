"""How much one buyer may hold: the stock of a few open sessions, one of an item."""

from typing import Any

from sqlalchemy import Row

from pitturu.config.settings import Settings
from pitturu.domain.cause import Cause
from pitturu.domain.decision.checkout import give_up
from pitturu.domain.errors import Conflict
from pitturu.domain.lifecycle import SessionStatus
from pitturu.payments.apply_effects import apply_effects
from pitturu.payments.loaded_order import load_session
from pitturu.store import items, open_sessions
from pitturu.store.items import Offer
from pitturu.store.sessions import PaymentSession
from pitturu.store.unit_of_work import UnitOfWork


def take_place(
    work: UnitOfWork, item: Row[Any], quantity: int, username: str, settings: Settings, cause: Cause, session_id: str
) -> tuple[int, int | None]:
    """The stock that a new session holds, and its slot among the buyer's open ones."""
    if item.open_session is not None:
        earlier = work.lock_session(item.open_session)
        if earlier.open_slot is not None:
            return _replace(work, earlier, item, quantity, cause, session_id)
        # It ended since the offer was read.
        item = open_sessions.offer(item.id, username) or item
    slot = open_sessions.free_slot(item.slots or (), settings.open_sessions_per_user)
    if slot is None:
        raise _too_many_open(username, settings)
    return hold(work, item, quantity), slot


def _replace(
    work: UnitOfWork, earlier: PaymentSession, item: Offer, quantity: int, cause: Cause, session_id: str
) -> tuple[int, int | None]:
    """Give up the buyer's unpaid session of the same item; its stock and its slot are the new one's."""
    if earlier.state is SessionStatus.AWAITING_DEPOSIT:
        raise Conflict(
            "deposit_awaited",
            f"Your session {earlier.session_id} of this item waits for a deposit. Pay it, or cancel its payment first "
            "(POST /api/v1/payments/{payment_id}/cancel), which withdraws the account.",
            {"open_sessions": [earlier.session_id]},
        )
    if earlier.state is SessionStatus.VERIFYING:
        raise Conflict(
            "payment_being_verified",
            f"Your session {earlier.session_id} of this item may have been paid, and PortOne is being asked. Read it "
            "until it is settled; then open a new session if you want to buy more.",
            {"open_sessions": [earlier.session_id]},
        )
    missing = 0 if item.stock is None else quantity - earlier.stock_held
    if missing > 0:
        hold(work, item, missing)
    elif missing < 0:
        work.return_stock(item.id, -missing)
    slot, earlier.open_slot, earlier.stock_held = earlier.open_slot, None, 0
    order = load_session(earlier)
    why = f"Replaced by {session_id}, a newer session of the same item."
    apply_effects(work, order, give_up(order.order, why, cause.asked_at), cause)
    earlier.request_id = cause.request_id
    return 0 if item.stock is None else quantity, slot


def _too_many_open(username: str, settings: Settings) -> Conflict:
    """For a buyer whose open sessions are as many as may be."""
    return Conflict(
        "too_many_open_sessions",
        f"You have {settings.open_sessions_per_user} unpaid sessions open, and no more are allowed at once. Pay one, "
        "or give one up: POST /api/v1/payments/sessions/{session_id}/close.",
        {"open_sessions": open_sessions.names(username)},
    )


def retake_place(work: UnitOfWork, session: PaymentSession, settings: Settings) -> None:
    """A declined session opens again: it needs a slot and its stock.

    Raises Conflict when its buyer has too many sessions open or a newer one of the same item, or when it is sold out.
    """
    if not open_sessions.claim_slot(session, settings.open_sessions_per_user):
        newer = open_sessions.of_item(session.user_username, session.item_id)
        if newer is None:
            raise _too_many_open(session.user_username, settings)
        raise Conflict(
            "session_replaced",
            f"You opened session {newer} of the same item meanwhile. Pay that one; or give it up (POST "
            "/api/v1/payments/sessions/{session_id}/close) and try this one again.",
            {"open_sessions": [newer]},
        )
    item = items.by_id(session.item_id)
    if item is not None:
        session.stock_held = hold(work, item, session.quantity)


def hold(work: UnitOfWork, item: Offer, quantity: int) -> int:
    """Reserve the pieces; how many were reserved (none for an item that never runs out).

    Raises Conflict when fewer are left.
    """
    if item.stock is None:
        return 0
    if not work.take_stock(item.id, quantity):
        raise Conflict(
            "out_of_stock",
            "Fewer pieces are left than you want, counting those in other buyers' open checkouts. "
            "Choose a smaller quantity, or try again in a while.",
        )
    return quantity
