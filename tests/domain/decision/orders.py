"""Orders, attempts at PortOne and the shop's rules, as values: what decisions are tested with."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from pitturu.domain.cancellation import CancelKind, CancelStage
from pitturu.domain.cause import Origin
from pitturu.domain.decision import Answer, Facts, KnownCancel, Line, Order, Policy, Stock
from pitturu.domain.decision.cancel_request import PlannedRefund
from pitturu.domain.lifecycle import SessionStatus
from pitturu.domain.provider import ProviderCancellation, ProviderPayment, ProviderStatus, VirtualAccount
from pitturu.domain.verdict import Environment

BEGAN = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
EXPIRES = BEGAN + timedelta(minutes=30)
IN_TIME, LATE, MUCH_LATER = BEGAN + timedelta(minutes=5), EXPIRES + timedelta(minutes=1), BEGAN + timedelta(days=5)

PRICE, PIECES = 500, 2
AMOUNT = PRICE * PIECES
ORDER_ID = "order1"
LINE = Line(key=UUID(int=1), item_id=UUID(int=2), quantity=PIECES, unit_price=PRICE)
TWO_LINES = (
    Line(key=UUID(int=3), item_id=UUID(int=2), quantity=1, unit_price=AMOUNT - 300),
    Line(key=UUID(int=4), item_id=UUID(int=5), quantity=1, unit_price=300, tax_free=True),
)
"""The same amount, of which 300 won contain no VAT."""

READY, PENDING, PAID = ProviderStatus.READY, ProviderStatus.PENDING, ProviderStatus.PAID
FAILED, CANCELLED, UNKNOWN = ProviderStatus.FAILED, ProviderStatus.CANCELLED, ProviderStatus.UNKNOWN


def policy(*, late_accepted: bool = True, environment: Environment = Environment.TEST) -> Policy:
    """The shop's rules with the default times."""
    return Policy(
        environment=environment,
        late_accepted=late_accepted,
        vbank_due=timedelta(days=3),
        deposit_grace=timedelta(hours=1),
        deposit_recheck=timedelta(minutes=15),
        late_look=timedelta(hours=1),
    )


def order(**changes: Any) -> Order:
    """An order that was just opened and prepared, unless said otherwise."""
    values: dict[str, Any] = {
        "status": SessionStatus.PREPARED,
        "order_id": ORDER_ID,
        "amount": AMOUNT,
        "currency": "KRW",
        "lines": (LINE,),
        "stock": Stock.HELD,
        "expires_at": EXPIRES,
        "watch_until": EXPIRES,
        "prepared_at": BEGAN,
    }
    return Order(**values | changes)


def facts(**changes: Any) -> Facts:
    """The facts about such an order."""
    return Facts(order(**changes))


def account(number: str = "56001234567890", due_at: datetime | None = None) -> VirtualAccount:
    """A virtual account."""
    return VirtualAccount("088", "신한은행", number, "피투루", due_at)


def attempt(provider_id: str = "imp_a", status: ProviderStatus = PAID, **changes: Any) -> ProviderPayment:
    """An attempt to pay the order, paid in time with the right amount unless said otherwise."""
    values: dict[str, Any] = {
        "provider_id": provider_id,
        "order_id": ORDER_ID,
        "status": status,
        "word": str(status),
        "amount": AMOUNT,
        "cancelled_amount": 0,
        "currency": "KRW",
        "sandbox": True,
        "pay_method": "card",
        "pg_provider": "html5_inicis",
        "started_at": BEGAN,
        "paid_at": IN_TIME if status is PAID else None,
    }
    return ProviderPayment(**values | changes)


def cancelled(*amounts: int, named: bool = True) -> dict[str, Any]:
    """The fields of an attempt of which these amounts went back."""
    entries = [
        ProviderCancellation(f"c{place}" if named else "", amount, "console", IN_TIME)
        for place, amount in enumerate(amounts)
    ]
    return {"cancelled_amount": sum(amounts), "cancellations": tuple(entries)}


def answer(*shown: ProviderPayment, at: datetime = IN_TIME, complete: bool = True) -> Answer:
    """PortOne's answer about the order."""
    return Answer(shown, at, complete)


def executed(refund: PlannedRefund, number: int) -> KnownCancel:
    """A requested refund of a buyer after PortOne has executed it."""
    return KnownCancel(
        UUID(int=number),
        "imp_a",
        CancelKind.REFUND,
        CancelStage.SUCCEEDED,
        Origin.BUYER,
        refund.amount,
        "변심",
        tuple(refund.pieces.items()),
        refund.tax_free,
    )
