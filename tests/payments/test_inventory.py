"""Pieces move between stock, a checkout and a buyer, and none appears or vanishes."""

import pytest

from pitturu.domain.decision import Line
from pitturu.extensions import db
from pitturu.payments import inventory, loaded_order
from pitturu.store.inventory import granted
from pitturu.store.items import Item
from pitturu.store.sessions import PaymentSession
from pitturu.store.unit_of_work import UnitOfWork
from tests.store import rows

pytestmark = pytest.mark.usefixtures("tables")


def left(work: UnitOfWork, thing: Item) -> int | None:
    """What is in stock when the transaction ends."""
    work.commit()
    db.session.refresh(thing)
    return thing.stock


def test_released_once(work: UnitOfWork) -> None:
    thing = rows.item(stock=3)
    session = rows.session(thing=thing, stock_held=2)
    inventory.release(work, session)
    inventory.release(work, session)
    assert (session.stock_held, left(work, thing)) == (0, 5)


@pytest.mark.parametrize(
    ("stock", "held", "wins", "stock_after", "held_after"),
    [(2, 0, True, 0, 2), (1, 0, False, 1, 0), (0, 2, True, 0, 2), (None, 0, True, None, 0)],
)
def test_late_money_wants_its_goods_after_all(
    work: UnitOfWork, stock: int | None, held: int, wins: bool, stock_after: int | None, held_after: int
) -> None:
    thing = rows.item(stock=stock)
    session = rows.session(thing=thing, stock_held=held)
    assert inventory.hold_again(work, session) is wins
    assert (left(work, thing), session.stock_held) == (stock_after, held_after)


def line_of(session: PaymentSession) -> Line:
    """The line of a session."""
    return loaded_order.load(UnitOfWork(), session).order.lines[0]


def test_taken_back_in_parts(work: UnitOfWork) -> None:
    thing = rows.item(stock=0)
    session = rows.session(thing=thing, stock_held=2)
    inventory.grant(work, session, [line_of(session)])
    inventory.take_back(work, session, line_of(session), 1, None)
    work.flush()
    assert (granted(session.id), session.stock_held) == (1, 1)
    inventory.take_back(work, session, line_of(session), 1, None)
    assert (left(work, thing), granted(session.id), session.stock_held) == (2, 0, 0)


def test_what_never_ran_out_returns_to_no_stock(work: UnitOfWork) -> None:
    thing = rows.item(stock=None)
    session = rows.session(thing=thing)
    inventory.grant(work, session, [line_of(session)])
    inventory.take_back(work, session, line_of(session), 2, None)
    assert (left(work, thing), granted(session.id)) == (None, 0)
