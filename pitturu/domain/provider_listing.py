"""PortOne's lists of payments and of movements of money in a window of time, read page by page."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable

from pitturu.domain.provider import ProviderEvent, ProviderPayment

Payments = tuple[ProviderPayment, ...]
Events = tuple[ProviderEvent, ...]


class UnknownPaymentPolicy(StrEnum):
    """What is done with a payment of an order number that we never issued."""

    KEEP = "keep"
    REFUND = "refund"


@dataclass(frozen=True)
class Page:
    """A page of a list: entries from `since` until `until`, after `cursor` ("" at first), 1,000 at most.

    A cursor is opaque text of its gateway. It may be stored, and used by another process days later.
    """

    since: datetime
    until: datetime
    cursor: str = ""
    size: int = 500


class PaymentList(Protocol):
    """The list of a shop's payments. Each method makes one slow call at most, and raises GatewayError only."""

    def payments(self, page: Page) -> tuple[Payments, str]:
        """Payments of the window, and the next cursor, "" at the end. A payment may be listed twice."""


@runtime_checkable
class EventFeed(PaymentList, Protocol):
    """A list with a feed of each movement of money (V2)."""

    def events(self, page: Page) -> tuple[Events, str]:
        """Payments and refunds of the window, and the next cursor, "" at the end."""
