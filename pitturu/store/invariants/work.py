"""Invariants about the timeline and about work that is due."""

from typing import Final

from pitturu.store.invariants.invariant import OURS, Invariant

STORY: Final = (
    Invariant(
        "timeline_adds_up",
        """SELECT p.payment_id, p.session_key FROM p
           WHERE (SELECT coalesce(sum(e.amount), 0) FROM payment_events e
                  WHERE e.session_key = p.session_key AND e.payment_key = p.id)
              <> CASE WHEN p.verdict IS NULL THEN 0 ELSE p.amount - p.cancelled_amount END""",
        f"The timeline has other amounts than the payment: PortOne's console shows which is correct. {OURS}",
    ),
    Invariant(
        "timeline_ends_at_the_status",
        """SELECT s.session_id, s.id FROM s
           WHERE s.status IS DISTINCT FROM (SELECT e.to_status FROM payment_events e WHERE e.session_key = s.id
                                            AND e.kind = 'status' ORDER BY e.id DESC LIMIT 1)""",
        f"A status changed without a line in payment_events: find out what wrote to the database directly. {OURS}",
    ),
    Invariant(
        "timeline_is_a_chain",
        """SELECT s.session_id, s.id FROM s
           WHERE EXISTS (SELECT 1 FROM (SELECT e.from_status, lag(e.to_status) OVER (ORDER BY e.id) AS before
                                        FROM payment_events e WHERE e.session_key = s.id AND e.kind = 'status') line
                         WHERE line.from_status IS DISTINCT FROM line.before)""",
        f"A line of the timeline does not begin with the status of the line before it: one is missing or wrong. {OURS}",
    ),
)

WORK: Final = (
    Invariant(
        "open_work_has_a_time",
        """SELECT s.session_id, s.id FROM s
           WHERE s.status IN ('created', 'prepared', 'verifying', 'awaiting_deposit')
             AND s.due_at IS NULL AND s.dead_at IS NULL
           UNION SELECT c.cancellation_id, c.session_key FROM payment_cancellations c
           WHERE c.stage IN ('requested', 'sent') AND c.due_at IS NULL AND c.dead_at IS NULL""",
        "No worker will work on this row any more. Set due_at = now() (and next_job = 'payments.verify' for a"
        f" session), and the next sweep finds it. {OURS}",
    ),
    Invariant(
        "news_has_a_time",
        """SELECT w.id::text, NULL::uuid FROM webhook_deliveries w
           WHERE w.state = 'pending' AND w.due_at IS NULL AND w.dead_at IS NULL""",
        "This webhook was acknowledged and no worker will work on it: set due_at = now(), and the next sweep finds"
        f" it. {OURS}",
        sees_all=True,
    ),
    Invariant(
        "the_next_look_is_near",
        """SELECT s.session_id, s.id FROM s
           WHERE s.status IN ('created', 'prepared', 'verifying', 'awaiting_deposit')
             AND s.due_at > greatest(s.expires_at, CAST(:horizon AS timestamptz))
           UNION SELECT c.cancellation_id, c.session_key FROM payment_cancellations c
           WHERE c.stage IN ('requested', 'sent') AND c.due_at > :horizon
           UNION SELECT w.id::text, NULL FROM webhook_deliveries w WHERE w.due_at > :horizon""",
        "It is due at a time that no rule gives, perhaps because the machine's clock was wrong. Set due_at = now(), and"
        " the next sweep finds it.",
    ),
    Invariant(
        "nothing_is_overdue",
        """SELECT s.session_id, s.id FROM payment_sessions s WHERE s.due_at < :limit
           UNION SELECT c.cancellation_id, c.session_key FROM payment_cancellations c WHERE c.due_at < :limit
             AND NOT EXISTS (SELECT 1 FROM payment_cancellations earlier WHERE earlier.payment_key = c.payment_key
               AND earlier.number < c.number AND earlier.stage IN ('needs_account', 'requested', 'sent'))
           UNION SELECT w.id::text, NULL FROM webhook_deliveries w WHERE w.due_at < :limit""",
        "Workers are too few, stuck or dead: check /readyz and the worker's log. No work is lost meanwhile.",
    ),
)
