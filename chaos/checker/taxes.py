"""Taxes: the tax-free part and the VAT of payments and cancels, by PortOne's ledger and by the database."""

from collections import Counter
from collections.abc import Iterator

from chaos.checker.snapshot import Snapshot


def tax_free_parts(snapshot: Snapshot) -> Iterator[str]:
    """PortOne has another tax-free part or VAT of a payment than its lines add up to, or of a cancel than the books."""
    for line in snapshot.ledger:
        session, payment = snapshot.of_order.get(line["merchant_uid"]), snapshot.by_attempt.get(line["imp_uid"])
        if session is None or payment is None or payment["amount"] != session["amount"]:
            continue
        rows = snapshot.lines_of[session["id"]]
        free = sum(row["unit_price"] * row["quantity"] for row in rows if row["tax_free"])
        vat = _vat(line["amount"] - free)
        if (line["tax_free"], line["vat"], session["tax_free_amount"]) != (free, vat, free):
            yield f"{line['imp_uid']}: {line['tax_free']} KRW tax-free, {line['vat']} VAT instead of {free} and {vat}"
        if free:
            cancels = [row for row in snapshot.cancels_of.get(payment["id"], []) if row["stage"] == "succeeded"]
            booked = Counter((row["amount"], row["tax_free"], row["vat"]) for row in cancels if row["kind"] == "refund")
            there = Counter((row["amount"], row["tax_free"], row["vat"]) for row in line["cancels"])
            if booked != there:
                yield f"{line['imp_uid']}: PortOne's {sorted(there.elements())}, ours {sorted(booked.elements())}"


def _vat(taxable: int) -> int:
    """One eleventh, rounded half up."""
    return (2 * taxable + 11) // 22
