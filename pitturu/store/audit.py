"""The invariants as SQL: each query returns the rows that break one, so an empty answer is the proof."""

from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Final

from sqlalchemy import text

from pitturu.domain import clock
from pitturu.extensions import db


@dataclass(frozen=True)
class Violation:
    """One broken invariant: its name, the rows that break it (at most 20), and what to do."""

    invariant: str
    rows: list[str]
    advice: str


QUERIES: Final = MappingProxyType(
    {
        "paid_means_accepted_money": """
            SELECT s.session_id FROM payment_sessions s
            LEFT JOIN payment_history p ON p.session_key = s.id AND p.verdict = 'accepted'
            WHERE s.status IN ('paid', 'partially_cancelled')
              AND (p.id IS NULL OR p.amount <> s.amount OR p.currency <> s.currency
                   OR p.merchant_uid <> s.merchant_uid OR p.paid_at IS NULL)""",
        "goods_granted_once_per_accepted_payment": """
            SELECT s.session_id FROM payment_sessions s
            WHERE (SELECT count(*) FROM inventory_entries i WHERE i.session_key = s.id AND i.kind = 'grant')
               <> (SELECT count(*) FROM payment_history p WHERE p.session_key = s.id AND p.verdict = 'accepted')""",
        "goods_back_after_full_cancel": """
            SELECT s.session_id FROM payment_sessions s
            WHERE s.status NOT IN ('paid', 'partially_cancelled')
              AND (SELECT coalesce(sum(i.quantity), 0) FROM inventory_entries i WHERE i.session_key = s.id) <> 0""",
        "goods_there_while_paid": """
            SELECT s.session_id FROM payment_sessions s
            WHERE s.status = 'paid'
              AND (SELECT coalesce(sum(i.quantity), 0) FROM inventory_entries i WHERE i.session_key = s.id)
               <> s.quantity""",
        "cancelled_sum_matches": """
            SELECT p.payment_id FROM payment_history p
            WHERE p.cancelled_amount <> (SELECT coalesce(sum(c.amount), 0) FROM payment_cancellations c
                                         WHERE c.payment_key = p.id AND c.stage = 'succeeded')""",
        "never_more_back_than_came": """
            SELECT p.payment_id FROM payment_history p WHERE p.cancelled_amount > p.amount
            UNION SELECT p.payment_id FROM payment_history p
            WHERE p.amount < p.cancelled_amount + (SELECT coalesce(sum(c.amount), 0) FROM payment_cancellations c
                WHERE c.payment_key = p.id AND c.stage IN ('requested', 'needs_account'))""",
        "rejected_money_goes_back": """
            SELECT p.payment_id FROM payment_history p
            WHERE p.verdict IS NOT NULL AND p.verdict <> 'accepted' AND p.cancelled_amount < p.amount
              AND NOT EXISTS (SELECT 1 FROM payment_cancellations c WHERE c.payment_key = p.id
                              AND c.kind = 'refund' AND c.actor = 'system' AND c.stage <> 'refused')""",
        "stray_accounts_are_withdrawn": """
            SELECT p.payment_id FROM payment_history p JOIN payment_sessions s ON s.id = p.session_key
            WHERE p.status = 'awaiting_deposit' AND s.status IN ('paid', 'partially_cancelled', 'mismatched')
              AND NOT EXISTS (SELECT 1 FROM payment_cancellations c
                              WHERE c.payment_key = p.id AND c.kind = 'revoke')""",
        "status_follows_amounts": """
            SELECT s.session_id FROM payment_sessions s
            JOIN payment_history p ON p.session_key = s.id AND p.verdict = 'accepted'
            WHERE s.status <> CASE WHEN p.cancelled_amount = 0 THEN 'paid'
                                   WHEN p.cancelled_amount < p.amount THEN 'partially_cancelled'
                                   ELSE 'cancelled' END""",
        "stock_is_held_by_open_and_paid_only": """
            SELECT s.session_id FROM payment_sessions s
            WHERE s.stock_held > 0 AND s.status IN ('expired', 'failed', 'mismatched', 'cancelled')""",
        "timeline_adds_up": """
            SELECT p.payment_id FROM payment_history p
            WHERE (SELECT coalesce(sum(e.amount), 0) FROM payment_events e WHERE e.payment_key = p.id)
               <> CASE WHEN p.verdict IS NULL THEN 0 ELSE p.amount - p.cancelled_amount END""",
        "timeline_ends_at_the_status": """
            SELECT s.session_id FROM payment_sessions s
            WHERE s.status <> (SELECT e.to_status FROM payment_events e WHERE e.session_key = s.id
                               AND e.kind = 'status' ORDER BY e.id DESC LIMIT 1)""",
        "open_work_has_a_time": """
            SELECT s.session_id FROM payment_sessions s
            WHERE s.status IN ('created', 'prepared', 'verifying', 'awaiting_deposit')
              AND s.due_at IS NULL AND s.dead_at IS NULL
            UNION SELECT c.cancellation_id FROM payment_cancellations c
            WHERE c.stage IN ('requested', 'sent') AND c.due_at IS NULL AND c.dead_at IS NULL
            UNION SELECT w.id::text FROM webhook_deliveries w
            WHERE w.state = 'pending' AND w.due_at IS NULL AND w.dead_at IS NULL""",
        "nothing_is_overdue": """
            SELECT s.session_id FROM payment_sessions s WHERE s.due_at < :limit
            UNION SELECT c.cancellation_id FROM payment_cancellations c WHERE c.due_at < :limit
              AND NOT EXISTS (SELECT 1 FROM payment_cancellations elder WHERE elder.payment_key = c.payment_key
                AND elder.number < c.number AND elder.stage IN ('needs_account', 'requested', 'sent'))
            UNION SELECT w.id::text FROM webhook_deliveries w WHERE w.due_at < :limit""",
    }
)

ADVICE: Final = MappingProxyType(
    {
        "nothing_is_overdue": "Workers are too few, stuck or dead: look at /readyz and at the worker's log.",
        "open_work_has_a_time": "Plan the row again: ask for verification, or repeat the cancel.",
        "rejected_money_goes_back": "Refund this payment in PortOne's console and report a bug.",
    }
)
DEFAULT_ADVICE: Final = "Compare the payment's timeline with PortOne's console, correct by hand, and report a bug."


def violations(due_limit: timedelta) -> list[Violation]:
    """Every invariant that some rows break now. Reads one snapshot, so that work going on is not mistaken for error."""
    db.session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
    found = []
    for name, query in QUERIES.items():
        values = {"limit": clock.now() - due_limit} if ":limit" in query else {}
        rows = [str(row[0]) for row in db.session.execute(text(f"SELECT * FROM ({query}) found LIMIT 20"), values)]  # noqa: S608 - our own constants
        if rows:
            found.append(Violation(name, rows, ADVICE.get(name, DEFAULT_ADVICE)))
    db.session.rollback()
    return found
