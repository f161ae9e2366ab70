"""Shipments of escrow payments."""

from typing import Any, Final

from portone_simulator import escrow
from portone_simulator.answers import Answer, Refusal, bad_request
from portone_simulator.call import Call
from portone_simulator.payment import Payment
from portone_simulator.rest.endpoint import Endpoint
from portone_simulator.rest.payments import known
from portone_simulator.state import Simulation

_COMPANIES: Final = (
    *("CJGLS", "HANJIN", "HYUNDAI", "KGB", "EPOST", "DAESIN", "DONGBU", "YELLOWCAP", "HANARO", "SAGAWA", "ETC"),
)


def shown(simulation: Simulation, call: Call) -> Answer:
    """`GET /escrows/logis/{imp_uid}`: 409 when nothing is registered."""
    payment = _escrow(simulation, call)
    if payment.behind.shipment is None:
        raise Refusal("등록된 배송정보가 존재하지 않습니다.", http=409)
    return Answer(_public(payment))


def register(simulation: Simulation, call: Call) -> Answer:
    """`POST /escrows/logis/{imp_uid}`: 409 when a shipment is registered."""
    payment = _escrow(simulation, call)
    if payment.behind.shipment is not None:
        raise Refusal("이미 배송정보 등록이 완료되었습니다.", http=409)
    return _written(simulation, call, payment)


def change(simulation: Simulation, call: Call) -> Answer:
    """`PUT /escrows/logis/{imp_uid}`: 409 when nothing is registered."""
    payment = _escrow(simulation, call)
    if payment.behind.shipment is None:
        raise Refusal("배송정보를 수정할 수 없습니다.", http=409)
    return _written(simulation, call, payment)


def _written(simulation: Simulation, call: Call, payment: Payment) -> Answer:
    logis, sender, receiver = (_part(call.body, name) for name in ("logis", "sender", "receiver"))
    company, invoice, sent_at = (logis.get(name) for name in ("company", "invoice", "sent_at"))
    if not isinstance(company, str) or not isinstance(invoice, str) or not invoice or not isinstance(sent_at, int):
        raise bad_request("logis의 company, invoice, sent_at은 필수입니다.")
    if payment.pg_provider == "html5_inicis":
        for party in (sender, receiver):
            if not all(party.get(name) for name in ("name", "tel", "addr", "postcode")):
                raise bad_request("KG이니시스는 sender와 receiver의 name, tel, addr, postcode가 필수입니다.")
    fault = simulation.fault(("pg_refusal",), "escrows.ship", payment)
    if fault:
        raise Refusal(fault.message, code=-1)
    known_company = company if company in _COMPANIES else "ETC"
    return Answer(_public(simulation.move(payment.imp_uid, escrow.shipped, known_company, invoice, sent_at)))


def _public(payment: Payment) -> dict[str, Any]:
    shipment = payment.behind.shipment
    return (
        {} if shipment is None else {name: shipment[name] for name in ("company", "invoice", "sent_at", "applied_at")}
    )


def _escrow(simulation: Simulation, call: Call) -> Payment:
    payment = known(simulation, call)
    if not payment.escrow or not payment.received:
        raise bad_request("에스크로 결제건이 아니거나 결제가 완료되지 않았습니다.")
    return payment


def _part(body: dict[str, Any], name: str) -> dict[str, Any]:
    value = body.get(name)
    if not isinstance(value, dict):
        raise bad_request(f"{name}은(는) 필수입니다.")
    return value


ENDPOINTS: Final = (
    Endpoint("GET", "/escrows/logis/<imp_uid>", "escrows.shipment", shown),
    Endpoint("POST", "/escrows/logis/<imp_uid>", "escrows.ship", register),
    Endpoint("PUT", "/escrows/logis/<imp_uid>", "escrows.ship", change),
)
