"""Why a requested cancel is refused, as errors that say what to do instead."""

from collections.abc import Mapping
from typing import Final

from pitturu.domain.decision.cancel_request import Refused, RequestRefusal
from pitturu.domain.errors import Conflict, NotAllowed, Problem, Unprocessable

_CONFLICTS: Final[Mapping[RequestRefusal, str]] = {
    RequestRefusal.NOTHING_LEFT: (
        "All of this payment was refunded already, is being refunded, or waits for a person's decision."
    ),
    RequestRefusal.NOT_RETURNABLE: (
        "The shop has begun with this purchase, and it said before that it cannot be returned. If something is wrong "
        "with it, contact the shop."
    ),
    RequestRefusal.WORTH_NOTHING: (
        "The order's discount covers these pieces, so no money goes back for them alone. Cancel the whole order."
    ),
    RequestRefusal.RETURN_PERIOD_OVER: "The time to cancel or return this purchase is over. Contact the shop.",
}


def refusal(refused: Refused, *, by_line: bool) -> Problem:
    """The error for a request that the decision refuses, with what to do instead. `by_line`: it named lines."""
    if refused.why is RequestRefusal.AMOUNT_BY_BUYER:
        message = "Leave amount out: cancel in full, or by quantity."
        return NotAllowed(
            refused.why,
            "Buyers cancel a purchase in full (send neither amount nor pieces) or by quantity, so that the goods are "
            "returned with the money. Only an operator of the shop can refund by amount, for another user's purchase.",
            {"amount": [message]},
        )
    if refused.why is RequestRefusal.AMOUNT_TOO_LARGE:
        message = f"Only {refused.left} KRW can still be cancelled."
        return Unprocessable(refused.why, f"{message} Request that or less.", {"amount": [message]})
    if refused.why is RequestRefusal.QUANTITY_TOO_LARGE:
        where = f" of line {refused.line}" if by_line else ""
        message = f"Only {refused.left} pieces{where} can still be returned."
        return Unprocessable(refused.why, message, {"lines" if by_line else "quantity": [message]})
    return Conflict(refused.why, _CONFLICTS[refused.why])
