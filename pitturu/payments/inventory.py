"""The pieces themselves: held while a checkout is open, granted once when paid, taken back when the money goes back."""

from collections.abc import Sequence
from uuid import UUID

from pitturu.domain.decision import Line
from pitturu.store import items
from pitturu.store.inventory import InventoryEntry
from pitturu.store.sessions import PaymentSession
from pitturu.store.unit_of_work import UnitOfWork


def release(work: UnitOfWork, session: PaymentSession) -> None:
    """The checkout is over without goods: what it held goes back to stock."""
    _to_stock(work, session, session.stock_held)


def hold_again(work: UnitOfWork, session: PaymentSession) -> bool:
    """Reserve the pieces of a closed order anew; False when they have been sold to others meanwhile."""
    if session.stock_held:
        return True
    item = items.by_id(session.item_id)
    if item is None or item.stock is None:
        return item is not None
    if not work.take_stock(item.id, session.quantity):
        return False
    session.stock_held = session.quantity
    return True


def grant(work: UnitOfWork, session: PaymentSession, lines: Sequence[Line]) -> None:
    """The buyer owns what was paid for. The database refuses a second grant of one line."""
    for line in lines:
        _enter(work, session, line, "grant", line.quantity, None)


def take_back(work: UnitOfWork, session: PaymentSession, line: Line, pieces: int, cancel_id: UUID | None) -> None:
    """Pieces that the buyer holds return to stock, on account of this cancel."""
    _enter(work, session, line, "return", -pieces, cancel_id)
    _to_stock(work, session, min(pieces, session.stock_held))


def _enter(
    work: UnitOfWork, session: PaymentSession, line: Line, kind: str, quantity: int, cancel_id: UUID | None
) -> None:
    bought = next(row for row in work.lines_of(session.id) if row.id == line.key)
    work.insert(
        InventoryEntry,
        user_username=session.user_username,
        item_id=bought.item_id,
        item_name=bought.item_name,
        session_key=session.id,
        line_key=bought.id,
        cancellation_key=cancel_id,
        kind=kind,
        quantity=quantity,
    )
    work.forget_granted(session.id)


def _to_stock(work: UnitOfWork, session: PaymentSession, pieces: int) -> None:
    if pieces:
        work.return_stock(session.item_id, pieces)
        session.stock_held -= pieces
