"""Pieces move between stock, sessions and buyers; their total is constant."""

import pytest

from pitturu.domain.decision import Line
from pitturu.extensions import db
from pitturu.payments import inventory, loaded_order
from pitturu.store import stock_ledger
from pitturu.store.inventory import granted
from pitturu.store.items import Item
from pitturu.store.sessions import PaymentSession
from pitturu.store.unit_of_work import UnitOfWork
from tests.store import rows

pytestmark = pytest.mark.usefixtures("tables")


def stock_of(work: UnitOfWork, thing: Item) -> int | None:
    """The stock of the item after the commit."""
    work.commit()
    db.session.refresh(thing)
    return thing.stock


def ledger_of(thing: Item) -> list[tuple[str, int]]:
    """Kind and pieces of each line of an item's ledger, sorted."""
    return sorted((line.kind, line.quantity) for line in stock_ledger.page(thing.id, None, 100))


def test_a_reservation_is_released_once(work: UnitOfWork) -> None:
    thing = rows.item(stock=3)
    session = rows.session(thing=thing, stock_held=2)
    inventory.release(work, session)
    inventory.release(work, session)
    assert (session.stock_held, stock_of(work, thing)) == (0, 5)
    assert ledger_of(thing) == [("initial", 3)]


@pytest.mark.parametrize(
    ("stock", "held", "reserved", "stock_after", "held_after"),
    [(2, 0, True, 0, 2), (1, 0, False, 1, 0), (0, 2, True, 0, 2), (None, 0, True, None, 0)],
)
def test_stock_of_a_closed_session_is_reserved_again(
    work: UnitOfWork, stock: int | None, held: int, reserved: bool, stock_after: int | None, held_after: int
) -> None:
    thing = rows.item(stock=stock)
    session = rows.session(thing=thing, stock_held=held)
    assert inventory.hold_again(work, session) is reserved
    assert (stock_of(work, thing), session.stock_held) == (stock_after, held_after)


def line_of(session: PaymentSession) -> Line:
    """The line of a session."""
    return loaded_order.load(UnitOfWork(), session).order.lines[0]


def test_pieces_are_taken_back_in_parts(work: UnitOfWork) -> None:
    thing = rows.item(stock=0, held=2)
    session = rows.session(thing=thing, stock_held=2)
    inventory.grant(work, session, [line_of(session)])
    inventory.take_back(work, session, line_of(session), 1, None)
    work.flush()
    assert (granted(session.id), session.stock_held) == (1, 1)
    inventory.take_back(work, session, line_of(session), 1, None)
    assert (stock_of(work, thing), granted(session.id), session.stock_held) == (2, 0, 0)
    assert ledger_of(thing) == [("initial", 2), ("return", 1), ("return", 1), ("sale", -2)]


def test_pieces_of_an_item_with_unlimited_stock(work: UnitOfWork) -> None:
    thing = rows.item(stock=None)
    session = rows.session(thing=thing)
    inventory.grant(work, session, [line_of(session)])
    inventory.take_back(work, session, line_of(session), 2, None)
    assert (stock_of(work, thing), granted(session.id)) == (None, 0)
    assert ledger_of(thing) == []


def test_only_pieces_that_were_taken_from_stock_return_to_it(work: UnitOfWork) -> None:
    """The stock was unlimited when the session was opened."""
    thing = rows.item(stock=5)
    session = rows.session(thing=thing, stock_held=0)
    inventory.grant(work, session, [line_of(session)])
    inventory.take_back(work, session, line_of(session), 2, None)
    assert (stock_of(work, thing), granted(session.id)) == (5, 0)
    assert ledger_of(thing) == [("initial", 5)]
