"""`/receipts/{imp_uid}`: cash receipts that are issued through PortOne."""

from typing import Any, Final

from portone_simulator import cash_receipts
from portone_simulator.answers import Answer, Refusal, bad_request, not_found
from portone_simulator.call import Call, text, whole
from portone_simulator.payment import Payment
from portone_simulator.rest.endpoint import Endpoint
from portone_simulator.rest.payments import known
from portone_simulator.state import Simulation

_TYPES: Final = {"person": "PERSONAL", "company": "CORPORATE"}
_KINDS: Final = ("person", "business", "phone", "taxcard")
_NONE: Final = "현금영수증 발행 내역이 존재하지 않습니다."


def get(simulation: Simulation, call: Call) -> Answer:
    """The last receipt that was issued here; what the PG issued with the payment is not known."""
    payment = known(simulation, call)
    receipt = cash_receipts.latest(payment)
    if receipt is None or not receipt.manual:
        raise not_found(_NONE)
    return Answer(_shown(payment))


def issue(simulation: Simulation, call: Call) -> Answer:
    """A receipt about what is left of the payment."""
    payment = known(simulation, call)
    _require_support(simulation)
    identifier, kind = text(call.body, "identifier", 30), text(call.body, "type") or "person"
    named = text(call.body, "identifier_type")
    if identifier is None or kind not in _TYPES or (named is not None and named not in _KINDS):
        raise bad_request("identifier, identifier_type, type 파라메터를 확인해주세요.")
    if not cash_receipts.is_cash(payment) or not payment.remaining:
        raise bad_request("결제완료된 현금성 결제건만 현금영수증을 발행할 수 있습니다.")
    if cash_receipts.valid(payment) is not None:
        raise bad_request("이미 현금영수증이 발행된 결제건입니다.")
    tax_free = whole(call.body, "tax_free") or 0
    if tax_free > payment.remaining:
        raise bad_request("면세금액(tax_free)이 발행금액보다 큽니다.")
    _refuse_at_pg(simulation, payment, "receipts.issue")

    def step(before: Payment, now: int) -> Payment:
        return cash_receipts.issued(before, now, _TYPES[kind], before.remaining, tax_free)

    return Answer(_shown(simulation.move(payment.imp_uid, step)))


def cancel(simulation: Simulation, call: Call) -> Answer:
    """Only what was issued here can be cancelled here."""
    payment = known(simulation, call)
    _require_support(simulation)
    receipt = cash_receipts.valid(payment)
    if receipt is None or not receipt.manual:
        raise bad_request(_NONE)
    _refuse_at_pg(simulation, payment, "receipts.cancel")
    return Answer(_shown(simulation.move(payment.imp_uid, cash_receipts.cancelled)))


def _require_support(simulation: Simulation) -> None:
    if simulation.settings.cash_receipts == "unsupported":
        raise Refusal("현금영수증을 지원하지 않는 PG사입니다.", code=-1, http=501)


def _refuse_at_pg(simulation: Simulation, payment: Payment, endpoint: str) -> None:
    fault = simulation.fault(("pg_refusal",), endpoint, payment)
    if fault:
        raise Refusal(fault.message, code=-1)


def _shown(payment: Payment) -> dict[str, Any]:
    receipt = payment.behind.cash_receipts[-1]
    return {
        "imp_uid": payment.imp_uid,
        "receipt_tid": f"rcpt-{receipt.number}",
        "apply_num": receipt.number,
        "type": "company" if receipt.kind == "CORPORATE" else "person",
        "amount": receipt.amount,
        "vat": receipt.vat,
        "receipt_url": cash_receipts.url_of(receipt),
        "applied_at": receipt.issued_at,
        "cancelled_at": receipt.cancelled_at,
    }


ENDPOINTS: Final = (
    Endpoint("GET", "/receipts/<imp_uid>", "receipts.get", get),
    Endpoint("POST", "/receipts/<imp_uid>", "receipts.issue", issue),
    Endpoint("DELETE", "/receipts/<imp_uid>", "receipts.cancel", cancel),
)
