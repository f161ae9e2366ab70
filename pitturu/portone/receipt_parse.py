"""Parses what PortOne says about cash receipts: tolerant about what is only shown, strict about the amount."""

from collections.abc import Mapping

from pitturu.domain import clock
from pitturu.domain.cash_receipts import ProviderReceipt
from pitturu.domain.provider import ProviderPayment
from pitturu.domain.provider_listing import Page
from pitturu.domain.receipt_listing import ListedReceipt, Receipts
from pitturu.portone.reading import Fields, record, records, secure_url, won
from pitturu.portone.text import clean

NUMBER_LENGTH, ORDER_LENGTH = 50, 64


def v1(answer: object) -> ProviderReceipt:
    """V1's receipt object; `cancelled_at` is 0 or missing while it is valid. Raises Unreadable."""
    fields = record(answer, "receipt")
    cancelled_at = clock.from_unix(fields.get("cancelled_at"))
    return ProviderReceipt(
        number=clean(fields.get("apply_num"), NUMBER_LENGTH),
        amount=won(fields, "amount"),
        url=secure_url(fields.get("receipt_url")),
        issued_at=clock.from_unix(fields.get("applied_at")),
        cancelled_at=cancelled_at,
        cancelled=cancelled_at is not None,
    )


def v2(answer: object) -> ProviderReceipt | None:
    """V2's receipt object; None for one that could not be issued, or with a status that we do not know. Raises
    Unreadable."""
    fields = record(answer, "receipt")
    status = fields.get("status")
    if status not in ("ISSUED", "CANCELLED"):
        return None
    return ProviderReceipt(
        number=clean(fields.get("issueNumber"), NUMBER_LENGTH),
        amount=won(fields, "amount"),
        url=secure_url(fields.get("url")),
        issued_at=clock.from_rfc3339(fields.get("issuedAt")),
        cancelled_at=clock.from_rfc3339(fields.get("cancelledAt")),
        cancelled=status == "CANCELLED",
    )


def v2_listed(answer: object, page: Page) -> tuple[Receipts, str]:
    """A page of receipts, without those that could not be issued, and the next cursor: none after a page that is not
    full. Raises Unreadable.

    `totalCount` is not read: the reference says that it is the number of those that were returned.
    """
    items = records(record(answer, "page").get("items"), "items")
    found = tuple(_listed(item, receipt) for item in items if (receipt := v2(item)) is not None)
    return found, str(int(page.cursor or 0) + 1) if len(items) >= page.size else ""


def _listed(fields: Fields, receipt: ProviderReceipt) -> ListedReceipt:
    channel = fields.get("channel")
    return ListedReceipt(
        order_id=clean(fields.get("paymentId"), ORDER_LENGTH),
        receipt=receipt,
        manual=fields.get("isManual") is not False,
        sandbox=isinstance(channel, Mapping) and channel.get("type") == "TEST",
    )


def with_payment(payment: ProviderPayment | None) -> ProviderReceipt | None:
    """The receipt that the PG issued with the payment, where PortOne only says that there is one."""
    if payment is None or not payment.cash_receipt_issued:
        return None
    return ProviderReceipt("", None, issued_at=payment.paid_at, cancellable=False)
