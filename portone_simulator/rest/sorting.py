"""The query parameters that several listings share: status, sorting, page and limit."""

from collections.abc import Callable
from typing import Any, Final

from portone_simulator.answers import BAD_STATUS, Answer, bad_request, not_found
from portone_simulator.call import Call, text, whole
from portone_simulator.payment import STATUSES, Payment
from portone_simulator.state import Simulation

DEFAULT_LIMIT: Final = 20
MAX_LIMIT: Final = 1000

_ORDERS: Final[dict[str, Callable[[Payment], tuple[int, int]]]] = {
    "started": lambda payment: (payment.started_at, payment.behind.started_no),
    "paid": lambda payment: (payment.paid_at, payment.behind.started_no),
    "updated": lambda payment: (0, payment.behind.updated_no),
}


def status_of(call: Call, also: tuple[str, ...] = ()) -> str | None:
    """The status in the path, None without one; refuses unknown values."""
    status = call.path_parts.get("payment_status")
    if status is not None and status not in (*STATUSES, *also):
        raise bad_request(BAD_STATUS)
    return status


def attempts(simulation: Simulation, call: Call) -> list[Payment]:
    """The attempts to pay the order in the path, of the status in the path; refuses when there is none."""
    status = status_of(call)
    every = simulation.ledger.attempts(call.path_parts["merchant_uid"], v1_only=True)
    found = [payment for payment in every if status in (None, payment.status)]
    if not found:
        raise not_found()
    return found


def by(call: Call, payments: list[Payment]) -> list[Payment]:
    """The payments in the order that `sorting` asks for; a minus means the latest first."""
    asked = text(call.query, "sorting") or "-started"
    order = _ORDERS.get(asked.removeprefix("-"))
    if order is None:
        raise bad_request("지원되지 않는 sorting입니다.")
    return sorted(payments, key=order, reverse=asked.startswith("-"))


def paged(call: Call, payments: list[Payment]) -> Answer:
    """One page; `previous` and `next` are page numbers, 0 where there is none. A page past the end is a 400."""
    page = _between(call, "page", 1, None, 1)
    limit = _between(call, "limit", 1, MAX_LIMIT, DEFAULT_LIMIT)
    total, start = len(payments), (page - 1) * limit
    if start >= total and page > 1:
        raise bad_request("데이터 범위를 넘어선 page입니다.")
    shown = by(call, payments)[start : start + limit]
    neighbours: dict[str, Any] = {"previous": page - 1, "next": page + 1 if start + limit < total else 0}
    return Answer({"total": total, **neighbours, "list": [payment.public() for payment in shown]})


def _between(call: Call, key: str, least: int, most: int | None, default: int) -> int:
    value = whole(call.query, key)
    if value is None:
        return default
    if value < least or (most is not None and value > most):
        raise bad_request(f"{key} 파라메터가 올바르지 않습니다.")
    return value
