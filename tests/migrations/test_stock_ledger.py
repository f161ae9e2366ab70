"""The ledger of stock begins with the items of before."""

from flask import Flask
from flask_migrate import downgrade, upgrade

from tests.migrations.test_old_rows import purchase, run


def test_the_ledger_of_stock_begins_with_what_is_there_and_what_open_sessions_hold(fresh: Flask) -> None:
    """Also with earlier sales, which no line tells of: stock and open sessions add up to the first line."""
    upgrade(revision="0019")
    items = {}
    for user, stock in (("hana", 5), ("minji", 0), ("duri", None)):
        session, _ = purchase(user)
        ((items[user],),) = run("SELECT item_id FROM payment_sessions WHERE id = :id", id=session)
        run("UPDATE items SET stock = :stock WHERE id = :id", stock=stock, id=items[user])
    run("UPDATE payment_sessions SET stock_held = 2, open_slot = 1 WHERE user_username = 'hana'")
    run("UPDATE payment_sessions SET stock_held = 2 WHERE user_username = 'minji'")

    upgrade(revision="0021")

    lines = "SELECT item_id, kind, quantity FROM stock_ledger"
    assert set(run(lines)) == {(items["hana"], "initial", 7), (items["minji"], "initial", 0)}
    assert set(run("SELECT sku, description, image_url, active, tax_free FROM items")) == {
        (None, "", None, True, False)
    }
    downgrade(revision="0019")
    assert set(run("SELECT stock FROM items")) == {(5,), (0,), (None,)}
