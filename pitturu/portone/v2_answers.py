"""PortOne V2's answers: the resource itself, or an error with a `type` and a meaningful HTTP status.

Source: PortOne's V2 schema, which documents the types below; it may add others without notice.
"""

from collections.abc import Mapping
from typing import Any, Final

from pitturu.domain.errors import GatewayError, Reaction
from pitturu.portone import errors, strict_json
from pitturu.portone.call import Call
from pitturu.portone.text import clean

ALREADY_DONE: Final = frozenset({"ALREADY_PAID", "PAYMENT_ALREADY_CANCELLED", "CASH_RECEIPT_ALREADY_ISSUED"})
"""Errors that mean the request succeeded before: the order is paid, so its amount needs no registration; the money was
refunded in full; the payment has a receipt."""

UNKNOWN: Final = frozenset({"PAYMENT_NOT_FOUND", "CASH_RECEIPT_NOT_FOUND", "CASH_RECEIPT_NOT_ISSUED"})
"""Errors that say that what was asked about does not exist."""

OUTSTANDING: Final = "IDEMPOTENCY_OUTSTANDING_REQUEST"
"""The same cancel is being executed."""

PG_PROVIDER: Final = "PG_PROVIDER"
"""A refusal of the PG behind PortOne. It comes with HTTP 502 and is a definite answer; no other 5xx is."""

WORDS: Final[Mapping[str, str]] = {
    "INVALID_REQUEST": "PortOne cannot read our request.",
    "PAYMENT_NOT_PAID": "Nothing was paid, so nothing can be cancelled.",
    "PAYMENT_ALREADY_CANCELLED": "All of it was cancelled before.",
    "CANCELLABLE_AMOUNT_CONSISTENCY_BROKEN": "PortOne's cancellable amount differs from ours.",
    "CANCEL_AMOUNT_EXCEEDS_CANCELLABLE_AMOUNT": "The amount is larger than what is left to cancel.",
    "MAX_CANCEL_COUNT_REACHED": "PortOne allows no more partial cancels of this payment.",
    "PAYMENT_NOT_WAITING_FOR_DEPOSIT": "The virtual account no longer awaits a deposit.",
    "ALREADY_PAID": "The order was paid before.",
    "CASH_RECEIPT_ALREADY_ISSUED": "The payment has a cash receipt.",
    "CHANNEL_NOT_FOUND": "PortOne does not know the channel.",
}
"""Messages for these types; PortOne's own message is optional."""


def read(call: Call, status: int, body: bytes) -> object:
    """The JSON of a success. Raises GatewayError."""
    error = _error(body) if status >= 400 else None
    if error is None:
        errors.check_status(call, status)
        return _success(call, status, body)
    kind = clean(error.get("type"), 80)
    if status == 401:
        raise errors.Unauthorized(Reaction.CALL_HUMAN, UNAUTHORIZED)
    if kind == PG_PROVIDER and (status == 502 or status < 500):
        raise GatewayError(Reaction.STOP, _words(error, kind))
    if kind == OUTSTANDING:
        raise GatewayError(call.doubt, "PortOne is still executing the same request.")
    errors.check_status(call, status)
    if kind in UNKNOWN:
        raise errors.Unknown(Reaction.STOP, _words(error, kind))
    raise GatewayError(Reaction.DONE if kind in ALREADY_DONE else Reaction.STOP, _words(error, kind))


UNAUTHORIZED: Final = (
    "PortOne refused the V2 API secret (401). Check PORTONE_V2_API_SECRET: it is issued in PortOne's console under "
    "API keys, V2, and has an end date."
)


def _success(call: Call, status: int, body: bytes) -> object:
    try:
        answer = strict_json.loads(body)
    except ValueError as error:
        raise errors.after_nonsense(call, status, "no JSON") from error
    if status >= 400 or not isinstance(answer, dict):
        raise errors.after_nonsense(call, status, "no object of PortOne's")
    return answer


def _error(body: bytes) -> dict[str, Any] | None:
    """PortOne's error object, None for a page of a proxy."""
    try:
        answer = strict_json.loads(body)
    except ValueError:
        return None
    known = isinstance(answer, dict) and isinstance(answer.get("type"), str) and answer["type"]
    return answer if known else None


def _words(error: Mapping[str, Any], kind: str) -> str:
    """The PG's message first: it is the one that the PG's support knows."""
    parts = [clean(error.get(name), 300) for name in ("pgCode", "pgMessage", "message")]
    pg = " ".join(part for part in parts[:2] if part)
    return " ".join(part for part in (pg or parts[2] or WORDS.get(kind, ""), f"({kind})") if part)
