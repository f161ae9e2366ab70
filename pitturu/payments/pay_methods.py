"""Whether an order may be paid with a method: only with those that the shop offers."""

from pitturu.config.settings import Settings
from pitturu.domain.errors import Unprocessable
from pitturu.domain.pay_methods import smallest_amount
from pitturu.domain.provider import Generation, PayMethod


def chosen(wanted: PayMethod | None, generation: Generation, amount: int, settings: Settings) -> PayMethod | None:
    """The method of a new order of `amount` won. One that names none is paid by card (None) if that is offered, else by
    the first that is. Raises Unprocessable as `check` does.
    """
    offered = settings.offered(generation)
    method = wanted or (None if PayMethod.CARD in offered else offered[0])
    check(method, generation, amount, settings)
    return method


def check(method: PayMethod | None, generation: Generation, amount: int, settings: Settings) -> None:
    """Raises Unprocessable for a method that is not offered, or that takes no payment of `amount` won."""
    wanted, offered = method or PayMethod.CARD, settings.offered(generation)
    if wanted not in offered:
        message = f"Orders cannot be paid with {wanted} here. Choose one of {', '.join(offered)}."
        raise Unprocessable("pay_method_not_offered", message, {"pay_method": [message]})
    least = smallest_amount(wanted)
    if amount < least:
        message = (
            f"{wanted} takes payments of {least} won and more, and this order is {amount} won. Choose another one."
        )
        raise Unprocessable("amount_below_minimum", message, {"pay_method": [message]})
