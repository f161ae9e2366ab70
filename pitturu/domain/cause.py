"""Why an order was changed: the kind of cause, who caused it, when PortOne was asked."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pitturu.domain import usernames


class Origin(StrEnum):
    """Who caused a change. SHOP is the shop's own server, SYSTEM a rule of this system, PORTONE its console or PG."""

    BUYER = "buyer"
    OPERATOR = "operator"
    SHOP = "shop"
    SYSTEM = "system"
    PORTONE = "portone"


class CauseKind(StrEnum):
    """The kind of request or job that checked or changed an order."""

    SESSION = "session"
    PREPARE = "prepare"
    VERIFY = "verify"
    CLOSE = "close"
    CANCEL = "cancel"
    FULFILMENT = "fulfilment"
    EXPIRE = "expire"
    WEBHOOK = "webhook"
    COMPARISON = "comparison"
    CASH_RECEIPT = "cash_receipt"
    REPLAY = "replay"


class EventKind(StrEnum):
    """What one line of the timeline says. STATUS and MONEY are changes; the others are notes for readers."""

    STATUS = "status"
    MONEY = "money"
    GIVEN_UP = "given_up"
    METHOD_CHANGED = "method_changed"
    CANCEL_REQUESTED = "cancel_requested"
    CANCEL_REFUSED = "cancel_refused"
    CANCEL_APPROVED = "cancel_approved"
    CANCEL_REJECTED = "cancel_rejected"
    FULFILMENT = "fulfilment"
    RECEIPT_ISSUED = "receipt_issued"
    RECEIPT_CANCELLED = "receipt_cancelled"
    RECEIPT_FAILED = "receipt_failed"
    RECEIPT_DIFFERS = "receipt_differs"
    COMPARED = "compared"
    REPLAYED = "replayed"


def origin_of(username: str, owner: str) -> Origin:
    """The origin of an action on an order of `owner`. Operators are the buyers of their own purchases.

    `username` is that of a user, or of an API key as `usernames.KEY` marks it.
    """
    if usernames.is_key(username):
        return Origin.SHOP
    return Origin.BUYER if username == owner else Origin.OPERATOR


@dataclass(frozen=True)
class Cause:
    """`name` is the username, or the API key's name after its prefix, None where there is none (SYSTEM, PORTONE).

    `asked_at` is a time before PortOne was asked (UTC), so its answer is at least as recent. `request_id` is the HTTP
    request that led to this change, None where there was none.
    """

    kind: CauseKind
    origin: Origin
    name: str | None
    asked_at: datetime
    request_id: str | None
