"""V2's commands: register an amount, cancel, close an account, resend a webhook, log in."""

from dataclasses import replace
from typing import Any, Final

from portone_simulator import cancelling, console, escrow, lifecycle, taxes
from portone_simulator.call import Call
from portone_simulator.payment import AskedCancel, Payment, Preparation
from portone_simulator.settings import Settings
from portone_simulator.state import Simulation
from portone_simulator.v2 import queries, serializers
from portone_simulator.v2.endpoint import Body, Endpoint, body_of
from portone_simulator.v2.errors import V2Error, invalid, pg_refusal
from portone_simulator.v2.values import moment, one_of, record, stamp, text, whole
from portone_simulator.window import already_paid

MAX_RESENDS: Final = 10


def pre_register(simulation: Simulation, call: Call) -> Body:
    """`POST /payments/{paymentId}/pre-register`: a second one replaces the first."""
    body, order = body_of(call), call.path_parts["payment_id"]
    queries.own_store(simulation, text(body, "storeId"))
    total = whole(body, "totalAmount")
    if already_paid(simulation, order):
        raise V2Error(409, "ALREADY_PAID", "The payment is paid.")
    if total is not None:
        simulation.ledger.prepare(Preparation(order, total, text(body, "currency", 3)))
    return {}


def cancel(simulation: Simulation, call: Call) -> Body:
    """`POST /payments/{paymentId}/cancel`: 200 with a cancellation that may also be `REQUESTED` or `FAILED`."""
    body = body_of(call)
    reason = text(body, "reason", 256, required=True) or ""
    amount, believed = whole(body, "amount"), whole(body, "currentCancellableAmount")
    if text(body, "requester") not in (None, "CUSTOMER", "ADMIN"):
        raise invalid("requester must be CUSTOMER or ADMIN.")
    payment = queries.known(simulation, call, text(body, "storeId") or "")
    wanted = _cancellable(simulation, payment, amount, believed)
    _account(payment, record(body, "refundAccount"))
    tax_free, vat = whole(body, "taxFreeAmount"), whole(body, "vatAmount")
    request = cancelling.CancelRequest(wanted, reason=reason, tax_free=tax_free, vat=vat)
    case = cancelling.Case(payment, request, simulation.settings, simulation.clock.unix())
    excess = taxes.excess(payment, wanted, case.parts)
    if excess is not None:
        raise V2Error(409, excess)
    for refusal in cancelling.refuse_at_pg(case):
        raise pg_refusal(refusal.answer.message or "")
    fault = simulation.fault(("pg_refusal",), "payments.cancel", payment)
    if fault:
        raise pg_refusal(fault.message)
    if simulation.settings.v2_cancel != "at_once":
        return {"cancellation": serializers.asked(_asked(simulation, case))}
    done = simulation.move(payment.imp_uid, _carried_out, simulation.settings, request)
    if not body.get("skipWebhook"):
        simulation.notify_cancel(done)
    return {"cancellation": serializers.executed(done.cancel_history[-1])}


def _cancellable(simulation: Simulation, payment: Payment, amount: int | None, believed: int | None) -> int:
    """The amount to cancel. Raises V2Error."""
    if not payment.received:
        raise V2Error(409, "PAYMENT_NOT_PAID")
    if payment.remaining == 0:
        raise V2Error(409, "PAYMENT_ALREADY_CANCELLED")
    if believed is not None and believed != payment.remaining:
        raise V2Error(409, "CANCELLABLE_AMOUNT_CONSISTENCY_BROKEN")
    wanted = payment.remaining if amount is None else amount
    if not 0 < wanted <= payment.remaining - payment.pending_cancels:
        raise V2Error(409, "CANCEL_AMOUNT_EXCEEDS_CANCELLABLE_AMOUNT")
    return wanted


def _account(payment: Payment, account: dict[str, Any]) -> None:
    """A deposit is refunded to an account that the shop names, with V2's bank names."""
    if account and account.get("bank") not in serializers.BANKS.values():
        raise invalid("refundAccount.bank is not a bank. Use V2's bank names.")
    complete = all(isinstance(account.get(name), str) and account[name] for name in ("bank", "number", "holderName"))
    if payment.pay_method == "vbank" and not complete:
        raise invalid("refundAccount is needed for a virtual account.")


def _asked(simulation: Simulation, case: cancelling.Case) -> AskedCancel:
    """The PG has not decided, or refuses in the end: HTTP 200 either way."""
    payment = case.payment
    failed = simulation.settings.v2_cancel == "failed"
    entry = AskedCancel(
        cancellation_id=cancelling.new_id(payment),
        amount=case.request.share_of(payment),
        reason=case.request.reason or "",
        asked_at=simulation.clock.unix(),
        status="FAILED" if failed else "REQUESTED",
        **vars(case.parts),
    )
    asked = (*payment.behind.asked_cancels, entry)
    kept = simulation.move(payment.imp_uid, lambda before, _: lifecycle.behind(before, asked_cancels=asked))
    if not failed:
        simulation.notify_v2(kept, "CancelPending", entry.cancellation_id)
    return entry


def _carried_out(
    before: Payment, now: int, settings: Settings, request: cancelling.CancelRequest, cancellation_id: str | None = None
) -> Payment:
    """The payment after this cancel, which passed every rule."""
    case = cancelling.Case(before, request, settings, now)
    return lifecycle.cancelled(before, cancelling.executed(case, (), cancellation_id), "cancelled")


def finish_cancel(simulation: Simulation, imp_uid: str, succeeds: bool = True) -> Payment:
    """The PG decides about its oldest pending cancel; a webhook is sent."""
    asked = simulation.ledger.existing(imp_uid).behind.asked_cancels
    waiting = [each for each in asked if each.status == "REQUESTED"]
    if not waiting:
        raise lifecycle.WrongMove(f"{imp_uid} has no cancel that waits; set v2_cancel to requested first.")
    entry = waiting[0]

    def step(before: Payment, now: int) -> Payment:
        rest = tuple(each for each in before.behind.asked_cancels if each != entry)
        if not succeeds:
            return lifecycle.behind(before, asked_cancels=(*rest, replace(entry, status="FAILED")))
        cleared = lifecycle.behind(before, asked_cancels=rest)
        wish = cancelling.CancelRequest(entry.amount, reason=entry.reason, tax_free=entry.tax_free, vat=entry.vat)
        return _carried_out(cleared, now, simulation.settings, wish, entry.cancellation_id)

    return simulation.move_and_notify(imp_uid, step, of_cancel=True) if succeeds else simulation.move(imp_uid, step)


def close_account(simulation: Simulation, call: Call) -> Body:
    """`POST /payments/{paymentId}/virtual-account/close`."""
    payment, now = queries.known(simulation, call), simulation.clock.unix()
    try:
        lifecycle.waiting_for_deposit(payment, "close")
    except lifecycle.WrongMove:
        raise V2Error(409, "PAYMENT_NOT_WAITING_FOR_DEPOSIT") from None
    fault = simulation.fault(("pg_refusal",), "vbanks.revoke", payment)
    if fault:
        raise pg_refusal(fault.message)
    console.revoke_account(simulation, payment.imp_uid)
    return {"closedAt": stamp(now)}


def resend_webhook(simulation: Simulation, call: Call) -> Body:
    """`POST /payments/{paymentId}/resend-webhook`: the given one, or the latest; its id stays the same."""
    body = body_of(call)
    payment = queries.known(simulation, call, text(body, "storeId") or "")
    name = text(body, "webhookId")
    log = [(queries.webhook_object(each), each) for each in simulation.webhooks.about(payment.imp_uid)]
    named = [shown for shown, _ in log if name in (None, shown["id"])]
    if not named:
        raise V2Error(404, "WEBHOOK_NOT_FOUND")
    sent = [delivery for shown, delivery in log if shown["id"] == named[-1]["id"]]
    if len(sent) > MAX_RESENDS:
        raise V2Error(400, "MAX_WEBHOOK_RETRY_COUNT_REACHED")
    simulation.webhooks.resend(sent[-1].id)
    return {"webhook": named[-1] | {"trigger": "MANUAL"}}


COMPANIES: Final = (
    *("LOTTE", "LOGEN", "DONGWON", "POST", "CJ", "HANJIN", "DAESIN", "ILYANG", "KYUNGDONG", "CHUNIL"),
    *("POST_REGISTERED", "GS", "WOORI", "HAPDONG", "FEDEX", "UPS", "GSM_NTON", "SUNGWON", "LX_PANTOS", "ACI"),
    *("CJ_INTL", "USPS", "EMS", "DHL", "KGL", "GOODSTOLUCK", "KUNYOUNG", "SLX", "SF", "ETC"),
)


def ship(simulation: Simulation, call: Call) -> Body:
    """`POST` and `PATCH /payments/{paymentId}/escrow/logistics`: the former refuses a second shipment."""
    body = body_of(call)
    payment = queries.known(simulation, call, text(body, "storeId") or "")
    logistics, new = record(body, "logistics"), call.request.method == "POST"
    company = one_of(logistics, "company", COMPANIES)
    invoice, sent = text(logistics, "invoiceNumber", 50, required=True) or "", moment(logistics, "sentAt", 0)
    if company is None or not sent or not invoice:
        raise invalid("logistics needs company, invoiceNumber and sentAt.")
    for party in (record(body, "sender"), record(body, "receiver")):
        address = record(party, "address")
        if address and not {"addressLine1", "addressLine2"} <= address.keys():
            raise invalid("address needs addressLine1 and addressLine2.")
    if not payment.received:
        raise V2Error(409, "PAYMENT_NOT_PAID")
    fault = simulation.fault(("pg_refusal",), "escrows.ship", payment)
    if fault or not payment.escrow or new is (payment.behind.shipment is not None):
        raise pg_refusal(fault.message if fault else "에스크로 배송정보를 등록할 수 없는 거래입니다.")
    done = simulation.move(payment.imp_uid, escrow.shipped, company, invoice, int(sent))
    at = stamp((done.behind.shipment or {})["applied_at"])
    return {"invoiceNumber": invoice, "sentAt": stamp(int(sent)), "appliedAt" if new else "modifiedAt": at}


def confirm_escrow(simulation: Simulation, call: Call) -> Body:
    """`POST /payments/{paymentId}/escrow/complete`: refused by the PG unless a shipment waits for the buyer."""
    body = body_of(call)
    payment = queries.known(simulation, call, text(body, "storeId") or "")
    if not payment.received:
        raise V2Error(409, "PAYMENT_NOT_PAID")
    fault = simulation.fault(("pg_refusal",), "escrows.confirm", payment)
    status = (payment.behind.shipment or {}).get("status")
    if fault or status not in ("REGISTERED", "DELIVERED"):
        raise pg_refusal(fault.message if fault else "구매확정할 수 없는 거래입니다.")
    simulation.move(payment.imp_uid, escrow.judged, "CONFIRMED")
    return {"completedAt": stamp(simulation.clock.unix())}


def log_in(simulation: Simulation, call: Call) -> Body:
    """`POST /login/api-secret`: a token for half an hour."""
    if text(body_of(call), "apiSecret", required=True) != simulation.settings.v2_api_secret:
        raise V2Error(401, "UNAUTHORIZED", "The API secret is wrong.")
    return _tokens(simulation)


def refresh(simulation: Simulation, call: Call) -> Body:
    """`POST /token/refresh`: one refresh token is valid, and it is used up by this."""
    given = text(body_of(call), "refreshToken", required=True) or ""
    if not simulation.v2_tokens.admits(given.removeprefix("refresh-"), simulation.clock.unix()):
        raise V2Error(401, "UNAUTHORIZED", "The refresh token is not the last one.")
    simulation.v2_tokens.revoke()
    return _tokens(simulation)


def _tokens(simulation: Simulation) -> Body:
    token = simulation.v2_tokens.ask(simulation.clock.unix()).access_token
    return {"accessToken": token, "refreshToken": f"refresh-{token}"}


ENDPOINTS: Final = (
    Endpoint("POST", "/payments/<payment_id>/pre-register", "prepare.create", pre_register),
    Endpoint("POST", "/payments/<payment_id>/cancel", "payments.cancel", cancel),
    Endpoint("POST", "/payments/<payment_id>/virtual-account/close", "vbanks.revoke", close_account),
    Endpoint("POST", "/payments/<payment_id>/escrow/logistics", "escrows.ship", ship),
    Endpoint("PATCH", "/payments/<payment_id>/escrow/logistics", "escrows.ship", ship),
    Endpoint("POST", "/payments/<payment_id>/escrow/complete", "escrows.confirm", confirm_escrow),
    Endpoint("POST", "/payments/<payment_id>/resend-webhook", "webhooks.resend", resend_webhook),
    Endpoint("POST", "/login/api-secret", "login", log_in, public=True),
    Endpoint("POST", "/token/refresh", "login", refresh, public=True),
)
