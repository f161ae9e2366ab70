"""Items that carts are made of: as many with unlimited stock as with enough of it."""

from typing import Final

import psycopg

CART_ITEMS: Final = """
WITH added AS (INSERT INTO items (name, price, stock)
    SELECT '하동 녹차 ' || n || coalesce(' / ' || stock, ''), 1000 * n, stock
    FROM generate_series(1, %(lines)s) AS n, (VALUES (NULL::integer), (1000000)) AS kind (stock)
    RETURNING id, stock),
initial AS (INSERT INTO stock_ledger (item_id, kind, quantity)
    SELECT id, 'initial', stock FROM added WHERE stock IS NOT NULL)
SELECT array_agg(id::text) FILTER (WHERE stock IS NULL), array_agg(id::text) FILTER (WHERE stock IS NOT NULL) FROM added
"""
"""Items for carts. Their names come after those of the demo shop, whose first item is that of all filled rows."""


def put_on_sale(database: str, lines: int) -> tuple[list[str], list[str]]:
    """Insert so many items with unlimited stock, and so many with enough of it; returns the ids of both."""
    with psycopg.connect(database, autocommit=True) as connection:
        endless, limited = connection.execute(CART_ITEMS, {"lines": lines}).fetchall()[0]
    return endless, limited
