"""Payments, and refunding them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import msgspec

from pitturu_client.shipments import Shipment
from pitturu_client.transport import Transport, pages


class CancelStage(StrEnum):
    """How far a refund is. Compare `cancellation.stage` with these; a newer pitturu may have more."""

    RETURN_REQUESTED = "return_requested"
    AWAITING_APPROVAL = "awaiting_approval"
    REQUESTED = "requested"
    SENT = "sent"
    SUCCEEDED = "succeeded"
    REFUSED = "refused"
    NEEDS_ACCOUNT = "needs_account"
    REJECTED = "rejected"


@dataclass(frozen=True)
class RefundAccount:
    """Where a refund is transferred to. `bank`: a KFTC code; `tel`: where `cancellation_options.tel_required`."""

    bank: str
    number: str
    holder: str
    tel: str | None = None

    def fields(self) -> dict[str, str]:
        """The members of a request."""
        return {name: value for name, value in vars(self).items() if value is not None}


class MaskedAccount(msgspec.Struct, frozen=True, kw_only=True):
    """Enough digits of an account to recognise it."""

    bank: str
    bank_name: str
    number: str
    holder: str


@dataclass(frozen=True)
class CancelLine:
    """Pieces of one line of a payment to return. `line_id` is from `payment.lines`."""

    line_id: str
    quantity: int


class ReturnedLine(msgspec.Struct, frozen=True, kw_only=True):
    """Pieces of one line that come back."""

    line_id: str
    quantity: int


class CashReceipt(msgspec.Struct, frozen=True, kw_only=True):
    """The cash receipt of a bank transfer or virtual account. `identifier` is masked; `amount` is in won."""

    receipt_id: str
    stage: str
    purpose: str | None
    identifier: str | None
    self_issued: bool
    amount: int | None
    number: str | None
    url: str | None
    issued_at: datetime | None
    cancelled_at: datetime | None


class Cancellation(msgspec.Struct, frozen=True, kw_only=True):
    """One refund. `refusal` says why it was refused or rejected."""

    cancellation_id: str
    kind: str
    stage: str
    amount: int
    tax_free: int
    vat: int
    quantity: int | None
    lines: list[ReturnedLine]
    reason: str
    refusal: str | None
    refund_account: MaskedAccount | None
    receipt_url: str | None
    created_at: datetime
    decided_at: datetime | None


class CancellationOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What a cancel can be now. `way` is `cancel`, `return_request` or `none`."""

    way: str
    way_reason: str | None
    way_until: datetime | None
    possible: bool
    partial: bool
    account_required: bool
    tel_required: bool
    reason: str | None


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """Pieces of one item in the order. Send `owned` minus `cancelling` pieces, and no more."""

    line_id: str
    item_id: str
    item_name: str
    unit_price: int
    quantity: int
    owned: int
    cancelling: int
    returnable: bool
    tax_free: bool
    way: str
    way_reason: str | None
    fulfilment: str
    delivered_at: datetime | None


class TimelineEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One change of status or movement of money."""

    at: datetime
    kind: str
    from_status: str | None = msgspec.field(name="from")
    to_status: str | None = msgspec.field(name="to")
    amount: int
    cause: str
    actor: str
    provider_status: str | None
    detail: str | None


class FoundPayment(msgspec.Struct, frozen=True, kw_only=True):
    """A payment in short; `payments.get` has all of it."""

    payment_id: str
    session_id: str
    reference: str | None
    user_id: str | None
    imp_uid: str
    merchant_uid: str
    item_name: str
    line_count: int
    amount: int
    cancelled_amount: int
    currency: str
    status: str
    provider_status: str
    verdict: str | None
    pay_method: str
    receipt_url: str | None
    escrow_status: str | None
    installment_months: int | None
    fail_reason: str | None
    created_at: datetime
    paid_at: datetime | None


class Payment(FoundPayment, frozen=True, kw_only=True):
    """One attempt that received money, awaits it, or was refused."""

    items_total: int
    shipping: int
    discount: int
    tax_free_amount: int
    shipment: Shipment | None
    lines: list[Line]
    cancellations: list[Cancellation]
    cancellation_options: CancellationOptions | None
    cash_receipt: CashReceipt | None
    timeline: list[TimelineEntry]


class _Found(msgspec.Struct, frozen=True):
    items: list[FoundPayment]
    next: str | None


class Payments:
    """`pitturu.payments`."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def get(self, payment_id: str) -> Payment:
        """The payment now. Raises NotFound."""
        return self._transport.get(Payment, "payments", payment_id)

    def search(
        self,
        *,
        reference: str | None = None,
        user_id: str | None = None,
        status: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> Iterator[FoundPayment]:
        """Payments of all buyers, newest first. Needs an API key. The times need a zone; `until` is exclusive."""
        times = {"from": since and since.isoformat(), "to": until and until.isoformat()}
        query = {"reference": reference, "user_id": user_id, "status": status, **times}
        return pages(lambda cursor: self._transport.get(_Found, "payments", **query, limit=100, cursor=cursor))

    def cancel(
        self,
        payment_id: str,
        *,
        reason: str,
        lines: Sequence[CancelLine] = (),
        quantity: int | None = None,
        amount: int | None = None,
        refund_account: RefundAccount | None = None,
        idempotency_key: str | None = None,
    ) -> Payment:
        """Request a refund: all that is left, pieces by line (`quantity` of a single line), or `amount` won if allowed.

        The money moves afterwards: an event says when, or `cancellations`. Give an `idempotency_key` of your own for
        each refund, so that a repeat after a crash of yours refunds once. Raises NothingLeft, ReturnPeriodOver,
        RefundAccountNeeded, PartialCancelNotSupported and others.
        """
        body = {
            "reason": reason,
            "lines": [vars(line) for line in lines] or None,
            "quantity": quantity,
            "amount": amount,
            "refund_account": refund_account.fields() if refund_account else None,
        }
        return self._transport.post(Payment, "payments", payment_id, "cancel", body=body, key=idempotency_key)
