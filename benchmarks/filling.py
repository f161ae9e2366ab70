"""Fills databases by SQL: rows as after a thousand or a million checkouts.

The fifty buyers of the load have twenty sessions each in every database, so that their histories have equal length
everywhere; all other sessions belong to thousands of other buyers. Rows are numbered, and their ids follow from the
number.
"""

from typing import Final

import psycopg

BUYERS: Final = 50
EACH: Final = 20
"""Sessions of each buyer of the load: first PAID paid ones, then PREPARED and CREATED ones, the rest expired."""
PAID, PREPARED, CREATED = 12, 3, 3
OTHERS: Final = 5000
PASSWORD: Final = "demo-pass-1234"
"""The password of the demo user, whose hash the buyers share."""

USERS: Final = """
INSERT INTO users (username, password_hash, role)
SELECT 'buyer' || n, (SELECT password_hash FROM users WHERE username = 'demo'), 'buyer'
FROM generate_series(0, %(buyers)s - 1) AS n
ON CONFLICT DO NOTHING;
INSERT INTO users (username, role)
SELECT 'other' || n, 'buyer' FROM generate_series(0, %(others)s - 1) AS n
ON CONFLICT DO NOTHING;
"""

NUMBERED: Final = """
CREATE TEMPORARY TABLE filling ON COMMIT DROP AS
SELECT n, gen_random_uuid() AS id, gen_random_uuid() AS payment, gen_random_uuid() AS line, 'R-' || n AS reference,
       'ord' || lpad(n::text, 26, '0') AS merchant_uid, 'imp_' || lpad(n::text, 12, '0') AS imp_uid,
       CASE WHEN n < %(ours)s THEN 'buyer' || n / %(each)s ELSE 'other' || n %% %(others)s END AS username,
       CASE WHEN n %% %(each)s < %(paid)s THEN 'paid' WHEN n >= %(ours)s THEN 'expired'
            WHEN n %% %(each)s < %(paid)s + %(prepared)s THEN 'prepared'
            WHEN n %% %(each)s < %(paid)s + %(prepared)s + %(created)s THEN 'created' ELSE 'expired' END AS status,
       (SELECT price FROM items WHERE stock IS NULL ORDER BY name LIMIT 1) AS amount,
       CASE WHEN n < %(ours)s THEN now() + interval '1 day' END AS still_open,
       now() - make_interval(secs => (%(until)s - n + %(since)s) * 30 + 3600) AS created_at
FROM generate_series(%(since)s::bigint, %(until)s::bigint - 1) AS n;
"""

SESSIONS: Final = """
INSERT INTO payment_sessions (id, session_id, merchant_uid, user_username, item_id, item_name, unit_price, amount,
    items_total, quantity, status, provider_status, pay_method, buyer_name, buyer_email, buyer_tel, imp_uid, version,
    expires_at, watch_until, prepared_at, paid_at, created_at, updated_at, request_id, reference, event_count)
SELECT f.id, 'ses' || lpad(n::text, 26, '0'), merchant_uid, username, i.id, i.name, i.price, i.price, i.price,
    1, status, CASE status WHEN 'paid' THEN 'paid' END, 'card', '김하' || chr(44032 + n::int %% 1000),
    'hana' || n || '@example.org', '010-' || lpad((n / 10000)::text, 4, '0') || '-' || lpad((n %% 10000)::text, 4, '0'),
    CASE status WHEN 'paid' THEN imp_uid END, 4,
    greatest(f.created_at + interval '1 hour', still_open), greatest(f.created_at + interval '1 hour', still_open),
    CASE WHEN status <> 'created' THEN f.created_at END,
    CASE status WHEN 'paid' THEN f.created_at + interval '1 minute' END, f.created_at,
    f.created_at + interval '1 minute', 'req' || n, f.reference,
    CASE WHEN status IN ('paid', 'expired') THEN 1 ELSE 0 END
FROM filling f, (SELECT id, name, price FROM items WHERE stock IS NULL ORDER BY name LIMIT 1) i;
"""

LINES: Final = """
INSERT INTO payment_lines (id, session_key, item_id, item_name, unit_price, quantity)
SELECT f.line, f.id, s.item_id, s.item_name, s.unit_price, s.quantity
FROM filling f JOIN payment_sessions s ON s.id = f.id;
"""

PAYMENTS: Final = """
INSERT INTO payment_history (id, payment_id, session_key, imp_uid, merchant_uid, user_username, item_name, amount,
    currency, sandbox, status, provider_status, verdict, pay_method, pg_provider, receipt_url, created_at, paid_at,
    reference)
SELECT payment, 'pay' || lpad(n::text, 26, '0'), f.id, f.imp_uid, f.merchant_uid, username, s.item_name, f.amount,
    'KRW', true, 'paid', 'paid', 'accepted', 'card', 'html5_inicis', 'https://receipts.example/' || n,
    f.created_at + interval '1 minute', f.created_at + interval '1 minute', f.reference
FROM filling f JOIN payment_sessions s ON s.id = f.id WHERE f.status = 'paid';
"""

EVENTS: Final = """
INSERT INTO payment_events (session_key, payment_key, at, kind, from_status, to_status, amount, cause, origin,
    provider_status, request_id)
SELECT id, CASE kind WHEN 'money' THEN payment END, created_at, kind, before, after,
    CASE kind WHEN 'money' THEN amount ELSE 0 END, cause, 'portone', NULL, 'req' || n
FROM filling, (VALUES
    ('paid', 'status', NULL, 'created', 'session'), ('paid', 'status', 'created', 'prepared', 'prepare'),
    ('paid', 'status', 'prepared', 'paid', 'verify'), ('paid', 'money', NULL, NULL, 'verify'),
    ('expired', 'status', NULL, 'created', 'session'), ('expired', 'status', 'created', 'expired', 'expire'),
    ('created', 'status', NULL, 'created', 'session'),
    ('prepared', 'status', NULL, 'created', 'session'), ('prepared', 'status', 'created', 'prepared', 'prepare')
) AS line (of, kind, before, after, cause) WHERE line.of = filling.status;
"""

SHOP_EVENTS: Final = """
INSERT INTO shop_events (event_id, type, session_key, sequence, data, created_at)
SELECT 'evt' || lpad(n::text, 26, '0'), CASE status WHEN 'paid' THEN 'payment.paid' ELSE 'session.expired' END, id, 1,
    jsonb_build_object('session_id', 'ses' || lpad(n::text, 26, '0'), 'order_number', merchant_uid, 'status', status,
        'amount', amount, 'currency', 'KRW'),
    greatest(created_at, now() - interval '80 days')
FROM filling WHERE status IN ('paid', 'expired');
"""
"""None is as old as the events that are deleted."""

WEBHOOKS: Final = """
INSERT INTO webhook_deliveries (id, generation, imp_uid, merchant_uid, event_status, body, content_type,
    remote_address, state, session_key, received_at)
SELECT gen_random_uuid(), 'v1', imp_uid, merchant_uid, 'paid',
    convert_to(format('{"imp_uid":"%%s","merchant_uid":"%%s","status":"paid"}', imp_uid, merchant_uid), 'UTF8'),
    'application/json', '52.78.100.19', 'done', id, created_at + interval '1 minute'
FROM filling WHERE status = 'paid';
"""

INVENTORY: Final = """
INSERT INTO inventory_entries (id, user_username, item_id, item_name, session_key, line_key, kind, quantity,
    created_at)
SELECT gen_random_uuid(), username, s.item_id, s.item_name, f.id, f.line, 'grant', 1, f.created_at + interval '1 minute'
FROM filling f JOIN payment_sessions s ON s.id = f.id WHERE f.status = 'paid';
"""

VISITORS: Final = """
INSERT INTO users (username, role)
SELECT 'visitor' || n, 'buyer' FROM generate_series(%(since)s::bigint, %(since)s::bigint + %(count)s - 1) AS n
ON CONFLICT DO NOTHING
"""

CHECKOUTS: Final = """
WITH opened AS (INSERT INTO payment_sessions (id, session_id, merchant_uid, user_username, item_id, item_name,
    unit_price, amount, items_total, quantity, open_slot, status, pay_method, buyer_name, buyer_email, buyer_tel,
    version, expires_at, watch_until, prepared_at, next_job, generation, due_at)
SELECT gen_random_uuid(), 'ses' || lpad(n::text, 26, '0'), 'ord' || lpad(n::text, 26, '0'), 'visitor' || n,
    i.id, i.name, i.price, i.price, i.price, 1, 0, %(status)s::text, 'card', '김하나', 'hana@example.org',
    '010-1234-5678', 1, now() + interval '1 day', now() + interval '1 day', now(), %(job)s::text,
    %(generation)s, CASE WHEN %(job)s::text IS NOT NULL THEN now() END
FROM generate_series(%(since)s::bigint, %(since)s::bigint + %(count)s - 1) AS n,
    (SELECT id, name, price FROM items WHERE stock IS NULL ORDER BY name LIMIT 1) i
RETURNING id, item_id, item_name, unit_price, quantity)
INSERT INTO payment_lines (session_key, item_id, item_name, unit_price, quantity) SELECT * FROM opened
"""

TABLES: Final = (
    *("payment_sessions", "payment_lines", "payment_history", "payment_events", "webhook_deliveries"),
    *("inventory_entries", "shop_events"),
)

INDEXES: Final = """
SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i
LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid
WHERE i.indrelid = %s::regclass AND c.oid IS NULL
"""


def fill(database: str, sessions: int) -> None:
    """Fill the database up to this number of sessions (with all their related rows), and update its statistics."""
    with psycopg.connect(database) as connection:
        counted = connection.execute("SELECT count(*) FROM payment_sessions").fetchone()
        since = int(counted[0]) if counted else 0
        # The rows are consistent by construction; checking the constraints of a million rows takes minutes.
        connection.execute("SET LOCAL session_replication_role = replica")
        connection.execute("SET LOCAL synchronous_commit = off")
        connection.execute("SET LOCAL work_mem = '256MB'")
        connection.execute("SET LOCAL maintenance_work_mem = '512MB'")
        # Creating an index over all rows is faster than updating it row by row.
        indexes = _without_indexes(connection) if sessions - since > 50_000 else []
        numbers = {"since": since, "until": sessions, "ours": BUYERS * EACH, "each": EACH}
        numbers |= {"paid": PAID, "prepared": PREPARED, "created": CREATED, "buyers": BUYERS, "others": OTHERS}
        for step in (
            *USERS.split(";\n"),
            NUMBERED,
            SESSIONS,
            LINES,
            PAYMENTS,
            EVENTS,
            SHOP_EVENTS,
            WEBHOOKS,
            INVENTORY,
        ):
            if step.strip():
                connection.execute(step, numbers)
        for definition in indexes:
            connection.execute(definition)
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
        connection.execute("CHECKPOINT")


def _without_indexes(connection: psycopg.Connection) -> list[str]:
    """Drop the indexes that belong to no constraint; returns the statements that create them again."""
    found = [row for table in TABLES for row in connection.execute(INDEXES, [table]).fetchall()]
    for name, _ in found:
        connection.execute(f"DROP INDEX {name}")
    return [definition for _, definition in found]


def checkouts(database: str, since: int, count: int, job: str | None = None, generation: str = "v1") -> None:
    """Insert that many open sessions of as many visitors, numbered from `since`, due at once for `job` if given."""
    visitors(database, since, count)
    parameters = {"since": since, "count": count, "job": job, "generation": generation}
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(CHECKOUTS, parameters | {"status": "verifying" if job else "prepared"})
        connection.execute("ANALYZE payment_sessions")


def visitors(database: str, since: int, count: int) -> None:
    """Insert that many users without purchases."""
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(VISITORS, {"since": since, "count": count})


def visitor(number: int) -> str:
    """The name of a visitor."""
    return f"visitor{number}"


def order(number: int) -> str:
    """The order number of a row."""
    return f"ord{number:026d}"


def copy(database: str, name: str) -> str:
    """A copy of the database; returns its URL. No client may be connected to the original."""
    server, _, original = database.rpartition("/")
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {original}")
    return f"{server}/{name}"
