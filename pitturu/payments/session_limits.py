"""Limits on a buyer's open sessions: their number, one per item, and the stock that they reserve."""

from datetime import datetime
from typing import Any, NamedTuple

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


class Reserved(NamedTuple):
    """What a new session holds: columns of the same names."""

    stock_held: int
    open_slot: int | None
    held_since: datetime | None = None


def reserve(
    work: UnitOfWork, item: Row[Any], quantity: int, username: str, settings: Settings, cause: Cause, session_id: str
) -> Reserved:
    """Reserve stock and a slot for a new session."""
    if item.open_session is not None:
        earlier = work.lock_session(item.open_session)
        if earlier.open_slot is not None:
            _require_pause(earlier, settings, cause.asked_at)
            return _replace(work, earlier, item, quantity, cause, session_id)
        # It was closed after the offer was read.
        item = open_sessions.offer(item.id, username) or item
    slot = open_sessions.free_slot(item.slots or (), settings.open_sessions_per_user)
    if slot is None:
        raise _too_many_open(username, settings)
    return Reserved(hold(work, item, quantity), slot)


def _require_pause(earlier: PaymentSession, settings: Settings, now: datetime) -> None:
    """Sessions that replace each other would keep the same pieces from all others for ever. Raises Conflict."""
    if now - (earlier.held_since or earlier.created_at) >= settings.session_ttl:
        raise Conflict(
            "held_for_long",
            f"You have reserved this item for long, with one session after the other. Pay {earlier.session_id}, or "
            "close it (POST /api/v1/payments/sessions/{session_id}/close) and open a new one when it is closed.",
            {"open_sessions": [earlier.session_id]},
        )


def _replace(
    work: UnitOfWork, earlier: PaymentSession, item: Offer, quantity: int, cause: Cause, session_id: str
) -> Reserved:
    """Replace the buyer's unpaid session of the same item, whose stock and slot the new one takes over."""
    if earlier.state is SessionStatus.AWAITING_DEPOSIT:
        raise Conflict(
            "deposit_awaited",
            f"Your session {earlier.session_id} of this item awaits a deposit. Pay it, or cancel its payment first "
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
    wanted = 0 if item.stock is None else quantity
    missing = wanted - earlier.stock_held
    if missing > 0:
        hold(work, item, missing)
    elif missing < 0:
        # Also for an item that was unlimited when it was read: its stock may be limited again by now.
        work.return_stock(item.id, -missing)
    slot, earlier.open_slot, earlier.stock_held = earlier.open_slot, None, 0
    order = load_session(earlier)
    reason = f"Replaced by {session_id}, a newer session of the same item."
    apply_effects(work, order, give_up(order.order, reason, cause.asked_at), cause)
    earlier.request_id = cause.request_id
    return Reserved(wanted, slot, earlier.held_since or earlier.created_at)


def _too_many_open(username: str, settings: Settings) -> Conflict:
    """For a buyer who has as many open sessions as allowed."""
    return Conflict(
        "too_many_open_sessions",
        f"You have {settings.open_sessions_per_user} unpaid sessions open, and no more are allowed at once. Pay one, "
        "or close one: POST /api/v1/payments/sessions/{session_id}/close.",
        {"open_sessions": open_sessions.names(username)},
    )


def reserve_again(work: UnitOfWork, session: PaymentSession, settings: Settings) -> None:
    """Reserve a slot and stock for a declined session that is reopened.

    Raises Conflict when its buyer has too many sessions open or a newer one of the same item, or when it is sold out.
    """
    if not open_sessions.claim_slot(session, settings.open_sessions_per_user):
        newer = open_sessions.of_item(session.user_username, session.item_id)
        if newer is None:
            raise _too_many_open(session.user_username, settings)
        raise Conflict(
            "session_replaced",
            f"You opened session {newer} of the same item meanwhile. Pay that one; or close it (POST "
            "/api/v1/payments/sessions/{session_id}/close) and try this one again.",
            {"open_sessions": [newer]},
        )
    item = items.by_id(session.item_id)
    if item is not None:
        session.stock_held = hold(work, item, session.quantity)


def hold(work: UnitOfWork, item: Offer, quantity: int) -> int:
    """Reserve pieces; how many were reserved (none for an item with unlimited stock).

    Raises Conflict when fewer are left.
    """
    if item.stock is None:
        return 0
    if not work.take_stock(item.id, quantity):
        raise Conflict(
            "out_of_stock",
            "Fewer pieces are available than requested, because others are reserved by open checkouts or sold. "
            "Choose a smaller quantity, or try again later.",
        )
    return quantity
