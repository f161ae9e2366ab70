"""What the pieces of an order are worth when they go back, and which part of a refund is free of VAT. In whole won."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple
from uuid import UUID

from pitturu.domain.cancellation import CancelStage
from pitturu.domain.decision.facts import KnownCancel, KnownPayment, Order
from pitturu.domain.pricing import after_discount, vat_of

Pieces = Mapping[UUID, int]
"""Pieces by the key of their line."""

_GIVES_NOTHING = frozenset({CancelStage.REFUSED, CancelStage.REJECTED})


class Share(NamedTuple):
    """Won, and the part of them that is free of VAT."""

    amount: int
    tax_free: int


class Taxes(NamedTuple):
    """Of a payment or a refund: the won without VAT, and the VAT that the others contain."""

    tax_free: int
    vat: int


def share_of(order: Order, before: Pieces, pieces: Pieces, *, certain: bool = True) -> Share:
    """What these pieces are worth, when those of `before` have gone back already.

    Their price, less their share of the discount. The last pieces take what is left of the order with them, shipping
    included, so that the shares of an order add up to its amount however it is divided. Not `certain` says that some
    of `before` may stay with the buyer after all: none are the last ones yet.
    """
    after = {key: before.get(key, 0) + pieces.get(key, 0) for key in (*before, *pieces)}
    start, end = _worth(order, before, certain=certain), _worth(order, after, certain=certain)
    return Share(end.amount - start.amount, end.tax_free - start.tax_free)


def _worth(order: Order, pieces: Pieces, *, certain: bool) -> Share:
    """What these pieces of an untouched order are worth."""
    if certain and all(pieces.get(line.key, 0) >= line.quantity for line in order.lines):
        return Share(order.amount, order.tax_free_amount)
    items = sum(line.unit_price * line.quantity for line in order.lines)
    price = sum(line.unit_price * pieces.get(line.key, 0) for line in order.lines)
    free = sum(line.unit_price * pieces.get(line.key, 0) for line in order.lines if line.tax_free)
    return Share(after_discount(price, items, order.discount), after_discount(free, items, order.discount))


def tax_left(order: Order, payment: KnownPayment, cancels: Iterable[KnownCancel]) -> Taxes:
    """The taxes of what is left of a payment after these cancels of it.

    A payment of another amount than the order's was made with parameters that are not ours: its taxes are not known.
    """
    if payment.amount != order.amount:
        return Taxes(0, 0)
    counted = [cancel for cancel in cancels if cancel.stage not in _GIVES_NOTHING]
    return left_of(
        payment.amount, order.tax_free_amount, sum(one.tax_free for one in counted), sum(one.vat for one in counted)
    )


def left_of(amount: int, tax_free: int, tax_free_back: int, vat_back: int) -> Taxes:
    """The taxes of what is left of `amount`, of which `tax_free` had no VAT and these parts went back."""
    if not tax_free:
        return Taxes(0, 0)
    return Taxes(max(0, tax_free - tax_free_back), max(0, vat_of(amount - tax_free) - vat_back))


def fit_tax_free(amount: int, wanted: int, left: int, left_tax_free: int) -> int:
    """The tax-free part of a refund of `amount`, as near to `wanted` as what is `left` of the payment permits.

    Neither the tax-free nor the taxable part is larger than what is left of it. The PG refuses such a cancel.
    """
    least = max(0, amount - (left - left_tax_free))
    return max(least, min(wanted, amount, left_tax_free))


def taxes_of(amount: int, wanted: int, left: int, taxes: Taxes) -> Taxes:
    """The tax-free part of a refund, as `fit_tax_free` has it, and the VAT of the rest.

    The VAT that stays is never more than the taxable won that stay, for the last of them take all of it with them, so
    that all refunds together give back what was paid.
    """
    tax_free = fit_tax_free(amount, wanted, left, taxes.tax_free)
    taxable, taxable_after = amount - tax_free, left - taxes.tax_free - (amount - tax_free)
    least, most = taxes.vat - taxable_after, min(taxable, taxes.vat)
    return Taxes(tax_free, min(most, max(least, vat_of(taxable))))


def in_proportion(amount: int, left: int, left_tax_free: int) -> int:
    """The tax-free part of a refund that names no pieces."""
    return amount * left_tax_free // left if left > 0 else 0
