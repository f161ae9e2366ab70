"""A payment of the ledger as V2 shows it. Absent fields are omitted: V2 never uses null."""

from typing import Any, Final

from portone_simulator import taxes
from portone_simulator.payment import CANCELLED, FAILED, AskedCancel, Cancellation, Dispute, Payment
from portone_simulator.settings import Settings
from portone_simulator.v2.receipt_objects import receipt_fields
from portone_simulator.v2.values import stamp, stamp_if, without_none

MERCHANT_ID: Final = "merchant-00000000-0000-4000-8000-000000000001"

BANKS: Final = {
    "002": "KDB", "003": "IBK", "004": "KOOKMIN", "007": "SUHYUP", "011": "NONGHYUP", "012": "LOCAL_NONGHYUP",
    "020": "WOORI", "023": "STANDARD_CHARTERED", "027": "CITI", "031": "DAEGU", "032": "BUSAN", "034": "KWANGJU",
    "035": "JEJU", "037": "JEONBUK", "039": "KYONGNAM", "045": "KFCC", "048": "SHINHYUP", "050": "SAVINGS_BANK",
    "054": "HSBC", "071": "POST", "081": "HANA", "088": "SHINHAN", "089": "K_BANK", "090": "KAKAO", "092": "TOSS",
}  # fmt: skip
"""V2's names of the banks that V1 identifies by code."""

PG_PROVIDERS: Final = {
    "html5_inicis": "INICIS_V2", "tosspayments": "TOSSPAYMENTS", "kakaopay": "KAKAOPAY", "settle": "SETTLE",
    "naverpay": "NAVERPAY", "tosspay_v2": "TOSSPAY_V2", "payco": "PAYCO",
    "danal_tpay": "DANAL_TPAY", "kcp": "KCP_V2", "ksnet": "KSNET", "nice_v2": "NICE_V2", "welcome": "WELCOME",
}  # fmt: skip

GIFT_CERTIFICATES: Final = {
    "cultureland": "CULTURELAND", "smartculture": "SMART_MUNSANG", "booknlife": "BOOKNLIFE",
    "culturegift": "CULTUREGIFT", "happymoney": "HAPPYMONEY",
}  # fmt: skip

PROVIDERS: Final = {"samsung": "SAMSUNGPAY"}
"""Easy-pay providers whose V2 name is not V1's in capitals; `point` has no provider."""


def decisive(attempts: list[Payment]) -> Payment | None:
    """The attempt that represents an order: the one with money, else the latest."""
    paid = [attempt for attempt in attempts if attempt.received]
    found = paid or attempts
    return found[-1] if found else None


def status_of(payment: Payment) -> str:
    """The status in V2."""
    if payment.received:
        partly = payment.cancel_amount > 0
        return "CANCELLED" if payment.remaining == 0 else "PARTIAL_CANCELLED" if partly else "PAID"
    if payment.status in (FAILED, CANCELLED):
        return payment.status.upper()
    if payment.behind.approval_pending:
        return "PAY_PENDING"
    return "VIRTUAL_ACCOUNT_ISSUED" if payment.vbank_num else "READY"


def payment_object(payment: Payment, settings: Settings, webhooks: list[dict[str, Any]]) -> dict[str, Any]:
    """`GET /payments/{paymentId}`."""
    status, changed = status_of(payment), stamp(changed_at(payment))
    fields = {
        "status": status,
        "id": payment.merchant_uid,
        "transactionId": payment.imp_uid,
        "merchantId": MERCHANT_ID,
        "storeId": settings.v2_store_id,
        "version": "V2" if payment.v2 else "V1",
        "requestedAt": stamp(payment.started_at),
        "updatedAt": changed,
        "statusChangedAt": changed,
        "orderName": payment.name or payment.merchant_uid,
        "amount": _amount(payment),
        "currency": payment.currency,
        "customer": _customer(payment),
        "origin": {"platformType": "MOBILE" if payment.channel == "mobile" else "PC", "ipAddress": "203.0.113.9"},
        "channel": channel(payment),
        "webhooks": webhooks,
        "method": None if status in ("READY", "FAILED") else _method(payment),
        "customData": payment.custom_data,
        "escrow": _escrow(payment) if payment.escrow else None,
    }
    return without_none(fields | _by_status(payment, status, changed))


def _by_status(payment: Payment, status: str, changed: str) -> dict[str, Any]:
    if status == "FAILED":
        why = payment.fail_reason or ""
        of_pg = {} if payment.behind.refused_by_shop else {"pgCode": "PG_REFUSED", "pgMessage": why}
        return {"failedAt": changed, "failure": {"reason": why, **of_pg}}
    cancelled = status in ("CANCELLED", "PARTIAL_CANCELLED")
    cancellations = [executed(each) for each in payment.cancel_history]
    cancellations += [asked(each) for each in payment.behind.asked_cancels]
    return {
        "paidAt": stamp_if(payment.paid_at),
        "receiptUrl": payment.receipt_url if payment.received else None,
        "pgTxId": payment.pg_tid,
        "disputes": disputes(payment) if status == "PAID" else None,
        "cancellations": cancellations if cancellations or cancelled else None,
        "cancelledAt": changed if cancelled else None,
        **receipt_fields(payment),
    }


def executed(entry: Cancellation) -> dict[str, Any]:
    """A cancel that was executed."""
    fields = {
        "status": "SUCCEEDED",
        "id": entry.cancellation_id,
        "pgCancellationId": entry.pg_tid,
        **_taken(entry),
        "reason": entry.reason,
        "requestedAt": stamp(entry.cancelled_at),
        "cancelledAt": stamp(entry.cancelled_at),
        "receiptUrl": entry.receipt_url,
    }
    return without_none(fields)


def asked(entry: AskedCancel) -> dict[str, Any]:
    """A cancel that the PG has not decided, or has refused."""
    return {
        "status": entry.status,
        "id": entry.cancellation_id,
        **_taken(entry),
        "reason": entry.reason,
        "requestedAt": stamp(entry.asked_at),
    }


def _taken(entry: Cancellation | AskedCancel) -> dict[str, int]:
    return {"totalAmount": entry.amount, "taxFreeAmount": entry.tax_free, "vatAmount": entry.vat}


def _amount(payment: Payment) -> dict[str, int]:
    tax_free, vat = payment.behind.tax_free, taxes.vat_of(payment)
    return {
        "total": payment.amount,
        "taxFree": tax_free,
        "vat": vat,
        "supply": payment.amount - tax_free - vat,
        "discount": 0,
        "paid": payment.amount,
        "cancelled": payment.cancel_amount,
        "cancelledTaxFree": taxes.tax_free_cancelled(payment),
    }


def _customer(payment: Payment) -> dict[str, Any]:
    fields = {
        "name": payment.buyer_name or None,
        "email": payment.buyer_email or None,
        "phoneNumber": payment.buyer_tel or None,
        "zipcode": payment.buyer_postcode or None,
        "address": {"type": "ONE_LINE", "oneLine": payment.buyer_addr} if payment.buyer_addr else None,
    }
    return without_none(fields)


def channel(payment: Payment) -> dict[str, Any]:
    """The channel that a payment, or a receipt, was made through."""
    fields = {
        "type": "TEST" if payment.sandbox else "LIVE",
        "pgProvider": PG_PROVIDERS.get(payment.pg_provider, payment.pg_provider.upper()),
        "pgMerchantId": payment.pg_id or "simulator",
        "name": "simulator",
        "key": payment.behind.channel_key or None,
    }
    return without_none(fields)


def _escrow(payment: Payment) -> dict[str, Any]:
    """How far the escrow has come; that of a V1 payment is always shown as registered."""
    shipment = payment.behind.shipment
    if shipment is None and payment.v2:
        return {"status": "BEFORE_REGISTERED"}
    shipment = shipment or {"company": "", "invoice": "", "status": "REGISTERED"}
    fields = {
        "status": shipment["status"] if payment.v2 else "REGISTERED",
        "company": shipment["company"],
        "invoiceNumber": shipment["invoice"],
        "sentAt": stamp_if(shipment.get("sent_at", 0)),
        "appliedAt": stamp_if(shipment.get("applied_at", 0)),
        "isAutomaticallyConfirmed": False if shipment["status"] == "CONFIRMED" else None,
    }
    return without_none(fields)


def _method(payment: Payment) -> dict[str, Any] | None:
    """The payment method; None for a virtual account without a number, which V2 requires."""
    method = payment.pay_method
    if method == "vbank" and payment.vbank_num is None:
        return None
    if method == "vbank":
        fields = {
            "type": "PaymentMethodVirtualAccount",
            "bank": BANKS.get(payment.vbank_code or "", "KDB"),
            "accountNumber": payment.vbank_num,
            "accountType": "NORMAL",
            "remitteeName": payment.vbank_holder,
            "remitterName": payment.behind.depositor,
            "expiredAt": stamp_if(payment.vbank_date),
            "issuedAt": stamp_if(payment.vbank_issued_at),
        }
        return without_none(fields)
    if method == "trans":
        return {"type": "PaymentMethodTransfer", "bank": BANKS.get(payment.bank_code or "", "SHINHAN")}
    if method == "phone":
        return {"type": "PaymentMethodMobile", "phoneNumber": payment.buyer_tel or "01000000000"}
    if method == "card":
        card = {"name": payment.card_name or "", "number": payment.card_number or ""}
        installment = {"month": payment.card_quota, "isInterestFree": False}
        return {
            "type": "PaymentMethodCard",
            "card": card,
            "approvalNumber": payment.apply_num or "",
            "installment": installment,
        }
    if method in GIFT_CERTIFICATES:
        kind = GIFT_CERTIFICATES[method]
        number = payment.apply_num or ""
        return {"type": "PaymentMethodGiftCertificate", "giftCertificateType": kind, "approvalNumber": number}
    easy = {"type": "PaymentMethodEasyPay", "easyPayMethod": {"type": "PaymentMethodEasyPayMethodCharge"}}
    return easy if method == "point" else easy | {"provider": PROVIDERS.get(method, method.upper())}


def disputes(payment: Payment) -> list[dict[str, Any]]:
    """The buyer's disputes."""
    return [_dispute(each) for each in payment.behind.disputes]


def _dispute(entry: Dispute) -> dict[str, Any]:
    fields = {
        "status": "RESOLVED" if entry.resolved_at else "UNRESOLVED",
        "reason": entry.reason,
        "createdAt": stamp(entry.created_at),
        "resolvedAt": stamp_if(entry.resolved_at),
    }
    return without_none(fields)


def changed_at(payment: Payment) -> int:
    """When the payment got its present status, in unix seconds."""
    pending_since, issued_at = payment.behind.pending_since, payment.vbank_issued_at or 0
    own = (pending_since, issued_at, payment.paid_at, payment.failed_at, payment.cancelled_at)
    return max(payment.started_at, *own, *(entry.cancelled_at for entry in payment.cancel_history))
