"""PortOne's own books, read page by page: what it lists of a window of time, whichever generation of its API tells."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable

from pitturu.domain.provider import ProviderEvent, ProviderPayment

Payments = tuple[ProviderPayment, ...]
Events = tuple[ProviderEvent, ...]


class UnknownPaymentPolicy(StrEnum):
    """What becomes of money that PortOne has for an order number that we never issued."""

    KEEP = "keep"
    REFUND = "refund"


@dataclass(frozen=True)
class Page:
    """A part of a list: what happened from `since` until `until`, after `cursor` ("" at first), 1,000 at most.

    A cursor is text of the gateway that gave it. It may be kept, and used by another process days later.
    """

    since: datetime
    until: datetime
    cursor: str = ""
    size: int = 500


class Books(Protocol):
    """Lists of a store. Each method makes one slow call at most and raises GatewayError, nothing else."""

    def payments(self, page: Page) -> tuple[Payments, str]:
        """Payments of the window, and the next cursor, "" when it is over. A payment may be told twice."""


@runtime_checkable
class Feeds(Books, Protocol):
    """Books that also tell of each movement of money (V2)."""

    def events(self, page: Page) -> tuple[Events, str]:
        """Money that came and went in the window, and the next cursor, "" when it is over."""
