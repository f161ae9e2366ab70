"""Instalments of cards: which the shop lets its window offer, and whether the buyer may choose so many months."""

from typing import Any, Final

from portone_simulator.lifecycle import WrongMove
from portone_simulator.payment import Payment

LEAST: Final = 50_000
"""Won below which card companies allow none."""
USUAL: Final = (2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)
"""Months that a window offers when the shop names none."""


def of_v1(order: dict[str, Any]) -> tuple[int, ...] | None:
    """`display.card_quota` of `IMP.request_pay`; empty for one sum only, None if the shop says nothing."""
    return _whole_numbers(_part(order, "display").get("card_quota"))


def of_v2(request: dict[str, Any]) -> tuple[int, ...] | None:
    """`card.installment.monthOption` of `requestPayment`. Fixed months are the only ones; 0 is one sum."""
    option = _part(_part(_part(request, "card"), "installment"), "monthOption")
    fixed = option.get("fixedMonth")
    if fixed is not None:
        return _whole_numbers([fixed] if fixed else [])
    return _whole_numbers(option.get("availableMonthList"))


def choose(payment: Payment, months: int) -> None:
    """Raises WrongMove unless the window lets the buyer pay in so many months; 0 is one sum."""
    if months and months not in offered(payment):
        raise WrongMove(f"The window of {payment.imp_uid} does not offer {months} months.")


def offered(payment: Payment) -> tuple[int, ...]:
    """The months that the window offers."""
    if payment.pay_method != "card" or payment.amount < LEAST:
        return ()
    return USUAL if payment.behind.installments is None else payment.behind.installments


def _part(request: dict[str, Any], name: str) -> dict[str, Any]:
    value = request.get(name)
    return value if isinstance(value, dict) else {}


def _whole_numbers(value: object) -> tuple[int, ...] | None:
    return tuple(each for each in value if isinstance(each, int)) if isinstance(value, list) else None
