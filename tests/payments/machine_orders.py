"""What buyers of the state machine order, and what they give back."""

from typing import Any
from uuid import UUID

from pitturu.domain.cancellation import AWAITS_REVIEW, CancelStage
from pitturu.domain.decision import Facts
from pitturu.domain.provider import Generation, PayMethod
from pitturu.payments.cart import WantedLine
from pitturu.payments.checkout import CheckoutRequest
from pitturu.store import payment_lines
from pitturu.store.history import Payment
from pitturu.store.sessions import PaymentSession
from tests.stocked import add_item

STOCK, PRICE, PRICE_TAX_FREE = 4, 1_000, 300
SHIPPING, DISCOUNT = 500, 270
FOR_A_PERSON = {CancelStage.NEEDS_ACCOUNT, *AWAITS_REVIEW}
"""Stages in which a cancel stays until a person decides."""


def add_items() -> list[UUID]:
    """Two items with little stock, the second one without VAT."""
    taxed = add_item(name="감귤 주스", price=PRICE, stock=STOCK)
    return [taxed.id, add_item(name="감귤", price=PRICE_TAX_FREE, stock=STOCK, tax_free=True).id]


def order(
    items: list[UUID], quantity: int, method: PayMethod, generation: Generation, *, cart: bool
) -> CheckoutRequest:
    """Pieces of the first item; as a cart also one of the second, with shipping and a discount."""
    lines, buyer = [WantedLine(quantity, items[0])], ("김하나", "hana@example.org", "010-1234-5678")
    more: dict[str, Any] = {"shipping": SHIPPING, "discount": DISCOUNT} if cart else {}
    if cart:
        lines.append(WantedLine(1, items[1]))
    return CheckoutRequest(lines, *buyer, generation=generation, pay_method=method, **more)


def window(session: PaymentSession, surplus: int = 0, *, sandbox: bool = True) -> dict[str, Any]:
    """What the buyer's window asks of PortOne, in V1's words; perhaps with another amount."""
    amount = {"amount": session.amount + surplus, "tax_free": session.tax_free_amount}
    how = {"pay_method": session.pay_method, "generation": session.generation, "sandbox": sandbox}
    return {"merchant_uid": session.merchant_uid, **amount, **how}


def cancel_of(payment: Payment, request: dict[str, Any]) -> dict[str, Any]:
    """A request of pieces as the order needs it: of a cart they are those of one of its lines."""
    pieces = request.get("quantity")
    if pieces is None or payment.line_count == 1:
        return request
    keys = [line.id for line, _ in payment_lines.of_session(payment.owner)]
    others = {name: value for name, value in request.items() if name != "quantity"}
    return {**others, "lines": {keys[pieces % len(keys)]: pieces}}


def parts(facts: Facts) -> list[object]:
    """The facts one by one, to compare them."""
    return [facts.order, *facts.payments.values(), *facts.cancels]
