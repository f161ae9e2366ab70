"""Cancels."""

from collections.abc import Mapping
from typing import Any, Final

from portone_simulator import cancelling, lifecycle
from portone_simulator.answers import Answer, Refusal
from portone_simulator.call import Call, flag, text, whole
from portone_simulator.payment import Payment
from portone_simulator.rest.endpoint import Endpoint
from portone_simulator.state import Simulation


def cancel(simulation: Simulation, call: Call) -> Answer:
    """`POST /payments/cancel`: every business refusal is HTTP 200 with a code other than 0."""
    request = cancelling.CancelRequest(
        amount=whole(call.body, "amount"),
        checksum=whole(call.body, "checksum"),
        reason=text(call.body, "reason", 256),
        refund_holder=text(call.body, "refund_holder"),
        refund_bank=text(call.body, "refund_bank"),
        refund_account=text(call.body, "refund_account"),
        tax_free=whole(call.body, "tax_free"),
        vat=whole(call.body, "vat_amount"),
        requester=_requester(call.body),
    )

    def step(before: Payment, now: int) -> Payment:
        done = cancelling.executed(cancelling.Case(before, request, simulation.settings, now))
        fault = simulation.fault(("pg_refusal",), "payments.cancel", before)
        if fault:
            raise Refusal(fault.message, code=-1)
        return lifecycle.cancelled(before, done, simulation.settings.partial_cancel_status)

    payment = simulation.move(_target(simulation, call).imp_uid, step)
    if flag(call.body, "enable_webhook"):
        simulation.notify_api_cancel(payment)
    return Answer(payment.public())


def _requester(body: Mapping[str, Any]) -> str | None:
    """Who asks for the cancel: Naver Pay wants to know."""
    extra = body.get("extra")
    return text(extra, "requester") if isinstance(extra, dict) else None


def _target(simulation: Simulation, call: Call) -> Payment:
    """The payment to cancel: imp_uid takes precedence; of an order's attempts the one with money, else the latest."""
    imp_uid, merchant_uid = text(call.body, "imp_uid"), text(call.body, "merchant_uid")
    if imp_uid is None and merchant_uid is None:
        raise Refusal("imp_uid 또는 merchant_uid를 지정해주셔야합니다.")
    if imp_uid is not None:
        candidates = [payment] if (payment := simulation.ledger.payment(imp_uid, v1_only=True)) else []
    else:
        candidates = simulation.ledger.attempts(merchant_uid or "", v1_only=True)
    if not candidates:
        raise Refusal("취소할 결제건이 존재하지 않습니다.")
    return max(
        candidates, key=lambda each: (each.received and each.remaining > 0, each.received, each.behind.started_no)
    )


ENDPOINTS: Final = (Endpoint("POST", "/payments/cancel", "payments.cancel", cancel),)
