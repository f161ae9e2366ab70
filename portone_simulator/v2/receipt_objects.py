"""Cash receipts as V2 shows them."""

from typing import Any

from portone_simulator import cash_receipts
from portone_simulator.payment import CashReceipt, Payment
from portone_simulator.v2.values import stamp, stamp_if, without_none


def receipt_fields(payment: Payment) -> dict[str, Any]:
    """What a payment says of its cash receipt; nothing for payments that have none."""
    receipt = cash_receipts.latest(payment)
    if receipt is None:
        return {"cashReceiptIssuanceStatus": "NOT_ISSUED"} if cash_receipts.is_cash(payment) else {}
    status = "NOT_ISSUED" if receipt.cancelled_at else "ISSUED"
    return {"cashReceiptIssuanceStatus": status, "cashReceipt": cash_receipt(payment, receipt, "totalAmount")}


def cash_receipt(payment: Payment, receipt: CashReceipt, amount: str) -> dict[str, Any]:
    """What a payment, and the query of its receipt, have in common; `amount` is the name of that field."""
    fields = {
        "status": "CANCELLED" if receipt.cancelled_at else "ISSUED",
        "type": receipt.kind,
        "pgReceiptId": f"rcpt-{receipt.number}",
        "issueNumber": receipt.number,
        amount: receipt.amount,
        "taxFreeAmount": receipt.tax_free,
        "currency": payment.currency,
        "url": cash_receipts.url_of(receipt),
        "issuedAt": stamp(receipt.issued_at),
        "cancelledAt": stamp_if(receipt.cancelled_at),
    }
    return without_none(fields)
