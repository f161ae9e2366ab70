"""Answers PortOne's confirmation before a payment is approved, from the database alone.

Source: PortOne's guides to the confirm process of V1 and V2; any status but 200 stops the payment, and the reason is
shown to the buyer.
"""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from pitturu.domain import clock
from pitturu.domain.decision.checkout import Refusal, confirm
from pitturu.domain.errors import Conflict
from pitturu.domain.lifecycle import SessionStatus
from pitturu.domain.provider import Generation
from pitturu.payments.loaded_order import known_order
from pitturu.store import items, orders, payment_lines

_REASONS: Final[Mapping[Refusal, str]] = {
    Refusal.AMOUNT_DIFFERS: "결제 금액이 주문 금액과 다릅니다. (The amount differs from the order.)",
    Refusal.SESSION_CLOSED: "결제 시간이 지났거나 이미 끝난 주문입니다. 새로 주문해 주세요. (Order again.)",
    Refusal.OUT_OF_STOCK: "재고가 부족합니다. 수량을 줄여 다시 주문해 주세요. (Out of stock; order fewer.)",
}


def _in_stock(session_key: UUID) -> bool:
    """Whether the pieces of every line could be reserved now."""
    lines = payment_lines.of_session(session_key)
    found = items.by_ids([line.item_id for line, _ in lines])
    return all((stock := found[line.item_id].stock) is None or stock >= line.quantity for line, _ in lines)


def check(merchant_uid: str, amount: int, generation: Generation) -> None:
    """Raise Conflict with a reason for the buyer (Korean, then English) when the payment must not be approved.

    An order is unknown to the other `generation` than its own: V1's unsigned questions must not be about V2's orders.
    """
    session = orders.by_order(merchant_uid)
    if session is None or session.generation != generation:
        raise Conflict(
            "unknown_order", "주문을 찾을 수 없습니다. 처음부터 다시 시도해 주세요. (Unknown order; start again.)"
        )
    in_stock = session.state is SessionStatus.FAILED and _in_stock(session.id)
    refusal = confirm(known_order(session), amount, in_stock, clock.now())
    if refusal is not None:
        raise Conflict(refusal, _REASONS[refusal])
