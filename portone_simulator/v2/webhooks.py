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
    signer = Signer(f"wh_{secrets.token_hex(12)}", tuple(settings.v2_webhook_secrets.split(",")))
    return Notification(url, payload, form, WAITS, signer, payment.imp_uid)


def _kind(payment: Payment, of_cancel: bool) -> str:
    if of_cancel:
        return "PartialCancelled" if payment.remaining else "Cancelled"
    names = {PAID: "Paid", FAILED: "Failed", CANCELLED: "Cancelled"}
    waiting = (
        "VirtualAccountIssued" if payment.vbank_num else "PayPending" if payment.behind.approval_pending else "Ready"
    )
    return names.get(payment.status, waiting)
