"""The types of events that the shop's own systems get, and which change of an order makes one."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from pitturu.domain.lifecycle import SessionStatus


class ShopEventType(StrEnum):
    """What happened. REFUND_REFUSED: the PG or PortOne did not carry a refund out. DISCREPANCY_FOUND: a comparison with
    PortOne found something that differs. RECEIPT_DIFFERS: a cash receipt is about other money than is kept."""

    PAYMENT_PAID = "payment.paid"
    PAYMENT_FAILED = "payment.failed"
    PAYMENT_CANCELLED = "payment.cancelled"
    PAYMENT_PARTIALLY_CANCELLED = "payment.partially_cancelled"
    SESSION_EXPIRED = "session.expired"
    DEPOSIT_AWAITED = "deposit.awaited"
    REFUND_REFUSED = "refund.refused"
    RECEIPT_ISSUED = "cash_receipt.issued"
    RECEIPT_CANCELLED = "cash_receipt.cancelled"
    RECEIPT_FAILED = "cash_receipt.failed"
    RECEIPT_DIFFERS = "cash_receipt.differs"
    DISCREPANCY_FOUND = "discrepancy.found"
    ENDPOINT_TEST = "endpoint.test"


NEVER_STORED: Final = frozenset({ShopEventType.ENDPOINT_TEST})
"""Sent to one endpoint on request, and no event of any order."""

STORED: Final = tuple(kind for kind in ShopEventType if kind not in NEVER_STORED)
"""The types that events have, in the order in which they are documented."""

OF_STATUS: Final[Mapping[SessionStatus, ShopEventType]] = {
    SessionStatus.PAID: ShopEventType.PAYMENT_PAID,
    SessionStatus.FAILED: ShopEventType.PAYMENT_FAILED,
    # The wrong money arrived and goes back: for the shop, this order was not paid.
    SessionStatus.MISMATCHED: ShopEventType.PAYMENT_FAILED,
    SessionStatus.CANCELLED: ShopEventType.PAYMENT_CANCELLED,
    SessionStatus.PARTIALLY_CANCELLED: ShopEventType.PAYMENT_PARTIALLY_CANCELLED,
    SessionStatus.EXPIRED: ShopEventType.SESSION_EXPIRED,
    SessionStatus.AWAITING_DEPOSIT: ShopEventType.DEPOSIT_AWAITED,
}
"""The event of a change to a status; the other statuses concern the checkout only and have none."""
