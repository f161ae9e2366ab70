"""The invariants as SQL: each query returns the rows that break one, so an empty result means that it holds.

`s` and `p` are the payment sessions and payments to check: all of them, or recent ones. A query returns the name of a
row and the key of its session, null where there is none. Every invariant has its own advice for the operator.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Scope(StrEnum):
    """FULL checks every row; RECENT those that changed since the last audit, wait for work, or were found before."""

    RECENT = "recent"
    FULL = "full"


OURS: Final = "Only a bug or a manual change of the database can cause this: keep the rows and report it."


@dataclass(frozen=True)
class Invariant:
    """`sql` may use :limit (the time before which no row may be due any more), :horizon (the time by which
    every row is due again) and :sandbox (whether payments of test channels are the accepted ones here).

    One that `sees_all` reads a whole table, so recent audits leave it out.
    """

    name: str
    sql: str
    advice: str
    sees_all: bool = False


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
               WHERE c.payment_key = p.id AND c.stage IN ('requested', 'needs_account'))""",
        "The cancels add up to more than was paid. PortOne refuses the surplus by its checksum; find the cancel that is"
        " too many with `pitturu why`, and inform its buyer.",
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

GOODS: Final = (
    Invariant(
        "lines_add_up_to_the_amount",
        """SELECT s.session_id, s.id FROM s WHERE s.amount <> (
               SELECT coalesce(sum(l.unit_price * l.quantity), 0) FROM payment_lines l WHERE l.session_key = s.id)""",
        f"The order's amount differs from its lines: PortOne's console shows what the buyer agreed to. {OURS}",
    ),
    Invariant(
        "goods_granted_once_per_accepted_payment",
        """SELECT s.session_id, s.id FROM s
           WHERE (SELECT count(*) FROM inventory_entries i WHERE i.session_key = s.id AND i.kind = 'grant')
              <> (SELECT count(*) FROM payment_history a WHERE a.session_key = s.id AND a.verdict = 'accepted')""",
        f"Compare GET /api/v1/me/inventory with what was paid, and correct the difference manually. {OURS}",
    ),
    Invariant(
        "goods_back_after_full_cancel",
        """SELECT s.session_id, s.id FROM s
           WHERE s.status NOT IN ('paid', 'partially_cancelled')
             AND (SELECT coalesce(sum(i.quantity), 0) FROM inventory_entries i WHERE i.session_key = s.id) <> 0""",
        f"The buyer holds goods that were refunded or never paid for: take them back manually. {OURS}",
    ),
    Invariant(
        "goods_there_while_paid",
        """SELECT s.session_id, s.id FROM s
           WHERE s.status IN ('paid', 'partially_cancelled')
             AND (SELECT coalesce(sum(i.quantity), 0) FROM inventory_entries i WHERE i.session_key = s.id)
              <> s.quantity - (SELECT coalesce(sum(c.quantity), 0) FROM payment_cancellations c
                               WHERE c.session_key = s.id AND c.stage = 'succeeded')""",
        f"The buyer holds fewer or more pieces than were paid for: correct the difference manually. {OURS}",
    ),
    Invariant(
        "buyers_cancels_return_goods_and_money",
        """SELECT p.payment_id, p.session_key FROM p
           JOIN payment_sessions of ON of.id = p.session_key
           JOIN LATERAL (
               SELECT coalesce(sum(c.amount) FILTER (WHERE c.origin = 'buyer' AND c.stage = 'succeeded'), 0) AS money,
                      coalesce(sum(-i.quantity) FILTER (WHERE c.origin = 'buyer'), 0) * of.unit_price AS goods,
                      coalesce(sum(c.amount) FILTER (WHERE c.origin <> 'buyer' AND c.quantity IS NULL), 0) AS by_amount
               FROM payment_cancellations c LEFT JOIN inventory_entries i ON i.cancellation_key = c.id
               WHERE c.payment_key = p.id AND c.kind = 'refund') back ON true
           WHERE p.verdict = 'accepted' AND back.money NOT BETWEEN back.goods - back.by_amount AND back.goods""",
        "A buyer's own cancels refunded money without returning the goods, or the reverse. Compare the cancels"
        " of GET /api/v1/payments/{payment_id} with the entries of inventory_entries that refer to them, then"
        " take the missing goods back manually, or refund the missing amount as an operator.",
    ),
    Invariant(
        "goods_belong_to_who_paid",
        """SELECT s.session_id, s.id FROM s
           JOIN inventory_entries i ON i.session_key = s.id JOIN payment_lines l ON l.id = i.line_key
           WHERE i.user_username <> s.user_username OR i.item_id <> l.item_id OR l.session_key <> s.id
           UNION SELECT p.payment_id, p.session_key FROM p JOIN payment_sessions of ON of.id = p.session_key
           WHERE p.user_username <> of.user_username""",
        f"A row belongs to another user than its session: correct user_username to that of the session. {OURS}",
    ),
    Invariant(
        "stock_is_held_by_open_and_paid_only",
        """SELECT s.session_id, s.id FROM s
           WHERE s.stock_held > 0 AND s.status IN ('expired', 'failed', 'mismatched', 'cancelled')""",
        "Pieces are reserved for a closed order: add stock_held to the item's stock, set stock_held to 0, in one"
        f" transaction. {OURS}",
    ),
)

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

INVARIANTS: Final = (*MONEY, *GOODS, *STORY, *WORK)


def checked(scope: Scope) -> list[Invariant]:
    """The invariants that an audit of this scope checks."""
    return [invariant for invariant in INVARIANTS if scope is Scope.FULL or not invariant.sees_all]
