"""Cash receipts of bank transfers and virtual accounts: what both APIs, and the PG by itself, do with them."""

from dataclasses import replace
from typing import Final

from portone_simulator import taxes
from portone_simulator.lifecycle import behind
from portone_simulator.payment import CashReceipt, Payment, digits_of
from portone_simulator.settings import Settings

METHODS: Final = ("trans", "vbank")


def is_cash(payment: Payment) -> bool:
    """Whether it was paid in a way that has receipts."""
    return payment.pay_method in METHODS and payment.received


def latest(payment: Payment) -> CashReceipt | None:
    """The receipt that was issued last, which may be cancelled."""
    receipts = payment.behind.cash_receipts
    return receipts[-1] if receipts else None


def valid(payment: Payment) -> CashReceipt | None:
    """The receipt that is not cancelled."""
    receipt = latest(payment)
    return None if receipt is None or receipt.cancelled_at else receipt


def url_of(receipt: CashReceipt) -> str:
    """Where the buyer sees it."""
    return f"https://receipt.example/cash/{receipt.number}"


def issued(payment: Payment, now: int, kind: str, amount: int, tax_free: int = 0, *, manual: bool = True) -> Payment:
    """The payment with one more receipt; `tax_free` is what the shop says, or what it said when it was paid."""
    number = f"{digits_of(payment.imp_uid)[-8:]}{len(payment.behind.cash_receipts) + 1}"
    vat = taxes.vat_in(amount - tax_free)
    receipt = CashReceipt(number, kind, amount, tax_free, vat, now, manual)
    return behind(payment, cash_receipts=(*payment.behind.cash_receipts, receipt))


def cancelled(payment: Payment, now: int) -> Payment:
    """The payment without a valid receipt."""
    *others, last = payment.behind.cash_receipts
    return behind(payment, cash_receipts=(*others, replace(last, cancelled_at=now)))


def followed(before: Payment, after: Payment, settings: Settings, now: int) -> Payment:
    """What the PG does by itself when money moved, by its switches."""
    if settings.cash_receipts == "with_payment" and is_cash(after) and not before.received:
        marked = replace(after, cash_receipt_issued=True)
        return issued(marked, now, "PERSONAL", after.amount, after.behind.tax_free, manual=False)
    refunded = after.cancel_amount != before.cancel_amount and valid(after) is not None
    if not refunded or settings.cash_receipt_after_cancel == "kept":
        return after
    receipt, gone = after.behind.cash_receipts[-1], replace(cancelled(after, now), cash_receipt_issued=False)
    left = max(0, after.behind.tax_free - taxes.tax_free_cancelled(after))
    return issued(gone, now, receipt.kind, after.remaining, left, manual=receipt.manual) if after.remaining else gone
