"""The tax-free part and the VAT of a payment and of its cancels. The rest of the amount is taxable."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from portone_simulator.payment import AskedCancel, Cancellation, Payment

SUM_TOO_LARGE: Final = "SUM_OF_PARTS_EXCEEDS_CANCEL_AMOUNT"
TAX_FREE_TOO_LARGE: Final = "CANCEL_TAX_FREE_AMOUNT_EXCEEDS_CANCELLABLE_TAX_FREE_AMOUNT"
TAXED_TOO_LARGE: Final = "CANCEL_TAX_AMOUNT_EXCEEDS_CANCELLABLE_TAX_AMOUNT"


@dataclass(frozen=True)
class Parts:
    """The parts of one cancel: tax-free, and the VAT that its taxable part contains."""

    tax_free: int
    vat: int


def vat_in(taxable: int) -> int:
    """The VAT that PortOne computes when the shop gives none."""
    return int(taxable / 11 + 0.5)


def vat_of(payment: Payment) -> int:
    """The VAT of the whole payment."""
    given = payment.behind.vat
    return vat_in(payment.amount - payment.behind.tax_free) if given is None else given


def tax_free_cancelled(payment: Payment) -> int:
    """The tax-free part of all executed cancels."""
    return sum(entry.tax_free for entry in payment.cancel_history)


def parts_of(payment: Payment, amount: int, tax_free: int | None, vat: int | None) -> Parts:
    """The parts of a cancel of `amount`. What the shop left out is computed.

    Without `tax_free` a partial cancel is all taxable, and a cancel of everything takes the tax-free rest with it.
    """
    everything = amount == payment.remaining - payment.pending_cancels
    if tax_free is None:
        tax_free = _tax_free_left(payment) if everything else 0
    if vat is None:
        vat = _vat_left(payment) if everything else min(vat_in(max(amount - tax_free, 0)), _vat_left(payment))
    return Parts(tax_free, vat)


def excess(payment: Payment, amount: int, parts: Parts) -> str | None:
    """Which part of a cancel is larger than what is left of it, as V2 names the error; None if none is."""
    if parts.tax_free + parts.vat > amount:
        return SUM_TOO_LARGE
    tax_free_left = _tax_free_left(payment)
    if parts.tax_free > tax_free_left:
        return TAX_FREE_TOO_LARGE
    taxable_left = payment.remaining - payment.pending_cancels - tax_free_left
    if amount - parts.tax_free > taxable_left or parts.vat > _vat_left(payment):
        return TAXED_TOO_LARGE
    return None


def _tax_free_left(payment: Payment) -> int:
    return payment.behind.tax_free - sum(entry.tax_free for entry in _taken(payment))


def _vat_left(payment: Payment) -> int:
    return vat_of(payment) - sum(entry.vat for entry in _taken(payment))


def _taken(payment: Payment) -> Iterable[Cancellation | AskedCancel]:
    waiting = [each for each in payment.behind.asked_cancels if each.status == "REQUESTED"]
    return [*payment.cancel_history, *waiting]
