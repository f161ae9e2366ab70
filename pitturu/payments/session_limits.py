"""Limits on a buyer's open sessions: their number, one for each item, and the stock that they reserve."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from pitturu.config.settings import Settings
from pitturu.domain.cause import Cause
from pitturu.domain.decision.checkout import give_up
from pitturu.domain.errors import Conflict
from pitturu.domain.lifecycle import SessionStatus
from pitturu.payments import inventory
from pitturu.payments.apply_effects import apply_effects
from pitturu.payments.cart import Cart
from pitturu.payments.loaded_order import load_session
from pitturu.store import open_sessions
from pitturu.store.sessions import PaymentSession
from pitturu.store.unit_of_work import UnitOfWork


class Reserved(NamedTuple):
    """What a new session holds: columns of the same names, and pieces of stock by item."""

    held: Mapping[UUID, int]
    open_slot: int | None
    held_since: datetime | None = None


def reserve(work: UnitOfWork, cart: Cart, username: str, settings: Settings, cause: Cause, session_id: str) -> Reserved:
    """Reserve stock and a slot for a new session. It replaces the buyer's open sessions that share an item with it."""
    earlier, slots = _still_open(work, cart), cart.slots
    for session in earlier:
        _require_replaceable(session, settings, cause.asked_at)
    if len(earlier) < len(cart.open_sessions):
        # One was closed after the cart was read.
        slots = open_sessions.slots(username)
    slot = earlier[0].open_slot if earlier else open_sessions.free_slot(slots, settings.open_sessions_per_user)
    if slot is None:
        raise _too_many_open(username, settings)
    wanted, lines = cart.limited, [line.item_id for line in cart.lines]
    if not earlier:
        work.reserve_stock(wanted, lambda short: _out_of_stock_of(short, lines))
        return Reserved(wanted, slot)
    change = Counter(wanted)
    for session in earlier:
        change.subtract({line.item_id: line.stock_held for line in work.lines_of(session.id)})
    short = work.take_stock(change)
    if short:
        raise _out_of_stock_of(short, lines)
    since = min((one.held_since or one.created_at for one in earlier), default=None)
    for session in earlier:
        _replace(work, session, cause, session_id)
    return Reserved(wanted, slot, since)


def _still_open(work: UnitOfWork, cart: Cart) -> list[PaymentSession]:
    """The open sessions that share an item with the cart, locked, oldest first."""
    if not cart.open_sessions:
        return []
    work.lock_sessions(cart.open_sessions)
    locked = [work.lock_session(key) for key in cart.open_sessions]
    return sorted((one for one in locked if one.open_slot is not None), key=lambda one: one.created_at)


def _require_replaceable(earlier: PaymentSession, settings: Settings, now: datetime) -> None:
    """Raises Conflict for a session that may still be paid, or whose pieces were kept from all others for long, by one
    session that replaces the other."""
    if now - (earlier.held_since or earlier.created_at) >= settings.session_ttl:
        raise Conflict(
            "held_for_long",
            f"You have reserved this item for long, with one session after the other. Pay {earlier.session_id}, or "
            "close it (POST /api/v1/payments/sessions/{session_id}/close) and open a new one when it is closed.",
            {"open_sessions": [earlier.session_id]},
        )
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


def _replace(work: UnitOfWork, earlier: PaymentSession, cause: Cause, session_id: str) -> None:
    """Close a session whose stock and slot a newer one has taken over."""
    for line in list(work.lines_of(earlier.id)):
        work.hold(earlier, line, 0)
    earlier.open_slot = None
    order = load_session(earlier)
    reason = f"Replaced by {session_id}, a newer session of the same item."
    apply_effects(work, order, give_up(order.order, reason, cause.asked_at), cause)
    earlier.request_id = cause.request_id


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
        newer = open_sessions.with_item_of(session)
        if newer is None:
            raise _too_many_open(session.user_username, settings)
        raise Conflict(
            "session_replaced",
            f"You opened session {newer} of the same item meanwhile. Pay that one; or close it (POST "
            "/api/v1/payments/sessions/{session_id}/close) and try this one again.",
            {"open_sessions": [newer]},
        )
    if not inventory.hold_again(work, session):
        raise _out_of_stock({})


def _out_of_stock_of(short: Collection[UUID], lines: Sequence[UUID]) -> Conflict:
    """For these items, naming the lines."""
    message = "Fewer pieces are available."
    return _out_of_stock({f"items.{lines.index(item_id)}": [message] for item_id in short if item_id in lines})


def _out_of_stock(errors: Mapping[str, list[str]]) -> Conflict:
    return Conflict(
        "out_of_stock",
        "Fewer pieces are available than requested, because others are reserved by open checkouts or sold. "
        "Choose a smaller quantity, or try again later.",
        errors,
    )
