"""PortOne's list of cash receipts in a window of time, read page by page. Only V2 has one."""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from pitturu.domain.cash_receipts import ProviderReceipt
from pitturu.domain.provider_listing import Page


@dataclass(frozen=True)
class ListedReceipt:
    """One receipt of an order. `manual`: it was issued through PortOne, not by the PG with the payment. `sandbox`: by a
    test channel."""

    order_id: str
    receipt: ProviderReceipt
    manual: bool
    sandbox: bool


Receipts = tuple[ListedReceipt, ...]


@runtime_checkable
class ReceiptList(Protocol):
    """The list of a store's receipts. Its method makes one slow call, and raises GatewayError only."""

    def receipts(self, page: Page) -> tuple[Receipts, str]:
        """Receipts that were issued or cancelled in the window, and the next cursor, "" at the end. A receipt that
        changes meanwhile may leave the list, and another one be skipped by that."""
