"""V2's webhooks in both versions, and their retries."""

import secrets
from typing import Any, Final

from portone_simulator.clock import Clock
from portone_simulator.outgoing import Notification, Signer
from portone_simulator.payment import CANCELLED, FAILED, PAID, Payment
from portone_simulator.settings import Settings
from portone_simulator.v2.values import stamp

WAITS: Final = tuple(60.0 * minutes for minutes in (1, 4, 16, 64, 256))
"""Seconds of simulated time before each of the five retries. PortOne adds jitter; here they are exact."""


def notifications(
    settings: Settings, clock: Clock, payment: Payment, urls: tuple[str, ...], of_cancel: bool
) -> list[Notification]:
    """The webhook for the payment's present state, for each URL."""
    cancellation = payment.cancel_history[-1].cancellation_id if of_cancel else ""
    kind = _kind(payment, of_cancel)
    return [notification(settings, clock, payment, url, kind, cancellation) for url in urls]


def notification(
    settings: Settings, clock: Clock, payment: Payment, url: str, kind: str, cancellation_id: str
) -> Notification:
    """One signed webhook; `kind` is the part after `Transaction.`."""
    payload: dict[str, Any]
    if settings.v2_webhook_version == "2024-01-01":
        payload = {"payment_id": payment.merchant_uid, "tx_id": payment.imp_uid, "status": kind}
        form = settings.webhook_format
    else:
        data = {"storeId": settings.v2_store_id, "paymentId": payment.merchant_uid, "transactionId": payment.imp_uid}
        if cancellation_id:
            data["cancellationId"] = cancellation_id
        payload = {"type": f"Transaction.{kind}", "timestamp": stamp(clock.now()), "data": data}
        form = "json"
    return Notification(url, payload, form, WAITS, _signer(settings), payment.imp_uid)


def confirmation(settings: Settings, clock: Clock, payment: Payment, url: str) -> Notification:
    """The question of the confirm process, signed like a webhook: whether this payment may be approved."""
    if settings.v2_webhook_version == "2024-01-01":
        names = {"payment_id": payment.merchant_uid, "tx_id": payment.imp_uid, "total_amount": payment.amount}
        return Notification(url, names, signer=_signer(settings))
    data = {"paymentId": payment.merchant_uid, "transactionId": payment.imp_uid, "totalAmount": payment.amount}
    payload = {"type": "Transaction.Confirm", "timestamp": stamp(clock.now()), "data": data}
    return Notification(url, payload, signer=_signer(settings))


def _signer(settings: Settings) -> Signer:
    return Signer(f"wh_{secrets.token_hex(12)}", tuple(settings.v2_webhook_secrets.split(",")))


def _kind(payment: Payment, of_cancel: bool) -> str:
    if of_cancel:
        return "PartialCancelled" if payment.remaining else "Cancelled"
    names = {PAID: "Paid", FAILED: "Failed", CANCELLED: "Cancelled"}
    waiting = (
        "VirtualAccountIssued" if payment.vbank_num else "PayPending" if payment.behind.approval_pending else "Ready"
    )
    return names.get(payment.status, waiting)
