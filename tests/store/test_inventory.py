"""The pieces that a buyer owns are the sum of grants and returns."""

import pytest

from pitturu.extensions import db
from pitturu.store import inventory, items
from pitturu.store.unit_of_work import UnitOfWork
from tests.store import rows

pytestmark = pytest.mark.usefixtures("tables")


def test_pieces_of_a_session() -> None:
    session, other = rows.session(quantity=5, amount=5_000), rows.session()
    assert inventory.granted(session.id) == 0
    rows.entry(session, 5)
    rows.entry(session, -2)
    rows.entry(other, 2)
    assert inventory.granted(session.id) == 3


def test_pieces_of_a_user() -> None:
    """Sessions of one item add up; items that were returned entirely, and those of other users, are not listed."""
    thing, gone = rows.item(name="한라봉"), rows.item(name="귤칩")
    for quantity in (2, 3):
        rows.entry(rows.session(thing=thing, quantity=quantity, amount=1_000 * quantity, open_slot=None), quantity)
    returned = rows.session(thing=gone)
    rows.entry(returned, 2)
    rows.entry(returned, -2)
    rows.entry(rows.session("minji", thing), 1)
    ((item_id, name, pieces, _),) = inventory.of_user("hana")
    assert (item_id, name, pieces) == (thing.id, "한라봉", 5)
    assert inventory.of_user("nobody") == []


def test_stock(work: UnitOfWork) -> None:
    thing, endless = rows.item(stock=3), rows.item(stock=None)
    assert [bool(work.take_stock({thing.id: pieces})) for pieces in (2, 2, 1, 1)] == [False, True, False, True]
    work.return_stock(thing.id, 3)
    assert work.take_stock({endless.id: 1}) == [endless.id]
    work.return_stock(endless.id, 1)
    work.commit()
    db.session.refresh(thing)
    db.session.refresh(endless)
    assert (thing.stock, endless.stock) == (3, None)
    assert [row.name for row in items.catalogue(None, 5)] == ["감귤", "감귤"]
