"""What V2 announces, in both versions of its webhooks, and how often it tries."""

import secrets
from datetime import UTC, datetime
from typing import Any, Final

from portone_simulator.clock import Clock
from portone_simulator.outgoing import Seal
from portone_simulator.payment import CANCELLED, FAILED, PAID, Payment
from portone_simulator.settings import Settings
from portone_simulator.webhooks import Letter

WAITS: Final = tuple(60.0 * minutes for minutes in (1, 4, 16, 64, 256))
"""Seconds of simulated time before each of the five re-sends. PortOne adds chance to them; here they are exact."""


def letters(settings: Settings, clock: Clock, payment: Payment, urls: tuple[str, ...], of_cancel: bool) -> list[Letter]:
    """The news that the payment's present state is, for each address."""
    cancellation = payment.cancel_history[-1].cancellation_id if of_cancel else ""
    kind = _kind(payment, of_cancel)
    return [letter(settings, clock, payment, url, kind, cancellation) for url in urls]


def letter(settings: Settings, clock: Clock, payment: Payment, url: str, kind: str, cancellation_id: str) -> Letter:
    """One signed letter; `kind` is the word after `Transaction.`."""
    told: dict[str, Any]
    if settings.v2_webhook_version == "2024-01-01":
        told = {"payment_id": payment.merchant_uid, "tx_id": payment.imp_uid, "status": kind}
        form = settings.webhook_format
    else:
        data = {"storeId": settings.v2_store_id, "paymentId": payment.merchant_uid, "transactionId": payment.imp_uid}
        if cancellation_id:
            data["cancellationId"] = cancellation_id
        told = {"type": f"Transaction.{kind}", "timestamp": stamp(clock.now()), "data": data}
        form = "json"
    seal = Seal(f"wh_{secrets.token_hex(12)}", tuple(settings.v2_webhook_secrets.split(",")))
    return Letter(url, told, form, WAITS, seal, payment.imp_uid)


def stamp(at: float) -> str:
    """RFC 3339, with as many digits of a second as the moment happens to have."""
    text = datetime.fromtimestamp(at, UTC).isoformat(timespec="microseconds").removesuffix("+00:00")
    return (text.rstrip("0").rstrip(".") if "." in text else text) + "Z"


def _kind(payment: Payment, of_cancel: bool) -> str:
    if of_cancel:
        return "PartialCancelled" if payment.remaining else "Cancelled"
    words = {PAID: "Paid", FAILED: "Failed", CANCELLED: "Cancelled"}
    waiting = (
        "VirtualAccountIssued" if payment.vbank_num else "PayPending" if payment.behind.approval_pending else "Ready"
    )
    return words.get(payment.status, waiting)
