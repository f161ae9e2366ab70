"""Invariants about pieces: granted, returned, in stock."""

from typing import Final

from pitturu.store.invariants.invariant import OURS, Invariant

CANCELS: Final = """
    SELECT c.amount, c.origin = 'buyer' AS buyers, c.stage = 'succeeded' AS done,
           (SELECT sum(-i.quantity * l.unit_price) FROM inventory_entries i JOIN payment_lines l ON l.id = i.line_key
            WHERE i.cancellation_key = c.id) AS taken,
           (SELECT sum(named.value::integer * l.unit_price) FROM jsonb_each_text(c.pieces) named
            JOIN payment_lines l ON l.id = named.key::uuid) AS named
    FROM payment_cancellations c WHERE c.payment_key = p.id AND c.kind = 'refund'"""
"""SQL for: the refunds of a payment `p`, each with the price of the pieces that it took back and that it names."""


def worth(price: str) -> str:
    """SQL for: what pieces of this price are worth after their share of the discount of the order `of`."""
    return f"{price}::numeric * whole.after_discount / of.items_total"


INVENTORY: Final = (
    Invariant(
        "lines_add_up_to_the_amount",
        """SELECT s.session_id, s.id FROM s
           CROSS JOIN LATERAL (
               SELECT coalesce(sum(l.unit_price::bigint * l.quantity), 0) AS total, count(*) AS number,
                      coalesce(sum(l.unit_price::bigint * l.quantity) FILTER (WHERE l.tax_free), 0) AS tax_free
               FROM payment_lines l WHERE l.session_key = s.id) lines
           WHERE s.items_total <> lines.total OR s.line_count <> lines.number OR s.tax_free_amount
               <> div(lines.tax_free * (s.items_total - least(s.discount, s.items_total)), s.items_total)""",
        f"The order's amount differs from its lines: PortOne's console shows what the buyer agreed to. {OURS}",
    ),
    Invariant(
        "goods_granted_once_per_accepted_payment",
        """SELECT s.session_id, s.id FROM s
           WHERE (SELECT count(*) FROM inventory_entries i WHERE i.session_key = s.id AND i.kind = 'grant')
              <> s.line_count * (SELECT count(*) FROM payment_history a
                                 WHERE a.session_key = s.id AND a.verdict = 'accepted')""",
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
        """SELECT s.session_id, s.id FROM s JOIN payment_lines l ON l.session_key = s.id
           WHERE s.status IN ('paid', 'partially_cancelled')
             AND (SELECT coalesce(sum(i.quantity), 0) FROM inventory_entries i
                  WHERE i.session_key = s.id AND i.line_key = l.id)
              <> l.quantity - (SELECT coalesce(sum((c.pieces ->> l.id::text)::integer), 0)
                               FROM payment_cancellations c WHERE c.session_key = s.id AND c.stage = 'succeeded')""",
        f"The buyer holds fewer or more pieces than were paid for: correct the difference manually. {OURS}",
    ),
    Invariant(
        "buyers_cancels_return_goods_and_money",
        f"""SELECT p.payment_id, p.session_key FROM p
           JOIN payment_sessions of ON of.id = p.session_key
           CROSS JOIN LATERAL (
               SELECT of.items_total - least(of.discount, of.items_total) AS after_discount,
                      NOT EXISTS (SELECT 1 FROM inventory_entries i WHERE i.session_key = of.id
                                  HAVING sum(i.quantity) > 0) AS all_back) whole
           CROSS JOIN LATERAL (
               SELECT coalesce(sum(one.amount) FILTER (WHERE one.buyers AND one.done), 0) AS money,
                      coalesce(sum({worth("one.taken")}) FILTER (WHERE one.buyers), 0) AS goods,
                      coalesce(sum(one.amount) FILTER (WHERE NOT one.buyers AND one.named IS NULL), 0) AS by_amount,
                      coalesce(sum(one.amount - {worth("one.named")}) FILTER (WHERE NOT one.buyers AND one.done), 0)
                          AS priced,
                      CASE WHEN of.discount > 0 THEN count(*) ELSE 0 END AS rounding
               FROM ({CANCELS}) one) back
           WHERE p.verdict = 'accepted' AND back.money NOT BETWEEN
               back.goods - back.by_amount - greatest(back.priced, 0) - back.rounding
               AND back.goods + back.rounding
                   + CASE WHEN whole.all_back THEN of.amount - whole.after_discount ELSE 0 END""",  # noqa: S608 - our own constants
        "A buyer's own cancels refunded money without returning the goods, or the reverse. Compare the cancels"
        " of GET /api/v1/payments/{payment_id} with the entries of inventory_entries that refer to them, then"
        " take the missing goods back manually, or refund the missing amount as an operator.",
    ),
    Invariant(
        "buyers_cancel_alone_only_what_was_not_begun",
        """SELECT p.payment_id, p.session_key FROM p
           JOIN payment_cancellations c ON c.payment_key = p.id JOIN payment_lines l ON l.session_key = p.session_key
           WHERE c.kind = 'refund' AND c.origin = 'buyer' AND c.reviewed_by IS NULL
             AND c.stage IN ('requested', 'sent', 'succeeded') AND l.begun_at < c.created_at
             AND (c.pieces IS NULL OR jsonb_exists(c.pieces, l.id::text))""",
        "A buyer was refunded without a decision of the shop although its delivery had begun. Get the goods back from"
        f" the buyer. {OURS}",
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
    Invariant(
        "lines_hold_the_stock_of_their_session",
        """SELECT s.session_id, s.id FROM s WHERE s.stock_held <> (
               SELECT coalesce(sum(l.stock_held), 0) FROM payment_lines l WHERE l.session_key = s.id)""",
        "The pieces that the lines of this order hold of their items' stock differ from stock_held of the order, for"
        " example because a process of the release before carts was still running. Set stock_held of the order to the"
        f" sum of its lines, and count the stock of their items. {OURS}",
    ),
    Invariant(
        "stock_adds_up",
        """SELECT i.id::text, NULL::uuid FROM items i
           LEFT JOIN (SELECT item_id, sum(quantity) AS pieces FROM stock_ledger GROUP BY item_id) line
             ON line.item_id = i.id
           LEFT JOIN (SELECT l.item_id, sum(l.stock_held) AS pieces
                      FROM payment_sessions o JOIN payment_lines l ON l.session_key = o.id
                      WHERE o.open_slot IS NOT NULL GROUP BY l.item_id) held ON held.item_id = i.id
           WHERE i.stock IS NOT NULL AND coalesce(line.pieces, 0) <> i.stock + coalesce(held.pieces, 0)""",
        "The stock of this item was changed without a line in stock_ledger: in SQL, by a process of the release before"
        " the ledger, or by a bug. Count the pieces, and POST /api/v1/catalogue/items/{item_id}/stock with `set_to`:"
        " its line makes the ledger add up. `flask --app wsgi pitturu items recount` does that for every item.",
        sees_all=True,
    ),
)
