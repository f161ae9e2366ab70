"""V2's cash receipts: issued for an order, queried and cancelled by its id."""

from typing import Final

from portone_simulator import cash_receipts
from portone_simulator.call import Call
from portone_simulator.channels import CHANNELS
from portone_simulator.payment import CashReceipt, Payment
from portone_simulator.state import Simulation
from portone_simulator.v2 import queries, receipt_objects, serializers
from portone_simulator.v2.endpoint import Body, Endpoint, body_of
from portone_simulator.v2.errors import V2Error, invalid, pg_refusal
from portone_simulator.v2.values import moment, one_of, record, stamp, text, whole

_TIMES: Final = ("STATUS_UPDATED_AT",)
_KINDS: Final = (None, "PHONE", "CARD", "BUSINESS")


def get(simulation: Simulation, call: Call) -> Body:
    """`GET /payments/{paymentId}/cash-receipt`."""
    payment = _known(simulation, call.path_parts["payment_id"])
    receipt = cash_receipts.latest(payment) if payment else None
    if payment is None or receipt is None:
        raise V2Error(404, "CASH_RECEIPT_NOT_FOUND")
    return _item(simulation, payment, receipt)


def listed(simulation: Simulation, call: Call) -> Body:
    """`GET /cash-receipts`: by page, by the time of their last change. Other orders and times are not simulated."""
    body = body_of(call)
    page, sort, wanted = record(body, "page"), record(body, "sort"), record(body, "filter")
    queries.own_store(simulation, text(wanted, "storeId"))
    one_of(sort, "by", _TIMES)
    one_of(wanted, "timeRangeField", _TIMES)
    number, size = whole(page, "number") or 0, whole(page, "size")
    size = 10 if size is None else size
    until = moment(wanted, "until", simulation.clock.now())
    since = moment(wanted, "from", until - queries.WINDOW)
    found = [
        (at, payment, receipt)
        for payment in simulation.ledger.payments()
        for receipt in payment.behind.cash_receipts
        if since <= (at := receipt.cancelled_at or receipt.issued_at) <= until
    ]
    found.sort(key=lambda entry: entry[0], reverse=one_of(sort, "order", ("ASC", "DESC")) != "ASC")
    items = [_item(simulation, payment, receipt) for _, payment, receipt in found[number * size :][:size]]
    return {"items": items, "page": {"number": number, "size": size, "totalCount": len(items)}}


def _item(simulation: Simulation, payment: Payment, receipt: CashReceipt) -> Body:
    """One receipt with what it says of its payment."""
    shown = receipt_objects.cash_receipt(payment, receipt, "amount")
    names = {"paymentId": payment.merchant_uid, "storeId": simulation.settings.v2_store_id}
    about = {"merchantId": serializers.MERCHANT_ID, "channel": serializers.channel(payment)}
    return {
        **shown,
        **names,
        **about,
        "vatAmount": receipt.vat,
        "isManual": receipt.manual,
        "orderName": payment.name or "",
    }


def issue(simulation: Simulation, call: Call) -> Body:
    """`POST /cash-receipts`: for an order that was paid here."""
    body = body_of(call)
    queries.own_store(simulation, text(body, "storeId"))
    kind, customer = text(body, "type", required=True) or "", record(body, "customer")
    amount = record(body, "amount")
    total, tax_free = whole(amount, "total"), whole(amount, "taxFree") or 0
    identity = text(customer, "identityNumber", 30, required=True)
    if kind not in ("PERSONAL", "CORPORATE") or text(customer, "identityNumberType") not in _KINDS or not identity:
        raise invalid("type and customer are wrong.")
    if text(body, "channelKey", required=True) not in {each.channel_key for each in CHANNELS}:
        raise V2Error(404, "CHANNEL_NOT_FOUND")
    text(body, "orderName", required=True)
    payment = _known(simulation, text(body, "paymentId", required=True) or "")
    possible = payment is not None and cash_receipts.is_cash(payment)
    if payment is None or not possible or not total or not tax_free <= total <= payment.remaining:
        raise invalid("Receipts are issued for what was paid by bank transfer or virtual account.")
    if simulation.settings.cash_receipts == "unsupported":
        raise pg_refusal("현금영수증을 지원하지 않습니다.")
    if cash_receipts.valid(payment) is not None:
        raise V2Error(409, "CASH_RECEIPT_ALREADY_ISSUED")
    _refuse_at_pg(simulation, payment, "receipts.issue")
    moved = simulation.move(payment.imp_uid, cash_receipts.issued, kind, total, tax_free)
    receipt = moved.behind.cash_receipts[-1]
    summary = {"url": cash_receipts.url_of(receipt), "pgReceiptId": f"rcpt-{receipt.number}"}
    return {"cashReceipt": {"issueNumber": receipt.number, **summary}}


def cancel(simulation: Simulation, call: Call) -> Body:
    """`POST /payments/{paymentId}/cash-receipt/cancel`."""
    payment = _known(simulation, call.path_parts["payment_id"])
    receipt = cash_receipts.valid(payment) if payment else None
    if payment is None or receipt is None:
        raise V2Error(404, "CASH_RECEIPT_NOT_ISSUED" if payment else "CASH_RECEIPT_NOT_FOUND")
    _refuse_at_pg(simulation, payment, "receipts.cancel")
    moved = simulation.move(payment.imp_uid, cash_receipts.cancelled)
    return {
        "cancelledAmount": receipt.amount,
        "cancelledAt": stamp(moved.behind.cash_receipts[-1].cancelled_at),
    }


def _known(simulation: Simulation, order: str) -> Payment | None:
    return serializers.decisive(simulation.ledger.attempts(order))


def _refuse_at_pg(simulation: Simulation, payment: Payment, endpoint: str) -> None:
    fault = simulation.fault(("pg_refusal",), endpoint, payment)
    if fault:
        raise pg_refusal(fault.message)


ENDPOINTS: Final = (
    Endpoint("GET", "/payments/<payment_id>/cash-receipt", "receipts.get", get),
    Endpoint("GET", "/cash-receipts", "receipts.list", listed),
    Endpoint("POST", "/cash-receipts", "receipts.issue", issue),
    Endpoint("POST", "/payments/<payment_id>/cash-receipt/cancel", "receipts.cancel", cancel),
)
