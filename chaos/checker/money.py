"""Money: what PortOne moved, against what the books say. Every function gives the losses it found, a line each."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from chaos.checker.evidence import Evidence, Row

HOLDS_GOODS = ("paid", "partially_cancelled")


def double_charges(evidence: Evidence) -> Iterator[str]:
    """An order whose money was kept twice."""
    kept: defaultdict[str, list[str]] = defaultdict(list)
    for line in evidence.ledger:
        if evidence.kept(line) > 0:
            kept[line["merchant_uid"]].append(line["imp_uid"])
    yield from (f"{order} was paid by {', '.join(uids)}" for order, uids in kept.items() if len(uids) > 1)


def double_refunds(evidence: Evidence) -> Iterator[str]:
    """A cancel that PortOne carried out more often than the books know somebody wanted it."""
    for line in evidence.ledger:
        payment = evidence.by_attempt.get(line["imp_uid"])
        rows = evidence.cancels_of.get(payment["id"], []) if payment else []
        wanted = Counter(row["amount"] for row in rows if row["stage"] == "succeeded" and row["kind"] == "refund")
        moved = Counter(entry["amount"] for entry in line["cancels"])
        if moved != wanted:
            yield f"{line['imp_uid']}: PortOne moved {sorted(moved.elements())}, wanted {sorted(wanted.elements())}"


def more_rows_than_wishes(evidence: Evidence) -> Iterator[str]:
    """A buyer who asked once and has two cancels."""
    wishes = Counter(note["payment_id"] for note in evidence.noted("cancel wish"))
    for key, rows in evidence.cancels_of.items():
        payment = evidence.payments[key]
        own = [row for row in rows if row["origin"] not in ("system", "portone")]
        if len(own) > wishes[payment["payment_id"]]:
            yield f"{payment['payment_id']}: {len(own)} cancels for {wishes[payment['payment_id']]} wishes"


def refunds_above_amount(evidence: Evidence) -> Iterator[str]:
    """More went back than came."""
    for line in evidence.ledger:
        back = sum(entry["amount"] for entry in line["cancels"])
        if back > line["amount"] or back != line["cancel_amount"]:
            yield f"{line['imp_uid']}: {back} KRW of {line['amount']} went back"


def cancelled_sums(evidence: Evidence) -> Iterator[str]:
    """The books and PortOne name different sums of money that went back."""
    for line in evidence.ledger:
        payment = evidence.by_attempt.get(line["imp_uid"])
        booked = payment["cancelled_amount"] if payment else 0
        if booked != line["cancel_amount"]:
            yield f"{line['imp_uid']}: PortOne gave back {line['cancel_amount']} KRW, the books say {booked}"


def money_without_books(evidence: Evidence) -> Iterator[str]:
    """PortOne took money that the books do not know, or not as what it is."""
    for line in evidence.ledger:
        payment = evidence.by_attempt.get(line["imp_uid"])
        if not line["paid_at"]:
            if payment and payment["paid_at"]:
                yield f"{line['imp_uid']}: the books say paid, PortOne says {line['status']}"
        elif payment is None or payment["paid_at"] is None:
            yield f"{line['imp_uid']}: {line['amount']} KRW came for {line['merchant_uid']}, and nobody wrote it down"
        elif (payment["amount"], payment["currency"]) != (line["amount"], line["currency"]):
            yield f"{line['imp_uid']}: {line['amount']} KRW came, the books say {payment['amount']}"


def money_without_goods(evidence: Evidence) -> Iterator[str]:
    """The shop keeps money of a session whose buyer has nothing for it."""
    for line in evidence.ledger:
        session = evidence.of_order.get(line["merchant_uid"])
        if evidence.kept(line) <= 0:
            continue
        if session is None or session["status"] not in HOLDS_GOODS or not granted(evidence, session):
            status = session["status"] if session else "unknown"
            yield f"{line['imp_uid']}: {evidence.kept(line)} KRW are kept, session {line['merchant_uid']} is {status}"


def goods_without_money(evidence: Evidence) -> Iterator[str]:
    """A buyer has goods, or a session counts as paid, and the shop has no money for it."""
    kept: Counter[str] = Counter()
    for line in evidence.ledger:
        kept[line["merchant_uid"]] += evidence.kept(line)
    for session in evidence.sessions.values():
        claims = session["status"] in HOLDS_GOODS or owned(evidence, session) != 0
        if claims and kept[session["merchant_uid"]] <= 0:
            yield f"{session['session_id']} is {session['status']} with {owned(evidence, session)} pieces, and no money"


def grants(evidence: Evidence) -> Iterator[str]:
    """Goods are granted once for accepted money, and taken back by what went back, once."""
    accepted = Counter(row["session_key"] for row in evidence.payments.values() if row["verdict"] == "accepted")
    for key, session in evidence.sessions.items():
        rows = evidence.entries_of.get(key, [])
        given = [row for row in rows if row["kind"] == "grant"]
        if len(given) != accepted[key] or len(given) > 1:
            yield f"{session['session_id']}: {len(given)} grants for {accepted[key]} accepted payments"
        elif given and owned(evidence, session) != _due_pieces(evidence, session):
            has, due = owned(evidence, session), _due_pieces(evidence, session)
            yield f"{session['session_id']} is {session['status']}: {has} pieces are the buyer's instead of {due}"


def buyers_cancels(evidence: Evidence) -> Iterator[str]:
    """A buyer's own cancels gave back other money than their goods cost; refunds by amount are the shop's alone."""
    for payment in evidence.accepted.values():
        rows = [row for row in evidence.cancels_of.get(payment["id"], []) if row["kind"] == "refund"]
        own = {row["id"]: row["amount"] for row in rows if row["origin"] == "buyer"}
        money = sum(row["amount"] for row in rows if row["id"] in own and row["stage"] == "succeeded")
        back = [
            row["quantity"] for row in evidence.entries_of[payment["session_key"]] if row["cancellation_key"] in own
        ]
        goods = -sum(back) * evidence.sessions[payment["session_key"]]["unit_price"]
        by_amount = sum(row["amount"] for row in rows if row["id"] not in own and row["quantity"] is None)
        if not goods - by_amount <= money <= goods:
            yield f"{payment['payment_id']}: {money} KRW went back to the buyer, for goods that cost {goods} KRW"


def owned(evidence: Evidence, session: Row) -> int:
    """Pieces that the buyer has by this session."""
    return sum(row["quantity"] for row in evidence.entries_of.get(session["id"], []))


def granted(evidence: Evidence, session: Row) -> bool:
    """Whether goods were given out for this session."""
    return any(row["kind"] == "grant" for row in evidence.entries_of.get(session["id"], []))


def _due_pieces(evidence: Evidence, session: Row) -> int:
    """Pieces that the buyer should have: all, less those given back by quantity, none after a full cancel."""
    if session["status"] not in HOLDS_GOODS:
        return 0
    paid = evidence.accepted[session["id"]]
    back = [row["quantity"] or 0 for row in evidence.cancels_of.get(paid["id"], []) if row["stage"] == "succeeded"]
    return max(int(session["quantity"]) - sum(back), 0)
