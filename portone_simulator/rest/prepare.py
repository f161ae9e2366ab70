"""Registering an amount before the payment window opens."""

from typing import Final

from portone_simulator.answers import Answer, Refusal, not_found
from portone_simulator.call import Call, text, whole
from portone_simulator.payment import Preparation
from portone_simulator.rest.endpoint import Endpoint
from portone_simulator.state import Simulation

_UNKNOWN: Final = "사전등록된 결제정보가 존재하지 않습니다."
_TWICE: Final = "결제정보 사전등록에 실패하였습니다(이미 등록된 merchant_uid입니다)."


def create(simulation: Simulation, call: Call) -> Answer:
    """`POST /payments/prepare`: refused with HTTP 200 and code 1 when the order id is already registered."""
    wanted = _wanted(call)
    if simulation.ledger.preparation(wanted.merchant_uid):
        raise Refusal(_TWICE)
    simulation.ledger.prepare(wanted)
    return Answer(vars(wanted))


def change(simulation: Simulation, call: Call) -> Answer:
    """`PUT /payments/prepare`: another amount for a registered order id."""
    wanted = _wanted(call)
    if not simulation.ledger.preparation(wanted.merchant_uid):
        raise not_found(_UNKNOWN)
    simulation.ledger.prepare(wanted)
    return Answer(vars(wanted))


def read(simulation: Simulation, call: Call) -> Answer:
    """`GET /payments/prepare/{merchant_uid}`: what is registered."""
    registered = simulation.ledger.preparation(call.path_parts["merchant_uid"])
    if registered is None:
        raise not_found(_UNKNOWN)
    return Answer(vars(registered))


def _wanted(call: Call) -> Preparation:
    merchant_uid, amount = text(call.body, "merchant_uid", 40), whole(call.body, "amount")
    if merchant_uid is None or amount is None:
        raise Refusal("merchant_uid, amount 파라메터가 누락되었습니다.")
    return Preparation(merchant_uid, amount, text(call.body, "currency", 3))


ENDPOINTS: Final = (
    Endpoint("POST", "/payments/prepare", "prepare.create", create),
    Endpoint("PUT", "/payments/prepare", "prepare.change", change),
    Endpoint("GET", "/payments/prepare/<merchant_uid>", "prepare.read", read),
)
