"""Lists of payments: all attempts of an order, or all payments of a status."""

from typing import Final

from portone_simulator.answers import Answer, bad_request
from portone_simulator.call import Call, whole
from portone_simulator.payment import CANCELLED, FAILED, PAID, READY
from portone_simulator.rest import sorting
from portone_simulator.rest.endpoint import Endpoint
from portone_simulator.state import Simulation

WINDOW: Final = 90 * 86400
"""The largest distance between `from` and `to`, in seconds."""
TIMES: Final = {READY: "started_at", PAID: "paid_at", CANCELLED: "cancelled_at", FAILED: "failed_at"}
"""The time under which PortOne lists a payment of each status."""


def find_all(simulation: Simulation, call: Call) -> Answer:
    """`GET /payments/findAll/{merchant_uid}/{payment_status?}`: every attempt to pay this order."""
    return sorting.paged(call, sorting.attempts(simulation, call))


def by_status(simulation: Simulation, call: Call) -> Answer:
    """`GET /payments/status/{payment_status}`: at most 90 days, by the time that belongs to each payment's status."""
    status = sorting.status_of(call, also=("all",))
    until = whole(call.query, "to")
    until = simulation.clock.unix() if until is None else until
    since = whole(call.query, "from")
    since = until - WINDOW if since is None else since
    if not 0 <= until - since <= WINDOW:
        raise bad_request("조회 기간은 최대 90일입니다.")
    matching = [
        payment
        for payment in simulation.ledger.payments(v1_only=True)
        if status in ("all", payment.status) and since <= getattr(payment, TIMES[payment.status]) <= until
    ]
    return sorting.paged(call, matching)


ENDPOINTS: Final = (
    Endpoint("GET", "/payments/findAll/<merchant_uid>", "payments.findAll", find_all),
    Endpoint("GET", "/payments/findAll/<merchant_uid>/<payment_status>", "payments.findAll", find_all),
    Endpoint("GET", "/payments/status/<payment_status>", "payments.status", by_status),
)
