"""The rows of a new session: what its columns say, its lines, and the items of lines at the shop's own price."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from pitturu.config.settings import Settings
from pitturu.domain.cash_receipts import WantedReceipt
from pitturu.domain.jobs import JobName
from pitturu.domain.pricing import Totals
from pitturu.payments.cart import Cart, CartLine
from pitturu.payments.session_limits import Reserved
from pitturu.store import cash_receipts
from pitturu.store.items import Item
from pitturu.store.payment_lines import PaymentLine
from pitturu.store.unit_of_work import UnitOfWork


def columns(cart: Cart, sums: Totals, reserved: Reserved) -> dict[str, object]:
    """What it costs, what it holds, and the columns that are those of its first line."""
    return {
        "amount": sums.amount,
        "items_total": sums.items,
        "tax_free_amount": sums.tax_free,
        "line_count": len(cart.lines),
        "stock_held": sum(reserved.held.values()),
        "open_slot": reserved.open_slot,
        "held_since": reserved.held_since,
        **_of_line(cart.lines[0]),
    }


def times(now: datetime, settings: Settings) -> dict[str, object]:
    """The deadlines of a new session and its first job."""
    until = now + settings.session_ttl
    return {
        "expires_at": min(now + settings.unopened_session_ttl, until),
        "watch_until": until,
        "window_until": until if settings.unopened_session_ttl < settings.session_ttl else None,
        "next_job": JobName.PREPARE,
        "due_at": now,
    }


def receipt(wanted: WantedReceipt | None) -> Mapping[str, Any]:
    """Whom the buyer wants a cash receipt for; nothing if the buyer was not asked."""
    return {} if wanted is None else cash_receipts.columns_of(wanted)


def insert_lines(work: UnitOfWork, session_key: UUID, cart: Cart, reserved: Reserved) -> None:
    """Add the lines of the cart, in its order."""
    for position, line in enumerate(cart.lines):
        work.insert(
            PaymentLine,
            session_key=session_key,
            position=position,
            returnable=line.returnable,
            tax_free=line.tax_free,
            stock_held=reserved.held.get(line.item_id, 0),
            **_of_line(line),
        )


def shown_lines(cart: Cart) -> list[dict[str, object]]:
    """The lines as a session shows them."""
    return [_of_line(line) for line in cart.lines]


def add_unlisted(work: UnitOfWork, cart: Cart) -> None:
    """Make the items of lines at the shop's own price. They are inactive, so no other session can have them."""
    for line in cart.lines:
        if line.unlisted:
            work.session.add(
                Item(
                    id=line.item_id,
                    name=line.item_name,
                    price=line.unit_price,
                    returnable=line.returnable,
                    tax_free=line.tax_free,
                    active=False,
                    unlisted=True,
                )
            )


def _of_line(line: CartLine) -> dict[str, object]:
    return {name: getattr(line, name) for name in ("item_id", "item_name", "unit_price", "quantity")}
