"""Money: PortOne's ledger against the database. Every function yields the violations it found, one line each."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator

from chaos.checker.snapshot import Row, Snapshot

HOLDS_GOODS = ("paid", "partially_cancelled")


def double_charges(snapshot: Snapshot) -> Iterator[str]:
    """Two payments of one order were kept."""
    kept: defaultdict[str, list[str]] = defaultdict(list)
    for line in snapshot.ledger:
        if snapshot.kept(line) > 0:
            kept[line["merchant_uid"]].append(line["imp_uid"])
    yield from (f"{order} was paid by {', '.join(uids)}" for order, uids in kept.items() if len(uids) > 1)


def double_refunds(snapshot: Snapshot) -> Iterator[str]:
    """PortOne executed a cancel more often than the database contains it."""
    for line in snapshot.ledger:
        payment = snapshot.by_attempt.get(line["imp_uid"])
        rows = snapshot.cancels_of.get(payment["id"], []) if payment else []
        wanted = Counter(row["amount"] for row in rows if row["stage"] == "succeeded" and row["kind"] == "refund")
        moved = Counter(entry["amount"] for entry in line["cancels"])
        if moved != wanted:
            yield f"{line['imp_uid']}: PortOne moved {sorted(moved.elements())}, wanted {sorted(wanted.elements())}"


def more_cancels_than_requests(snapshot: Snapshot) -> Iterator[str]:
    """A buyer requested one cancel and has two."""
    requested = Counter(note["payment_id"] for note in snapshot.noted("cancel request"))
    for key, rows in snapshot.cancels_of.items():
        payment = snapshot.payments[key]
        own = [row for row in rows if row["origin"] not in ("system", "portone")]
        if len(own) > requested[payment["payment_id"]]:
            yield f"{payment['payment_id']}: {len(own)} cancels for {requested[payment['payment_id']]} requested"


def refunds_above_amount(snapshot: Snapshot) -> Iterator[str]:
    """More was refunded than paid."""
    for line in snapshot.ledger:
        back = sum(entry["amount"] for entry in line["cancels"])
        if back > line["amount"] or back != line["cancel_amount"]:
            yield f"{line['imp_uid']}: {back} KRW of {line['amount']} went back"


def cancelled_sums(snapshot: Snapshot) -> Iterator[str]:
    """The database and PortOne have different refunded amounts."""
    for line in snapshot.ledger:
        payment = snapshot.by_attempt.get(line["imp_uid"])
        booked = payment["cancelled_amount"] if payment else 0
        if booked != line["cancel_amount"]:
            yield f"{line['imp_uid']}: PortOne gave back {line['cancel_amount']} KRW, the books say {booked}"


def money_without_books(snapshot: Snapshot) -> Iterator[str]:
    """PortOne received money that the database lacks, or has with another status."""
    for line in snapshot.ledger:
        payment = snapshot.by_attempt.get(line["imp_uid"])
        if not line["paid_at"]:
            if payment and payment["paid_at"]:
                yield f"{line['imp_uid']}: the books say paid, PortOne says {line['status']}"
        elif payment is None or payment["paid_at"] is None:
            yield f"{line['imp_uid']}: {line['amount']} KRW came for {line['merchant_uid']}, and nobody wrote it down"
        elif (payment["amount"], payment["currency"]) != (line["amount"], line["currency"]):
            yield f"{line['imp_uid']}: {line['amount']} KRW came, the books say {payment['amount']}"


def money_without_goods(snapshot: Snapshot) -> Iterator[str]:
    """The shop keeps the money of a session whose buyer got no goods for it."""
    for line in snapshot.ledger:
        session = snapshot.of_order.get(line["merchant_uid"])
        if snapshot.kept(line) <= 0:
            continue
        if session is None or session["status"] not in HOLDS_GOODS or not granted(snapshot, session):
            status = session["status"] if session else "unknown"
            yield f"{line['imp_uid']}: {snapshot.kept(line)} KRW are kept, session {line['merchant_uid']} is {status}"


def goods_without_money(snapshot: Snapshot) -> Iterator[str]:
    """A buyer has goods, or a session counts as paid, without money received."""
    kept: Counter[str] = Counter()
    for line in snapshot.ledger:
        kept[line["merchant_uid"]] += snapshot.kept(line)
    for session in snapshot.sessions.values():
        claims = session["status"] in HOLDS_GOODS or owned(snapshot, session) != 0
        if claims and kept[session["merchant_uid"]] <= 0:
            yield f"{session['session_id']} is {session['status']} with {owned(snapshot, session)} pieces, and no money"


def grants(snapshot: Snapshot) -> Iterator[str]:
    """Goods are not granted exactly once for accepted money, or not taken back exactly once after a refund."""
    accepted = Counter(row["session_key"] for row in snapshot.payments.values() if row["verdict"] == "accepted")
    for key, session in snapshot.sessions.items():
        for line in snapshot.lines_of.get(key, []):
            rows = [row for row in snapshot.entries_of.get(key, []) if row["line_key"] == line["id"]]
            given = [row for row in rows if row["kind"] == "grant"]
            has, due = sum(row["quantity"] for row in rows), _due_pieces(snapshot, session, line)
            where = f"{session['session_id']}, line {line['position']}"
            if len(given) != accepted[key] or len(given) > 1:
                yield f"{where}: {len(given)} grants for {accepted[key]} accepted payments"
            elif given and has != due:
                yield f"{where}, is {session['status']}: {has} pieces are the buyer's instead of {due}"


def buyers_cancels(snapshot: Snapshot) -> Iterator[str]:
    """A buyer's own cancels refunded another amount than the goods cost; only the shop refunds by amount."""
    for payment in snapshot.accepted.values():
        rows = [row for row in snapshot.cancels_of.get(payment["id"], []) if row["kind"] == "refund"]
        own = {row["id"]: row["amount"] for row in rows if row["origin"] == "buyer"}
        money = sum(row["amount"] for row in rows if row["id"] in own and row["stage"] == "succeeded")
        prices = {line["id"]: line["unit_price"] for line in snapshot.lines_of[payment["session_key"]]}
        entries = [row for row in snapshot.entries_of[payment["session_key"]] if row["cancellation_key"] in own]
        goods = -sum(row["quantity"] * prices[row["line_key"]] for row in entries)
        by_amount = sum(row["amount"] for row in rows if row["id"] not in own and row["pieces"] is None)
        if not goods - by_amount <= money <= goods:
            yield f"{payment['payment_id']}: {money} KRW went back to the buyer, for goods that cost {goods} KRW"


def refunds_without_a_person(snapshot: Snapshot) -> Iterator[str]:
    """A buyer got money back alone for goods that the shop had sent before."""
    sent = {note["payment_id"]: note["since"] for note in snapshot.noted("shipped")}
    for payment in snapshot.payments.values():
        for row in snapshot.cancels_of.get(payment["id"], []):
            alone = row["origin"] == "buyer" and row["stage"] == "succeeded" and row["reviewed_by"] is None
            if alone and row["created_at"].timestamp() > sent.get(payment["payment_id"], math.inf):
                yield f"{payment['payment_id']}: {row['cancellation_id']} of {row['amount']} KRW was approved by nobody"


def owned(snapshot: Snapshot, session: Row) -> int:
    """Units that the buyer owns through this session."""
    return sum(row["quantity"] for row in snapshot.entries_of.get(session["id"], []))


def granted(snapshot: Snapshot, session: Row) -> bool:
    """Whether goods were granted for this session."""
    return any(row["kind"] == "grant" for row in snapshot.entries_of.get(session["id"], []))


def _due_pieces(snapshot: Snapshot, session: Row, line: Row) -> int:
    """Units of a line that the buyer should own: all, less those returned by line, none after a full cancel."""
    if session["status"] not in HOLDS_GOODS:
        return 0
    cancels = snapshot.cancels_of.get(snapshot.accepted[session["id"]]["id"], [])
    back = [(row["pieces"] or {}).get(str(line["id"]), 0) for row in cancels if row["stage"] == "succeeded"]
    return max(int(line["quantity"]) - sum(back), 0)
