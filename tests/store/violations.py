"""Changes that break each invariant, as SQL for the rows of the fixture `healthy`."""

LATE, FAR = "now() - interval '6 minutes'", "now() + interval '3 hours'"
SESSION, PAYMENT = "UPDATE payment_sessions SET", "UPDATE payment_history SET"
CANCEL, DELIVERY, GOODS = (
    "UPDATE payment_cancellations SET",
    "UPDATE webhook_deliveries SET",
    "UPDATE inventory_entries SET",
)
PIECE = "pieces = (SELECT jsonb_build_object(line_key::text, 1) FROM inventory_entries)"
OTHER = "SELECT {} FROM payment_sessions WHERE user_username = 'minji'"
OPEN = "SELECT id FROM payment_sessions WHERE open_slot IS NOT NULL"
OTHERS_LINE = f"SELECT id FROM payment_lines WHERE session_key = ({OTHER.format('id')})"
LINE = "INSERT INTO payment_events (kind, cause, origin, session_key, from_status, to_status)"
BEGUN = "UPDATE payment_lines SET fulfilment = 'shipped', begun_at = now() - interval '1 hour'"
ADD_STATUS = f"{LINE} SELECT 'status', 'verify', 'portone', id,"

RETURN = (
    "INSERT INTO inventory_entries"
    " (user_username, item_id, item_name, session_key, line_key, kind, quantity, cancellation_key) SELECT"
    " user_username, item_id, item_name, session_key, line_key, 'return', -1, (SELECT id FROM payment_cancellations) "
    "FROM inventory_entries"
)

RECEIPT = (
    "INSERT INTO cash_receipts (receipt_id, session_key, payment_key, changed_at, stage, kept)"
    " SELECT 'rcp1', session_key, id, now(), {}, {} FROM payment_history"
)

BROKEN = {
    "cash_receipts_follow_the_money": [
        f"{PAYMENT} pay_method = 'vbank'; {SESSION} cash_receipt_purpose = 'personal'",
        RECEIPT.format("'issued'", "amount - 1"),
        RECEIPT.format("'cancelled'", "amount"),
        RECEIPT.format("'checking'", "amount"),
    ],
    "lines_hold_the_stock_of_their_session": [
        "UPDATE payment_lines SET stock_held = 1",
        f"{SESSION} stock_held = 1",
    ],
    "tax_free_and_taxable_go_back_apart": [
        f"{CANCEL} stage = 'succeeded', tax_free = 1",
        f"{SESSION} tax_free_amount = 1001; {CANCEL} stage = 'succeeded', amount = 1000, tax_free = 0",
    ],
    "lines_add_up_to_the_amount": [
        f"{SESSION} tax_free_amount = 1",
        f"{SESSION} discount = 500, shipping = 500; UPDATE payment_lines SET tax_free = true",
        f"{SESSION} line_count = 2",
        "UPDATE payment_lines SET quantity = quantity + 1",
        "UPDATE payment_lines SET unit_price = unit_price - 1",
        f"DELETE FROM payment_lines WHERE id = ({OTHERS_LINE})",
    ],
    "paid_means_accepted_money": [
        f"{PAYMENT} amount = 1999",
        f"{PAYMENT} currency = 'USD'",
        f"{PAYMENT} merchant_uid = 'another'",
        f"{PAYMENT} paid_at = NULL",
        f"{PAYMENT} verdict = 'late'",
    ],
    "accepted_on_our_channels": [f"{PAYMENT} sandbox = true"],
    "one_payment_pays_one_session": [
        f"{PAYMENT} session_key = ({OTHER.format('id')})",
        f"{PAYMENT} merchant_uid = 'another'",
    ],
    "goods_granted_once_per_accepted_payment": ["DELETE FROM inventory_entries"],
    "goods_back_after_full_cancel": [f"{SESSION} status = 'cancelled'", f"{SESSION} status = 'expired'"],
    "goods_there_while_paid": [
        f"{GOODS} quantity = 1",
        f"{SESSION} status = 'partially_cancelled' WHERE paid_at IS NOT NULL; {GOODS} quantity = 1",
        f"{SESSION} status = 'partially_cancelled'; {CANCEL} {PIECE}, stage = 'succeeded'",
    ],
    "buyers_cancels_return_goods_and_money": [
        f"{CANCEL} stage = 'succeeded'",
        f"{CANCEL} stage = 'succeeded', amount = 1001; {RETURN}",
        f"{CANCEL} stage = 'succeeded', amount = 999; {RETURN}",
        RETURN,
    ],
    "buyers_cancel_alone_only_what_was_not_begun": [
        f"{BEGUN}; {CANCEL} stage = 'requested'",
        f"{BEGUN}; {CANCEL} stage = 'succeeded'",
    ],
    "goods_belong_to_who_paid": [
        f"{GOODS} user_username = 'minji'",
        f"{GOODS} item_id = ({OTHER.format('item_id')})",
        f"{GOODS} line_key = ({OTHERS_LINE})",
        f"{GOODS} line_key = ({OTHERS_LINE}), item_id = ({OTHER.format('item_id')})",
        f"{PAYMENT} user_username = 'minji'",
    ],
    "cancelled_sum_matches": [f"{PAYMENT} cancelled_amount = 500"],
    "never_more_back_than_came": [
        f"{PAYMENT} cancelled_amount = 1; {CANCEL} amount = 2000, stage = 'requested'",
        f"{PAYMENT} cancelled_amount = 1; {CANCEL} amount = 2000, stage = 'needs_account'",
    ],
    "rejected_money_goes_back": [f"{PAYMENT} verdict = 'amount_differs'"],
    "stray_accounts_are_withdrawn": [f"{PAYMENT} status = 'awaiting_deposit'"],
    "status_follows_amounts": [
        f"{PAYMENT} cancelled_amount = 2000",
        f"{PAYMENT} cancelled_amount = 1",
        f"{SESSION} status = 'partially_cancelled'",
    ],
    "stock_is_held_by_open_and_paid_only": [
        f"{SESSION} status = '{status}'" for status in ("expired", "failed", "mismatched", "cancelled")
    ],
    "stock_adds_up": [
        "UPDATE items SET stock = stock + 1 WHERE stock = 10",
        f"UPDATE payment_lines SET stock_held = 1 WHERE session_key IN ({OPEN})",
        f"{SESSION} open_slot = NULL",
        "INSERT INTO stock_ledger (item_id, kind, quantity, reason) SELECT id, 'correction', -1, 'x' FROM items",
        "INSERT INTO items (name, price, stock) VALUES ('x', 1, 1)",
    ],
    "timeline_adds_up": [
        "INSERT INTO payment_events (session_key, payment_key, kind, amount, cause, origin) "
        "SELECT session_key, id, 'money', 1, 'verify', 'portone' FROM payment_history",
        f"{PAYMENT} verdict = NULL",
    ],
    "timeline_ends_at_the_status": [f"{SESSION} status = 'prepared'"],
    "timeline_is_a_chain": [
        f"{ADD_STATUS} 'prepared', 'paid' FROM payment_sessions WHERE paid_at IS NOT NULL",
        f"{ADD_STATUS} NULL, 'paid' FROM payment_sessions WHERE paid_at IS NOT NULL",
    ],
    "open_work_has_a_time": [
        f"{SESSION} status = 'prepared', due_at = NULL",
        f"{CANCEL} stage = 'requested', due_at = NULL",
        f"{CANCEL} stage = 'sent', due_at = NULL",
    ],
    "news_has_a_time": [f"{DELIVERY} due_at = NULL"],
    "the_next_look_is_near": [
        f"{SESSION} status = 'verifying', next_job = 'payments.verify', due_at = {FAR}",
        f"{CANCEL} stage = 'sent', due_at = {FAR}",
        f"{DELIVERY} due_at = {FAR}",
    ],
    "nothing_is_overdue": [
        f"{SESSION} due_at = {LATE}, next_job = 'payments.expire'",
        f"{CANCEL} due_at = {LATE}",
        f"{DELIVERY} due_at = {LATE}",
    ],
}
CASES = [(invariant, change) for invariant, changes in BROKEN.items() for change in changes]

GUARDED = {
    "never_more_back_than_came": (
        "payment_history",
        "ck_payment_history_cancelled_amount",
        f"{PAYMENT} cancelled_amount = 2001",
        f"{PAYMENT} cancelled_amount = 0",
    ),
    "goods_granted_once_per_accepted_payment": (
        "inventory_entries",
        "uq_inventory_entries_one_grant",
        "INSERT INTO inventory_entries (user_username, item_id, item_name, session_key, line_key, kind, quantity) "
        "SELECT user_username, item_id, item_name, session_key, line_key, kind, quantity FROM inventory_entries",
        "DELETE FROM inventory_entries",
    ),
    "one_accepted_payment_a_session": (
        "payment_history",
        "uq_payment_history_one_accepted",
        "INSERT INTO payment_history (payment_id, imp_uid, session_key, merchant_uid, user_username, item_name, amount,"
        " currency, status, provider_status, verdict) SELECT 'pay2', 'imp2', session_key, merchant_uid, user_username,"
        " item_name, amount, currency, status, provider_status, verdict FROM payment_history",
        "DELETE FROM payment_history WHERE payment_id = 'pay2'",
    ),
}
"""What a constraint prevents: the table, the constraint, the change, and how it is undone."""
