"""The tables of the bare implementations, and orders in them."""

from typing import Final

import psycopg

TABLES: Final = """
CREATE TABLE IF NOT EXISTS bare_orders (
    id uuid PRIMARY KEY, merchant_uid text UNIQUE NOT NULL, username text NOT NULL, item_id text NOT NULL,
    amount integer NOT NULL, quantity integer NOT NULL, buyer_name text NOT NULL, buyer_email text NOT NULL,
    buyer_tel text NOT NULL, status text NOT NULL DEFAULT 'ready', imp_uid text, paid_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE IF NOT EXISTS bare_webhooks (
    id uuid PRIMARY KEY, body bytea NOT NULL, received_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE IF NOT EXISTS bare_verifications (merchant_uid text PRIMARY KEY);
"""
ORDERS: Final = """
INSERT INTO bare_orders (id, merchant_uid, username, item_id, amount, quantity, buyer_name, buyer_email, buyer_tel)
SELECT gen_random_uuid(), 'ord' || lpad(n::text, 26, '0'), 'visitor' || n, i.id, i.price, 1, '김하나',
    'hana@example.org', '010-1234-5678'
FROM generate_series(%(since)s::bigint, %(since)s::bigint + %(count)s - 1) AS n,
    (SELECT id, price FROM items WHERE stock IS NULL ORDER BY name LIMIT 1) i
"""


def create(database: str) -> None:
    """Create the tables that are missing."""
    with psycopg.connect(database) as connection:
        connection.execute(TABLES)


def add_orders(database: str, since: int, count: int) -> None:
    """Insert that many orders, numbered from `since`, that wait to be paid."""
    create(database)
    with psycopg.connect(database) as connection:
        connection.execute(ORDERS, {"since": since, "count": count})
