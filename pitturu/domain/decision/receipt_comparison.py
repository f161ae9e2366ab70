"""What differs between our record of a cash receipt and PortOne's, and what an operator does about it.

A tax document is not issued or cancelled because two records differ: somebody did something in a console that we know
nothing of. The one thing that is corrected is a receipt that PortOne has as it has to be and that we do not know.
"""

from dataclasses import dataclass
from enum import StrEnum

from pitturu.domain.cash_receipts import NEEDS_OPERATOR, ProviderReceipt, ReceiptStage
from pitturu.domain.decision.cash_receipt import ReceiptCorrection


class ReceiptKind(StrEnum):
    """What differs: MISSING at PortOne, UNKNOWN to us, about another AMOUNT, CANCELLED there and not here."""

    MISSING = "receipt_missing"
    UNKNOWN = "receipt_unknown"
    AMOUNT = "receipt_amount"
    CANCELLED = "receipt_cancelled"


@dataclass(frozen=True)
class OurReceipt:
    """Our record. `stage` and `number` are None where there is none; `kept` won were paid and not refunded."""

    stage: ReceiptStage | None
    number: str | None
    kept: int
    refunded: bool


@dataclass(frozen=True)
class ReceiptDifference:
    """Both values as text, the won that are concerned, and an explanation. `taken_over`: PortOne's is as it has to be,
    so that our record takes it over."""

    kind: ReceiptKind
    ours: str
    theirs: str
    amount: int
    words: str
    taken_over: bool = False


def compare(
    ours: OurReceipt, theirs: ProviderReceipt | None, correction: ReceiptCorrection, *, manual: bool, latest: bool
) -> ReceiptDifference | None:
    """The difference, if any. `manual`: it was issued through PortOne, not by the PG with the payment. `latest`: it is
    what PortOne shows when it is asked about the payment; a list has older ones as well.
    """
    if ours.stage is not None and ours.stage not in (ReceiptStage.ISSUED, ReceiptStage.CANCELLED, *NEEDS_OPERATOR):
        return None  # PortOne is being asked about it anyway.
    if theirs is None or theirs.cancelled:
        return _not_there(ours, theirs, latest)
    if ours.stage in NEEDS_OPERATOR:
        return _found_again(ours, theirs)
    if ours.stage is None:
        return _not_recorded(ours, theirs, manual)
    if correction is ReceiptCorrection.PG and ours.refunded:
        return None
    if ours.stage is ReceiptStage.CANCELLED or _is_another(ours, theirs):
        words = "PortOne has a valid cash receipt of this order that we did not record. See PortOne's console whether"
        return _difference(ReceiptKind.UNKNOWN, ours, theirs, f"{words} it is one too many, and cancel it there.")
    return _other_amount(ours, theirs)


def of_unknown_order(theirs: ProviderReceipt) -> ReceiptDifference | None:
    """PortOne has a receipt of an order number that we never issued."""
    if theirs.cancelled:
        return None
    words = "We never issued this order number. Another system on this PortOne account, or a receipt made by hand."
    return _difference(ReceiptKind.UNKNOWN, OurReceipt(None, None, 0, False), theirs, words)


def _not_there(ours: OurReceipt, theirs: ProviderReceipt | None, latest: bool) -> ReceiptDifference | None:
    if ours.stage is not ReceiptStage.ISSUED:
        return None
    if theirs is None:
        words = "We recorded a cash receipt, and PortOne has none. See the PG's console, then have it issued again."
        return _difference(ReceiptKind.MISSING, ours, None, words)
    if not latest and _is_another(ours, theirs):
        return None
    words = "The cash receipt was cancelled, and not by us. If the buyer is to have one, have it issued again."
    return _difference(ReceiptKind.CANCELLED, ours, theirs, words)


def _found_again(ours: OurReceipt, theirs: ProviderReceipt) -> ReceiptDifference | None:
    """Ours is not in order, and is listed for operators already. What they did in a console may have settled it."""
    if not ours.kept or theirs.amount != ours.kept:
        return None
    words = "PortOne has the cash receipt that was missing here. It was taken over."
    return _difference(ReceiptKind.UNKNOWN, ours, theirs, words, taken_over=True)


def _not_recorded(ours: OurReceipt, theirs: ProviderReceipt, manual: bool) -> ReceiptDifference | None:
    """We were not asked for one. A PG may issue one with the payment, which is as it has to be."""
    if manual:
        words = "A cash receipt was issued that we did not record. It has to be cancelled by hand when money goes back."
        return _difference(ReceiptKind.UNKNOWN, ours, theirs, words)
    return _other_amount(ours, theirs)


def _other_amount(ours: OurReceipt, theirs: ProviderReceipt) -> ReceiptDifference | None:
    if theirs.amount is None or theirs.amount == ours.kept:
        return None
    words = "The cash receipt is about another amount than was kept. See the PG's console, then have it issued again."
    return _difference(ReceiptKind.AMOUNT, ours, theirs, words)


def _is_another(ours: OurReceipt, theirs: ProviderReceipt) -> bool:
    """Whether both have a number, and not the same."""
    return bool(ours.number and theirs.number and ours.number != theirs.number)


def _difference(
    kind: ReceiptKind, ours: OurReceipt, theirs: ProviderReceipt | None, words: str, *, taken_over: bool = False
) -> ReceiptDifference:
    if kind is ReceiptKind.AMOUNT:
        amount = theirs.amount or 0 if theirs else 0
        return ReceiptDifference(kind, str(ours.kept), str(amount), abs(ours.kept - amount), words)
    there = "" if theirs is None else "cancelled" if theirs.cancelled else theirs.number or "issued"
    here = ours.number if ours.stage is ReceiptStage.ISSUED and ours.number else ours.stage or ""
    won = (theirs.amount if theirs else None) or ours.kept
    return ReceiptDifference(kind, here, there, won, words, taken_over)
