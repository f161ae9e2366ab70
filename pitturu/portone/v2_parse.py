"""Parses PortOne V2's payment object.

Tolerant where PortOne may change its API without notice (new fields, statuses, methods), strict about money and
identity. `amount.paid` proves nothing: failed payments have it too. `status` and `total` count.
"""

import logging
import re
from datetime import datetime
from typing import Any, Final

from pitturu.domain import clock, ids, installments, money
from pitturu.domain.banks import BANKS
from pitturu.domain.provider import (
    PENDING_WORDS,
    CancelState,
    PayMethod,
    ProviderCancellation,
    ProviderEvent,
    ProviderPayment,
    ProviderStatus,
    Receipt,
    VirtualAccount,
)
from pitturu.portone.reading import CURRENCY, Fields, Unreadable, matching, printable, record, records, url, won
from pitturu.portone.text import clean

log = logging.getLogger(__name__)

PAYMENT_ID_LENGTH: Final = 64
"""Characters of an order number, which may be one of another system on the same account."""
CURSOR_LENGTH: Final = 500
STATUSES: Final = {
    "READY": ProviderStatus.READY,
    **dict.fromkeys(PENDING_WORDS, ProviderStatus.PENDING),
    "VIRTUAL_ACCOUNT_ISSUED": ProviderStatus.READY,
    "PAID": ProviderStatus.PAID,
    "PARTIAL_CANCELLED": ProviderStatus.PAID,
    "CANCELLED": ProviderStatus.CANCELLED,
    "FAILED": ProviderStatus.FAILED,
}

METHODS: Final = {
    "PaymentMethodCard": PayMethod.CARD,
    "PaymentMethodTransfer": PayMethod.TRANS,
    "PaymentMethodVirtualAccount": PayMethod.VBANK,
    "PaymentMethodMobile": PayMethod.PHONE,
}

_CODES: Final = {bank.v2_name: code for code, bank in BANKS.items()}


def payment(answer: object) -> ProviderPayment:
    """One payment object. Raises Unreadable."""
    fields = record(answer, "payment")
    word = clean(fields.get("status"), 50)
    if not word:
        raise Unreadable("status")
    status, amounts = STATUSES.get(word, ProviderStatus.UNKNOWN), record(fields.get("amount"), "amount")
    total, cancelled = won(amounts, "total"), won(amounts, "cancelled")
    if cancelled > total:
        raise Unreadable("amount.cancelled")
    channel = _channel(fields, status)
    paid_at = _paid_at(fields, status, cancelled)
    return ProviderPayment(
        provider_id=matching(fields, "transactionId", ids.PROVIDER_ID),
        order_id=printable(fields.get("id"), "paymentId", PAYMENT_ID_LENGTH),
        status=status,
        word=word,
        amount=total,
        cancelled_amount=cancelled,
        currency=matching(fields, "currency", CURRENCY),
        sandbox=channel.get("type") != "LIVE",
        pay_method=_method(fields),
        pg_provider=clean(channel.get("pgProvider"), 50),
        started_at=clock.from_rfc3339(fields.get("requestedAt")),
        paid_at=paid_at,
        fail_reason=_failure(fields),
        receipt_url=url(fields.get("receiptUrl")),
        installment_months=_installment(fields.get("method")),
        **_escrow(fields.get("escrow")),
        virtual_account=_virtual_account(fields) if word == "VIRTUAL_ACCOUNT_ISSUED" or paid_at else None,
        cancellations=tuple(map(_cancellation, records(fields.get("cancellations"), "cancellations", optional=True))),
        exclusive=paid_at is not None,
        cash_receipt_issued=fields.get("cashReceiptIssuanceStatus") == "ISSUED",
    )


def order(answer: object) -> ProviderPayment | None:
    """The same, but None for invalid data that took no money: anybody can open a window with an absurd amount."""
    try:
        return payment(answer)
    except Unreadable as error:
        fields = record(answer, "payment")
        if fields.get("status") not in ("READY", "FAILED") or fields.get("paidAt") is not None:
            raise
        log.warning("portone.attempt_unreadable", extra={"field": str(error)[:50]})
        return None


def receipt(answer: object) -> tuple[Receipt, ProviderCancellation]:
    """The answer to a cancel: `{"cancellation": {...}}`. Raises Unreadable."""
    cancellation = _cancellation(record(record(answer, "cancel").get("cancellation"), "cancellation"))
    return Receipt(cancellation.cancellation_id), cancellation


def payments(answer: object) -> tuple[tuple[ProviderPayment, ...], str]:
    """A page of payments, without invalid ones that took no money, and its last cursor. Raises Unreadable."""
    items = _items(answer)
    found = tuple(parsed for item in items if (parsed := order(item.get("payment"))) is not None)
    return found, _last_cursor(items)


def events(answer: object) -> tuple[tuple[ProviderEvent, ...], str]:
    """A page of events and its last cursor. Raises Unreadable."""
    items = _items(answer)
    return tuple(_event(record(item.get("paymentEvent"), "paymentEvent")) for item in items), _last_cursor(items)


def _items(answer: object) -> list[Fields]:
    return records(record(answer, "page").get("items"), "items")


def _last_cursor(items: list[Fields]) -> str:
    """The cursor of the next page; "" after the last page, which is empty."""
    cursor = items[-1].get("cursor") if items else ""
    if not isinstance(cursor, str) or len(cursor) > CURSOR_LENGTH:
        raise Unreadable("cursor")
    return cursor


def _event(fields: Fields) -> ProviderEvent:
    amount = fields.get("eventAmount")
    if isinstance(amount, bool) or not isinstance(amount, int) or abs(amount) > money.MAX_AMOUNT:
        raise Unreadable("eventAmount")
    cancellation = fields.get("cancellation")
    return ProviderEvent(
        provider_id=matching(fields, "transactionId", ids.PROVIDER_ID),
        order_id=printable(fields.get("paymentId"), "paymentId", PAYMENT_ID_LENGTH),
        amount=amount,
        at=clock.from_rfc3339(fields.get("createdAt")),
        cancellation_id=clean(cancellation.get("id"), 255) if isinstance(cancellation, dict) else "",
    )


def _channel(fields: Fields, status: ProviderStatus) -> Fields:
    """The channel of the payment. It may be missing at an early stage; a payment that took money must have it."""
    channel = fields.get("channel")
    if channel is None and status not in (ProviderStatus.PAID, ProviderStatus.CANCELLED):
        return {}
    known = record(channel, "channel")
    if known.get("type") not in ("LIVE", "TEST"):
        raise Unreadable("channel.type")
    return known


def _paid_at(fields: Fields, status: ProviderStatus, cancelled: int) -> datetime | None:
    """When the money was received. Optional on payments cancelled since; a closed account received none."""
    paid_at = clock.from_rfc3339(fields.get("paidAt"))
    came = status is ProviderStatus.PAID or (status is ProviderStatus.CANCELLED and (paid_at or cancelled > 0))
    return (paid_at or clock.from_rfc3339(fields.get("statusChangedAt")) or clock.now()) if came else None


def _method(fields: Fields) -> str:
    method = fields.get("method")
    if not isinstance(method, dict):
        return ""
    kind = clean(method.get("type"), 50)
    if kind == "PaymentMethodEasyPay":
        return clean(method.get("provider"), 50).lower() or "easy_pay"
    return METHODS.get(kind) or re.sub(r"(?<=[a-z])(?=[A-Z])", "_", kind.removeprefix("PaymentMethod")).lower()


def _installment(method: object) -> int | None:
    """Months of a card, or of the card behind an easy pay."""
    if not isinstance(method, dict):
        return None
    card = method.get("easyPayMethod") if method.get("type") == "PaymentMethodEasyPay" else method
    installment = card.get("installment") if isinstance(card, dict) else None
    return installments.reported(installment.get("month")) if isinstance(installment, dict) else None


def _escrow(shown: object) -> dict[str, Any]:
    """How far an escrow has come. A status that we do not know yet is kept as PortOne's word."""
    if not isinstance(shown, dict) or not (word := clean(shown.get("status"), 30)):
        return {}
    return {"escrow_status": word.lower(), "escrow_invoice": clean(shown.get("invoiceNumber"), 50)}


def _failure(fields: Fields) -> str:
    failure = fields.get("failure")
    if not isinstance(failure, dict):
        return ""
    return clean(failure.get("pgMessage"), 500) or clean(failure.get("reason"), 500)


def _virtual_account(fields: Fields) -> VirtualAccount | None:
    method = fields.get("method")
    if not isinstance(method, dict) or not (number := clean(method.get("accountNumber"), 32)):
        return None
    bank = clean(method.get("bank"), 50)
    code = _CODES.get(bank, "")
    return VirtualAccount(
        bank_code=code,
        bank_name=BANKS[code].name if code else bank,
        number=number,
        holder=clean(method.get("remitteeName"), 50),
        due_at=clock.from_rfc3339(method.get("expiredAt")),
    )


def _cancellation(fields: Fields) -> ProviderCancellation:
    """One cancel. A status that we do not know yet has moved no money that can be counted: it is asked about again."""
    word = clean(fields.get("status"), 50)
    states = {"SUCCEEDED": CancelState.SUCCEEDED, "FAILED": CancelState.FAILED}
    return ProviderCancellation(
        cancellation_id=clean(fields.get("id"), 255),
        amount=won(fields, "totalAmount"),
        reason=clean(fields.get("reason"), 255),
        cancelled_at=clock.from_rfc3339(fields.get("cancelledAt")),
        receipt_url=url(fields.get("receiptUrl")),
        state=states.get(word, CancelState.PENDING),
        tax_free=money.won(fields.get("taxFreeAmount")),
        vat=money.won(fields.get("vatAmount")),
    )
