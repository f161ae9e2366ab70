"""The pieces themselves: held while a checkout is open, granted once when paid, taken back when the money goes back."""

from pitturu.store import inventory, items
from pitturu.store.cancellations import Cancellation
from pitturu.store.inventory import InventoryEntry
from pitturu.store.sessions import PaymentSession
from pitturu.store.unit_of_work import UnitOfWork


def release(work: UnitOfWork, session: PaymentSession) -> None:
    """The checkout is over without goods: what it held goes back to stock."""
    _to_stock(work, session, session.stock_held)


def was_replaced(session: PaymentSession) -> bool:
    """Whether a newer session of the same buyer took over the stock of this open one, and its slot."""
    return session.open_slot is None and session.stock_held == 0


def hold_again(work: UnitOfWork, session: PaymentSession) -> bool:
    """Late money wants its goods after all; False when they have been sold to others meanwhile."""
    if session.stock_held:
        return True
    item = items.by_id(session.item_id)
    if item is None or item.stock is None:
        return item is not None
    if not work.take_stock(item.id, session.quantity):
        return False
    session.stock_held = session.quantity
    return True


def grant(work: UnitOfWork, session: PaymentSession) -> None:
    """The buyer owns what was paid for. The database refuses a second grant of one session."""
    _enter(work, session, "grant", session.quantity, None)


def take_back(work: UnitOfWork, session: PaymentSession, pieces: int, cancellation: Cancellation | None) -> None:
    """Up to `pieces` of what the buyer holds return to stock, on account of this cancel."""
    work.flush()
    pieces = min(pieces, inventory.granted(session.id))
    if pieces > 0:
        _enter(work, session, "return", -pieces, cancellation)
        _to_stock(work, session, min(pieces, session.stock_held))


def _enter(
    work: UnitOfWork, session: PaymentSession, kind: str, quantity: int, cancellation: Cancellation | None
) -> None:
    work.insert(
        InventoryEntry,
        user_username=session.user_username,
        item_id=session.item_id,
        item_name=session.item_name,
        session_key=session.id,
        cancellation_key=cancellation.id if cancellation else None,
        kind=kind,
        quantity=quantity,
    )


def _to_stock(work: UnitOfWork, session: PaymentSession, pieces: int) -> None:
    if pieces:
        work.return_stock(session.item_id, pieces)
        session.stock_held -= pieces
