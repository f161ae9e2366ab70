"""Waits for the end of all work: nothing is due in the database, and PortOne has no webhooks to deliver."""

import time
from collections.abc import Callable
from typing import Final

import psycopg

WAITING: Final = """
    SELECT 'session', s.session_id, s.status, s.last_error FROM payment_sessions s WHERE s.due_at IS NOT NULL
    UNION ALL SELECT 'cancellation', c.cancellation_id, c.stage, c.last_error FROM payment_cancellations c
    WHERE c.stage IN ('requested', 'sent') OR c.due_at IS NOT NULL
    UNION ALL SELECT 'webhook', w.merchant_uid, w.event_status, w.last_error FROM webhook_deliveries w
    WHERE w.due_at IS NOT NULL AND EXISTS (SELECT 1 FROM payment_sessions s WHERE s.merchant_uid = w.merchant_uid)
    UNION ALL SELECT 'event', e.event_id, e.type, e.last_error FROM shop_events e WHERE e.due_at IS NOT NULL
    UNION ALL SELECT 'message', m.about_id, m.channel, m.last_error FROM outbound_messages m WHERE m.due_at IS NOT NULL
    UNION ALL SELECT 'endpoint', n.endpoint_id, 'paused', n.paused_reason FROM event_endpoints n
    WHERE n.paused_at IS NOT NULL
    UNION ALL SELECT 'rollups', count(*)::text, 'lines not counted', NULL FROM (
        SELECT id, transaction_id FROM payment_events UNION ALL SELECT id, transaction_id FROM webhook_outcomes) line
    WHERE line.transaction_id >= (SELECT p.counted_below FROM rollup_progress p WHERE NOT p.stale) IS NOT FALSE
    HAVING count(*) > 0"""
"""All remaining work of the workers. Webhooks about unknown orders are excluded, because they are retried for
minutes."""


def waiting(database: str) -> list[str]:
    """The remaining work, one line each; a single line that says so when the database does not answer."""
    try:
        with psycopg.connect(database, connect_timeout=2) as connection:
            return [" ".join(map(str, row)) for row in connection.execute(WAITING)]
    except psycopg.OperationalError as error:
        return [f"the database does not answer: {error}"]


def until_quiet(database: str, timeout: float, progress: Callable[[int], None]) -> tuple[bool, float]:
    """(whether no work is left, seconds that took). `progress` is called meanwhile with the number of remaining
    rows."""
    began = time.monotonic()
    while left := waiting(database):
        if time.monotonic() - began > timeout:
            return False, time.monotonic() - began
        progress(len(left))
        time.sleep(0.2)
    return True, time.monotonic() - began
