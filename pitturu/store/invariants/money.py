"""Invariants about money: what was paid, accepted and refunded."""

from typing import Final

from pitturu.store.invariants.invariant import OURS, Invariant

MONEY: Final = (
    Invariant(
        "paid_means_accepted_money",
        """SELECT s.session_id, s.id FROM s
           LEFT JOIN payment_history a ON a.session_key = s.id AND a.verdict = 'accepted'
           WHERE s.status IN ('paid', 'partially_cancelled') AND (a.id IS NULL OR a.amount <> s.amount
               OR a.currency <> s.currency OR a.merchant_uid <> s.merchant_uid OR a.paid_at IS NULL)""",
        "Look the order number up in PortOne's console. If it was not paid in full, take the goods back manually; if it"
        " was, POST /api/v1/payments/verify applies PortOne's answer again.",
    ),
    Invariant(
        "accepted_on_our_channels",
        """SELECT p.payment_id, p.session_key FROM p WHERE p.verdict = 'accepted' AND p.sandbox <> :sandbox""",
        "Goods were granted for a payment of the other kind of channel (live or test). Compare PORTONE_ENVIRONMENT with"
        " the channels in PortOne's console; cancel these payments if the money was not real.",
    ),
    Invariant(
        "one_payment_pays_one_session",
        """SELECT s.session_id, s.id FROM s JOIN payment_history other ON other.imp_uid = s.imp_uid
           WHERE other.session_key <> s.id
           UNION SELECT p.payment_id, p.session_key FROM p JOIN payment_sessions of ON of.id = p.session_key
           WHERE p.merchant_uid <> of.merchant_uid""",
        "Two orders have the same payment. PortOne's console shows its order number; the goods of the other order"
        f" were not paid for. {OURS}",
    ),
    Invariant(
        "one_accepted_payment_a_session",
        """SELECT p.session_key::text, p.session_key FROM p WHERE p.verdict = 'accepted'
           GROUP BY p.session_key HAVING count(*) > 1""",
        "The buyer paid twice and both payments were accepted: cancel the later one as an operator. The unique index"
        " uq_payment_history_one_accepted is missing: `flask --app wsgi db upgrade`.",
    ),
    Invariant(
        "cancelled_sum_matches",
        """SELECT p.payment_id, p.session_key FROM p
           WHERE p.cancelled_amount <> (SELECT coalesce(sum(c.amount), 0) FROM payment_cancellations c
                                        WHERE c.payment_key = p.id AND c.stage = 'succeeded')""",
        f"Compare the cancels of this payment with PortOne's console, which is authoritative. {OURS}",
    ),
    Invariant(
        "never_more_back_than_came",
        """SELECT p.payment_id, p.session_key FROM p WHERE p.cancelled_amount > p.amount
           UNION SELECT p.payment_id, p.session_key FROM p
           WHERE p.amount < p.cancelled_amount + (SELECT coalesce(sum(c.amount), 0) FROM payment_cancellations c
               WHERE c.payment_key = p.id
                 AND c.stage IN ('requested', 'needs_account', 'return_requested'))""",
        "The cancels add up to more than was paid. PortOne refuses the surplus by its checksum; find the cancel that is"
        " too many with `pitturu why`, and inform its buyer.",
    ),
    Invariant(
        "tax_free_and_taxable_go_back_apart",
        """SELECT p.payment_id, p.session_key FROM p JOIN payment_sessions of ON of.id = p.session_key
           CROSS JOIN LATERAL (SELECT coalesce(sum(c.amount), 0) AS amount, coalesce(sum(c.tax_free), 0) AS tax_free
                               FROM payment_cancellations c WHERE c.payment_key = p.id AND c.stage = 'succeeded') back
           WHERE p.amount = of.amount AND (back.tax_free > of.tax_free_amount
                                           OR back.amount - back.tax_free > of.amount - of.tax_free_amount)""",
        "More of the tax-free or of the taxable part of this payment went back than it had. Correct the tax documents"
        f" of its cancels with the PG. {OURS}",
    ),
    Invariant(
        "rejected_money_goes_back",
        """SELECT p.payment_id, p.session_key FROM p
           WHERE p.verdict IS NOT NULL AND p.verdict <> 'accepted' AND p.cancelled_amount < p.amount
             AND NOT EXISTS (SELECT 1 FROM payment_cancellations c WHERE c.payment_key = p.id
                             AND c.kind = 'refund' AND c.origin = 'system' AND c.stage <> 'refused')""",
        "A rejected payment has no pending refund: the PG refused the refund, or there is none. Ask"
        " the PG why, then POST /api/v1/payments/{payment_id}/cancel as an operator, or refund it in the console.",
    ),
    Invariant(
        "stray_accounts_are_withdrawn",
        """SELECT p.payment_id, p.session_key FROM p JOIN payment_sessions of ON of.id = p.session_key
           WHERE p.status = 'awaiting_deposit' AND of.status IN ('paid', 'partially_cancelled', 'mismatched')
             AND NOT EXISTS (SELECT 1 FROM payment_cancellations c
                             WHERE c.payment_key = p.id AND c.kind = 'revoke')""",
        "A virtual account of a finished order can still be paid into: revoke it in PortOne's console. If a deposit"
        " arrives all the same, it is refunded automatically once the buyer has named an account.",
    ),
    Invariant(
        "status_follows_amounts",
        """SELECT s.session_id, s.id FROM s
           JOIN payment_history a ON a.session_key = s.id AND a.verdict = 'accepted'
           WHERE s.status <> CASE WHEN a.cancelled_amount = 0 THEN 'paid'
                                  WHEN a.cancelled_amount < a.amount THEN 'partially_cancelled' ELSE 'cancelled' END""",
        "The amounts are correct and the status is not: POST /api/v1/payments/verify, or any webhook of the payment,"
        f" computes it again. {OURS}",
    ),
)
