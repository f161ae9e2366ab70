"""The invariants of the database by itself, in SQL: each query returns the rows that violate one."""

from collections.abc import Iterator
from typing import Final, LiteralString

import psycopg

from chaos.checker.snapshot import Snapshot

INVARIANTS: Final[dict[LiteralString, LiteralString]] = {
    "paid means money that was accepted: this order, this amount, this currency": """
        SELECT s.session_id FROM payment_sessions s
        WHERE s.status IN ('paid', 'partially_cancelled') AND NOT EXISTS (
            SELECT FROM payment_history p
            WHERE p.session_key = s.id AND p.verdict = 'accepted' AND p.paid_at IS NOT NULL
            AND p.merchant_uid = s.merchant_uid AND p.amount = s.amount AND p.currency = s.currency)""",
    "an attempt belongs to one session, a session has one payment": """
        SELECT p.imp_uid FROM payment_history p GROUP BY p.imp_uid HAVING count(*) > 1
        UNION ALL SELECT p.session_key::text FROM payment_history p WHERE p.verdict = 'accepted'
        GROUP BY p.session_key HAVING count(*) > 1""",
    "a session is called what its money says": """
        SELECT s.session_id FROM payment_sessions s JOIN payment_history p ON p.session_key = s.id
        WHERE p.verdict = 'accepted' AND (s.status = 'paid') <> (p.cancelled_amount = 0)
        UNION ALL SELECT s.session_id FROM payment_sessions s JOIN payment_history p ON p.session_key = s.id
        WHERE p.verdict = 'accepted' AND (s.status = 'cancelled') <> (p.cancelled_amount = p.amount)""",
    "money that was not accepted went back, all of it": """
        SELECT p.payment_id FROM payment_history p
        WHERE p.paid_at IS NOT NULL AND p.verdict IS DISTINCT FROM 'accepted' AND p.cancelled_amount <> p.amount""",
    "what went back is the sum of the cancels that succeeded": """
        SELECT p.payment_id FROM payment_history p LEFT JOIN payment_cancellations c
        ON c.payment_key = p.id AND c.stage = 'succeeded'
        GROUP BY p.payment_id, p.cancelled_amount HAVING coalesce(sum(c.amount), 0) <> p.cancelled_amount""",
    "amounts can be recomputed from the timeline": """
        SELECT p.payment_id FROM payment_history p LEFT JOIN payment_events e ON e.payment_key = p.id
        GROUP BY p.payment_id, p.paid_at, p.amount, p.cancelled_amount
        HAVING coalesce(sum(e.amount), 0)
            <> CASE WHEN p.paid_at IS NULL THEN 0 ELSE p.amount - p.cancelled_amount END""",
    "every change of status is one line, and each begins where the last one ended": """
        SELECT session_key::text FROM (SELECT session_key, from_status, lag(to_status) OVER (PARTITION BY session_key
            ORDER BY id) AS before FROM payment_events WHERE kind = 'status') line
        WHERE from_status IS DISTINCT FROM before
        UNION ALL SELECT s.session_id FROM payment_sessions s WHERE s.status IS DISTINCT FROM (
            SELECT e.to_status FROM payment_events e WHERE e.session_key = s.id AND e.kind = 'status'
            ORDER BY e.id DESC LIMIT 1)""",
    "payments and goods are their session's owner's": """
        SELECT p.payment_id FROM payment_history p JOIN payment_sessions s ON s.id = p.session_key
        WHERE p.user_username <> s.user_username OR p.merchant_uid <> s.merchant_uid
        UNION ALL SELECT i.id::text FROM inventory_entries i JOIN payment_sessions s ON s.id = i.session_key
        JOIN payment_lines l ON l.id = i.line_key
        WHERE i.user_username <> s.user_username OR i.item_id <> l.item_id OR l.session_key <> s.id""",
    "lines add up to what their order costs": """
        SELECT s.session_id FROM payment_sessions s LEFT JOIN payment_lines l ON l.session_key = s.id
        GROUP BY s.id HAVING coalesce(sum(l.unit_price * l.quantity), 0) <> s.amount - s.shipping + s.discount
            OR count(l.id) <> s.line_count OR count(DISTINCT l.position) <> s.line_count""",
    "tax-free parts are those of the lines, and no more of them goes back than was paid": """
        SELECT s.session_id FROM payment_sessions s JOIN payment_lines l ON l.session_key = s.id WHERE s.discount = 0
        GROUP BY s.id HAVING sum(l.unit_price * l.quantity * l.tax_free::int) <> s.tax_free_amount
        UNION ALL SELECT p.payment_id FROM payment_history p JOIN payment_sessions s ON s.id = p.session_key
        JOIN payment_cancellations c ON c.payment_key = p.id AND c.stage = 'succeeded' WHERE p.amount = s.amount
        GROUP BY p.id, s.id HAVING sum(c.tax_free) > s.tax_free_amount
            OR sum(c.amount - c.tax_free) > s.amount - s.tax_free_amount""",
    "nothing is held for sessions that are over, and nobody has more than was sold": """
        SELECT s.session_id FROM payment_sessions s
        WHERE s.stock_held > 0 AND s.status IN ('cancelled', 'failed', 'mismatched', 'expired')
        UNION ALL SELECT s.session_id FROM payment_sessions s JOIN payment_lines l ON l.session_key = s.id
        GROUP BY s.id HAVING sum(l.stock_held) <> s.stock_held
        UNION ALL SELECT l.id::text FROM payment_lines l JOIN inventory_entries i ON i.line_key = l.id
        GROUP BY l.id HAVING sum(i.quantity) NOT BETWEEN 0 AND l.quantity""",
    "the ledger of stock says what is there and what is held but not bought": """
        SELECT i.id::text FROM items i WHERE i.stock IS NOT NULL
        AND (SELECT coalesce(sum(l.quantity), 0) FROM stock_ledger l WHERE l.item_id = i.id)
         <> i.stock + (SELECT coalesce(sum(l.stock_held), 0) FROM payment_lines l WHERE l.item_id = i.id AND NOT
            EXISTS (SELECT FROM inventory_entries e WHERE e.line_key = l.id AND e.kind = 'grant'))""",
}

STOCK_TOTALS: Final = """
    SELECT i.id::text, i.stock + coalesce((SELECT sum(l.stock_held) FROM payment_lines l WHERE l.item_id = i.id), 0)
    FROM items i WHERE i.stock IS NOT NULL"""


def invariants(snapshot: Snapshot) -> Iterator[str]:
    """An invariant of the tables is violated; the first rows that violate it."""
    with psycopg.connect(snapshot.database) as connection:
        for name, query in INVARIANTS.items():
            rows = connection.execute(query).fetchall()
            if rows:
                yield f"{name}: {len(rows)} times not, as in {', '.join(str(row[0]) for row in rows[:5])}"


def stock_totals(snapshot: Snapshot) -> Iterator[str]:
    """The stock plus what sessions hold or have bought differs from the initial stock."""
    first = {note["item"]: note["stock"] for note in snapshot.noted("initial stock")}
    with psycopg.connect(snapshot.database) as connection:
        for item, there in connection.execute(STOCK_TOTALS):
            if item in first and first[item] != there:
                yield f"item {item}: {first[item]} pieces at first, {there} now"
