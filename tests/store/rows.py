"""Builders of valid rows; a test names only the columns that matter to it. Rows are flushed and not committed."""

import itertools
from datetime import timedelta
from typing import Any, TypeVar
from uuid import UUID, uuid4

from sqlalchemy import select

from pitturu.domain import clock, ids
from pitturu.domain.cancellation import CancelStage
from pitturu.domain.lifecycle import OPEN
from pitturu.extensions import db
from pitturu.store import users
from pitturu.store.base import Base
from pitturu.store.cancellations import Cancellation
from pitturu.store.events import PaymentEvent
from pitturu.store.history import Payment
from pitturu.store.inventory import InventoryEntry
from pitturu.store.items import Item
from pitturu.store.logins import Login
from pitturu.store.payment_lines import PaymentLine
from pitturu.store.sessions import PaymentSession
from pitturu.store.unit_of_work import UnitOfWork
from pitturu.store.webhooks import DeliveryState, WebhookDelivery
from tests.stocked import add_item

Row = TypeVar("Row", bound=Base)

_slots = itertools.cycle(range(30_000))
"""Every open session of these tests has a different slot."""


def add(row: Row) -> Row:
    """Insert the row and flush."""
    db.session.add(row)
    db.session.flush()
    return row


def item(held: int = 0, **changes: Any) -> Item:
    """An item in stock, of which open sessions that the test adds hold some pieces."""
    return add_item(held, **{"name": "감귤", "price": 1_000, "stock": 10, **changes})


def login(username: str = "hana", life: timedelta = timedelta(days=1), **changes: Any) -> Login:
    """A login of this user."""
    users.ensure(UnitOfWork(), username)
    now = clock.now()
    values = {"username": username, "last_used_at": now, "expires_at": now + life, "address": "198.51.100.1"}
    return add(Login(**(values | changes)))


def session(username: str = "hana", thing: Item | None = None, **changes: Any) -> PaymentSession:
    """An open session of two pieces; with `status` of another status, without a payment."""
    users.ensure(UnitOfWork(), username)
    thing = thing or item()
    values: dict[str, Any] = {
        "open_slot": next(_slots) if changes.get("status", "created") in OPEN else None,
        "session_id": ids.session_id(),
        "merchant_uid": ids.merchant_uid(),
        "user_username": username,
        "item_id": thing.id,
        "item_name": thing.name,
        "unit_price": 1_000,
        "quantity": 2,
        "amount": 2_000,
        "items_total": changes.get("amount", 2_000),
        "status": "created",
        "buyer_name": "김하나",
        "buyer_email": "hana@example.org",
        "buyer_tel": "010-1234-5678",
        "expires_at": clock.now() + timedelta(minutes=30),
    }
    row = add(PaymentSession(**{**values, **changes}))
    line = {name: getattr(row, name) for name in ("item_id", "item_name", "unit_price", "quantity", "stock_held")}
    add(PaymentLine(session_key=row.id, **line))
    return row


def line_of(session_key: UUID) -> UUID:
    """The key of a session's line."""
    return db.session.scalars(select(PaymentLine.id).where(PaymentLine.session_key == session_key)).one()


def payment(of: PaymentSession, **changes: Any) -> Payment:
    """An accepted payment of this session."""
    values: dict[str, Any] = {
        "session_key": of.id,
        "imp_uid": f"imp_{uuid4().hex[:12]}",
        "merchant_uid": of.merchant_uid,
        "user_username": of.user_username,
        "item_name": of.item_name,
        "amount": of.amount,
        "cancelled_amount": 0,
        "currency": "KRW",
        "status": "paid",
        "provider_status": "paid",
        "verdict": "accepted",
        "pay_method": "card",
        "pg_provider": "html5_inicis",
        "paid_at": clock.now(),
    }
    return add(Payment(**{**values, **changes}))


def by(changes: dict[str, Any], origin: str, name: str | None = None) -> dict[str, Any]:
    """The default origin and name of a row, unless `changes` have an origin."""
    return {} if "origin" in changes else {"origin": origin, "name": name}


def cancellation(of: Payment, **changes: Any) -> Cancellation:
    """A full refund that is due."""
    values: dict[str, Any] = {
        "payment_key": of.id,
        "session_key": of.session_key,
        "amount": of.amount,
        "reason": "변심",
        **by(changes, "buyer", of.user_username),
        "stage": CancelStage.REQUESTED,
        "due_at": clock.now(),
    }
    pieces = changes.pop("quantity", None)
    values["pieces"] = {str(line_of(of.session_key)): pieces} if pieces else None
    return add(Cancellation(**{**values, **changes}))


def delivery(**changes: Any) -> WebhookDelivery:
    """A webhook that is due."""
    return add(WebhookDelivery(**delivery_values(**changes)))


def delivery_values(**changes: Any) -> dict[str, Any]:
    """The columns of one, for a test that inserts many in one statement."""
    return {
        "generation": "v1",
        "imp_uid": f"imp_{uuid4().hex[:12]}",
        "merchant_uid": ids.merchant_uid(),
        "event_status": "paid",
        "provider_cancellation_id": "",
        "body": b"{}",
        "content_type": "application/json",
        "remote_address": "127.0.0.1",
        "state": DeliveryState.PENDING,
        "due_at": clock.now(),
        **changes,
    }


def event(of: PaymentSession, **changes: Any) -> PaymentEvent:
    """A line of the timeline."""
    values: dict[str, Any] = {"session_key": of.id, "kind": "status", "cause": "verify", **by(changes, "portone")}
    return add(PaymentEvent(**{**values, **changes}))


def entry(of: PaymentSession, quantity: int, **changes: Any) -> InventoryEntry:
    """Pieces granted (+) or taken back (-)."""
    values: dict[str, Any] = {
        "user_username": of.user_username,
        "item_id": of.item_id,
        "item_name": of.item_name,
        "session_key": of.id,
        "line_key": line_of(of.id),
        "kind": "grant" if quantity > 0 else "return",
        "quantity": quantity,
    }
    return add(InventoryEntry(**{**values, **changes}))


def purchase(username: str = "hana", **changes: Any) -> tuple[PaymentSession, Payment]:
    """A paid session with its payment, goods and timeline."""
    of = session(username, status="paid", paid_at=clock.now(), imp_uid="imp_1", stock_held=2, **changes)
    money = payment(of)
    of.imp_uid = money.imp_uid
    entry(of, of.quantity)
    event(of, to_status="created", cause="session")
    event(of, kind="money", payment_key=money.id, amount=money.amount)
    event(of, from_status="created", to_status="paid")
    db.session.flush()
    return of, money
