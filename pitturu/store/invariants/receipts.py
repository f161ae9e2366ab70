"""Invariants about cash receipts."""

from typing import Final

from pitturu.store.invariants.invariant import OURS, Invariant

RECEIPTS: Final = (
    Invariant(
        "cash_receipts_follow_the_money",
        """SELECT s.session_id, s.id FROM s
           JOIN payment_history a ON a.session_key = s.id AND a.verdict = 'accepted'
           WHERE s.status IN ('paid', 'partially_cancelled') AND a.pay_method IN ('trans', 'vbank')
             AND s.cash_receipt_purpose IN ('personal', 'business')
             AND NOT EXISTS (SELECT 1 FROM cash_receipts r WHERE r.session_key = s.id)
           UNION SELECT r.receipt_id, r.session_key FROM cash_receipts r
           JOIN p ON p.id = r.payment_key
           WHERE r.kept <> p.amount - p.cancelled_amount OR (r.stage = 'issued' AND r.kept = 0)
              OR (r.stage = 'cancelled' AND r.kept > 0)
              OR (r.stage IN ('checking', 'issuing', 'cancelling') AND r.due_at IS NULL AND r.dead_at IS NULL)""",
        "A cash receipt that was asked for is missing, or is about other money than was kept. Issue or cancel it in the"
        f" PG's console. {OURS}",
    ),
)
