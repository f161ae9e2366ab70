"""The invariants hold after a purchase and its refunds, and each fails when a row violates it."""

from collections import defaultdict

import psycopg
import pytest

from chaos.checker import invariants
from chaos.checker.snapshot import build_snapshot
from pitturu.config.settings import Settings
from tests.shop import Shop

LIES = {
    "paid means money": "UPDATE payment_history SET amount = amount + 1",
    "a session is called": "UPDATE payment_sessions SET status = 'paid' WHERE status = 'partially_cancelled'",
    "money that was not accepted": "UPDATE payment_history SET verdict = 'late'",
    "what went back": "UPDATE payment_cancellations SET amount = amount + 1",
    "amounts can be recomputed": "INSERT INTO payment_events (session_key, payment_key, kind, amount, cause, origin)"
    " SELECT session_key, id, 'money', 1, 'verify', 'portone' FROM payment_history",
    "every change of status": "INSERT INTO payment_events (session_key, kind, from_status, to_status, cause, origin)"
    " SELECT id, 'status', 'failed', status, 'verify', 'portone' FROM payment_sessions",
    "payments and goods": "UPDATE payment_history SET user_username = 'operator'",
    "lines add up": "UPDATE payment_lines SET quantity = quantity + 1",
    "tax-free parts": "UPDATE payment_lines SET tax_free = true",
    "the ledger of stock": "INSERT INTO stock_ledger (item_id, kind, quantity, reason)"
    " SELECT id, 'correction', 1, 'x' FROM items",
    "nothing is held": "UPDATE inventory_entries SET quantity = quantity - 9 WHERE kind = 'return'",
}


@pytest.fixture
def bookkeeping(shop: Shop, settings: Settings) -> str:
    """A database with a purchase of two units, one of which was returned."""
    session = shop.paid(quantity=2)
    shop.cancel(session, quantity=1)
    shop.drain()
    shop.login("operator")
    return settings.database_url


def broken(bookkeeping: str) -> list[str]:
    """The invariants that do not hold."""
    return list(invariants.invariants(build_snapshot(defaultdict(list), bookkeeping)))


def test_they_hold_after_a_purchase(bookkeeping: str) -> None:
    assert broken(bookkeeping) == []


@pytest.mark.parametrize("sentence", LIES)
def test_each_detects_a_violation(bookkeeping: str, sentence: str) -> None:
    with psycopg.connect(bookkeeping, autocommit=True) as connection:
        connection.execute(LIES[sentence])

    assert [one for one in broken(bookkeeping) if one.startswith(sentence)]


def test_every_invariant_is_violated_once() -> None:
    guarded = "an attempt belongs to one session"
    """Two unique indexes stand before this one; the planted bug of a missing lock takes them away."""

    assert [name for name in invariants.INVARIANTS if not name.startswith((guarded, *LIES))] == []


def test_a_missing_unit_is_found(shop: Shop, settings: Settings) -> None:
    item = shop.item(stock=5)
    shop.paid(item)
    snapshot = build_snapshot(
        defaultdict(list) | {"notes": [{"what": "initial stock", "item": item, "stock": 5}]}, settings.database_url
    )
    assert list(invariants.stock_totals(snapshot)) == []

    with psycopg.connect(settings.database_url, autocommit=True) as connection:
        connection.execute("UPDATE items SET stock = stock + 1")

    assert len(list(invariants.stock_totals(snapshot))) == 1
