"""Typed client of pitturu for a shop's server.

    from pitturu_client import Buyer, CartLine, Pitturu

    pitturu = Pitturu("https://pay.shop.example", api_key="sk_live_…")
    buyer = Buyer("김하나", "hana@example.org", "010-1234-5678")
    session = pitturu.sessions.create(items=[CartLine(2, sku="COFFEE-500")], buyer=buyer)

Every answer is a typed object, every refusal an exception (`pitturu_client.errors`). `verify_event` checks the
signature of an event that pitturu posted.
"""

from pitturu_client.catalogue import Item, ManagedItem
from pitturu_client.client import Pitturu
from pitturu_client.errors import (
    ApiError,
    BadRequest,
    Conflict,
    InvalidEvent,
    InvalidValues,
    NotAllowed,
    NotAuthenticated,
    NotFound,
    NothingLeft,
    NotReached,
    OutOfStock,
    PitturuError,
    ServerError,
    TooManyRequests,
    UnexpectedAnswer,
)
from pitturu_client.events import Event, EventType
from pitturu_client.orders import Buyer, CartLine
from pitturu_client.payments import Cancellation, CancelLine, CancelStage, Payment, RefundAccount
from pitturu_client.sessions import Session, SessionStatus
from pitturu_client.webhooks import verify_event

__all__ = [
    "ApiError",
    "BadRequest",
    "Buyer",
    "CancelLine",
    "CancelStage",
    "Cancellation",
    "CartLine",
    "Conflict",
    "Event",
    "EventType",
    "InvalidEvent",
    "InvalidValues",
    "Item",
    "ManagedItem",
    "NotAllowed",
    "NotAuthenticated",
    "NotFound",
    "NotReached",
    "NothingLeft",
    "OutOfStock",
    "Payment",
    "Pitturu",
    "PitturuError",
    "RefundAccount",
    "ServerError",
    "Session",
    "SessionStatus",
    "TooManyRequests",
    "UnexpectedAnswer",
    "verify_event",
]
