"""Pieces of items: reserved while a session is open, granted once when it is paid, taken back when it is refunded."""

from collections.abc import Sequence
from uuid import UUID

from pitturu.domain.catalogue import StockLineKind
from pitturu.domain.decision import Line
from pitturu.store import items, stock_ledger
from pitturu.store.inventory import InventoryEntry
from pitturu.store.locked_rows import OrderLine
from pitturu.store.sessions import PaymentSession
from pitturu.store.unit_of_work import UnitOfWork


def release(work: UnitOfWork, session: PaymentSession) -> None:
    """Return the reserved pieces of a session to stock."""
    if session.stock_held:
        for line in list(work.lines_of(session.id)):
            _to_stock(work, session, line, line.stock_held)


def hold_again(work: UnitOfWork, session: PaymentSession) -> bool:
    """Reserve the pieces of a closed order again; False when some of them were sold meanwhile."""
    if session.stock_held:
        return True
    lines = list(work.lines_of(session.id))
    stocks = {key: item.stock for key, item in items.by_ids([line.item_id for line in lines]).items()}
    limited = [line for line in lines if stocks[line.item_id] is not None]
    if work.take_stock({line.item_id: line.quantity for line in limited}):
        return False
    for line in limited:
        work.hold(session, line, line.quantity)
    return True


def grant(work: UnitOfWork, session: PaymentSession, lines: Sequence[Line], request_id: str | None = None) -> None:
    """Grant the pieces to the buyer; those that the session held are sold. The database rejects a second grant."""
    for line in lines:
        bought = _add_entry(work, session, line, line.quantity, None)
        if bought.stock_held:
            held = -bought.stock_held
            stock_ledger.of_session(work, session.id, bought.item_id, StockLineKind.SALE, held, request_id)


def take_back(
    work: UnitOfWork,
    session: PaymentSession,
    line: Line,
    pieces: int,
    cancel_id: UUID | None,
    request_id: str | None = None,
) -> None:
    """Take pieces back from the buyer because of this cancel, and return those to stock that were taken from it."""
    bought = _add_entry(work, session, line, -pieces, cancel_id)
    returned = min(pieces, bought.stock_held)
    if returned:
        stock_ledger.of_session(work, session.id, bought.item_id, StockLineKind.RETURN, returned, request_id)
    _to_stock(work, session, bought, returned)


def _add_entry(
    work: UnitOfWork, session: PaymentSession, line: Line, quantity: int, cancel_id: UUID | None
) -> OrderLine:
    bought = next(row for row in work.lines_of(session.id) if row.id == line.key)
    work.insert(
        InventoryEntry,
        user_username=session.user_username,
        item_id=bought.item_id,
        item_name=bought.item_name,
        session_key=session.id,
        line_key=bought.id,
        cancellation_key=cancel_id,
        kind="grant" if quantity > 0 else "return",
        quantity=quantity,
    )
    work.invalidate_granted(session.id)
    return bought


def _to_stock(work: UnitOfWork, session: PaymentSession, line: OrderLine, pieces: int) -> None:
    if pieces:
        work.return_stock(line.item_id, pieces)
        work.hold(session, line, line.stock_held - pieces)
