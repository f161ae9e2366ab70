"""Validation of the settings of cash receipts."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pitturu.domain.cash_receipts import ReceiptPurpose, identify

if TYPE_CHECKING:
    from pitturu.config.settings import Settings


def about(settings: "Settings") -> Iterator[str]:
    """A number that the PG refuses is reported at startup, not with each receipt."""
    number = settings.cash_receipt_shop_number
    if number and not identify(ReceiptPurpose.BUSINESS, number):
        yield "CASH_RECEIPT_SHOP_NUMBER is no business registration number: ten digits, of which the last is a check."
