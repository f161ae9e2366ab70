"""Queries of single payments: by imp_uid, or the first one of an order."""

from typing import Final

from portone_simulator.answers import Answer, Refusal, bad_request, not_found
from portone_simulator.call import Call, flag
from portone_simulator.payment import Payment
from portone_simulator.rest import sorting
from portone_simulator.rest.endpoint import Endpoint
from portone_simulator.state import Simulation

MAX_IDS: Final = 100
"""The largest number of ids in one `GET /payments`."""


def get(simulation: Simulation, call: Call) -> Answer:
    """`GET /payments/{imp_uid}`: test-channel payments are hidden here unless `include_sandbox` asks for them."""
    payment = known(simulation, call)
    if payment.sandbox and not flag(call.query, "include_sandbox"):
        raise not_found()
    shown = payment.public()
    return Answer(shown | {"extension": {}} if flag(call.query, "extension") else shown)


def get_many(simulation: Simulation, call: Call) -> Answer:
    """`GET /payments?imp_uid[]=…&merchant_uid[]=…`: 200 when all are found, 207 when some, 404 when none."""
    imp_uids, merchant_uids = call.named("imp_uid"), call.named("merchant_uid")
    if not 0 < len(imp_uids) + len(merchant_uids) <= MAX_IDS:
        raise bad_request(f"imp_uid[] 또는 merchant_uid[]를 1개 이상 {MAX_IDS}개 이하로 지정해주세요.")
    by_uid = [[payment] if (payment := simulation.ledger.payment(uid, v1_only=True)) else [] for uid in imp_uids]
    by_order = [_attempts_shown(simulation, uid) for uid in merchant_uids]
    groups = by_uid + by_order
    found = {payment.imp_uid: payment for group in groups for payment in group}
    if not found:
        raise not_found()
    newest_first = sorted(found.values(), key=lambda payment: -payment.behind.started_no)
    return Answer([payment.public() for payment in newest_first], http=200 if all(groups) else 207)


def find(simulation: Simulation, call: Call) -> Answer:
    """`GET /payments/find/{merchant_uid}/{payment_status?}`: the first attempt in the order asked for."""
    return Answer(sorting.by(call, sorting.attempts(simulation, call))[0].public())


def balance(simulation: Simulation, call: Call) -> Answer:
    """`GET /payments/{imp_uid}/balance`: only PAYCO has it, and this account has no PAYCO contract."""
    known(simulation, call)
    raise Refusal("지원되지 않는 PG사입니다.", code=-1, http=405)


def known(simulation: Simulation, call: Call) -> Payment:
    """The payment in the path; raises 404 if it is unknown."""
    payment = simulation.ledger.payment(call.path_parts["imp_uid"], v1_only=True)
    if payment is None:
        raise not_found()
    return payment


def _attempts_shown(simulation: Simulation, merchant_uid: str) -> list[Payment]:
    attempts = simulation.ledger.attempts(merchant_uid, v1_only=True)
    return attempts[-1:] if simulation.settings.list_attempts == "latest" else attempts


ENDPOINTS: Final = (
    Endpoint("GET", "/payments", "payments.list", get_many),
    Endpoint("GET", "/payments/<imp_uid>", "payments.get", get),
    Endpoint("GET", "/payments/<imp_uid>/balance", "payments.balance", balance),
    Endpoint("GET", "/payments/find/<merchant_uid>", "payments.find", find),
    Endpoint("GET", "/payments/find/<merchant_uid>/<payment_status>", "payments.find", find),
)
