"""PortOne V2's answers: the resource itself, or an error with a `type` under an HTTP status that means something.

Source: PortOne's V2 schema, which documents the types below; others may come without notice.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from pitturu.domain.errors import GatewayError, Reaction
from pitturu.portone import errors, strict_json
from pitturu.portone.call import Call
from pitturu.portone.text import clean

ALREADY_DONE: Final = frozenset({"ALREADY_PAID", "PAYMENT_ALREADY_CANCELLED"})
"""The wish was granted before: the order is paid, so its amount needs no registration; the money went back in full."""

OUTSTANDING: Final = "IDEMPOTENCY_OUTSTANDING_REQUEST"
"""The same cancel is being carried out right now."""

PG_PROVIDER: Final = "PG_PROVIDER"
"""The PG behind PortOne said no. It comes with HTTP 502, and is an answer all the same; no other 5xx is one."""

WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "INVALID_REQUEST": "PortOne cannot read our request.",
        "PAYMENT_NOT_PAID": "Nothing was paid, so nothing can be cancelled.",
        "PAYMENT_ALREADY_CANCELLED": "All of it was cancelled before.",
        "CANCELLABLE_AMOUNT_CONSISTENCY_BROKEN": "PortOne's cancellable amount is another one than ours.",
        "CANCEL_AMOUNT_EXCEEDS_CANCELLABLE_AMOUNT": "More was to be cancelled than is left.",
        "MAX_CANCEL_COUNT_REACHED": "This payment was cancelled in as many parts as PortOne allows.",
        "PAYMENT_NOT_WAITING_FOR_DEPOSIT": "The virtual account waits for no deposit any more.",
        "ALREADY_PAID": "The order was paid before.",
    }
)
"""What the types mean, for those who read a refusal; PortOne's own message is optional."""


def read(call: Call, status: int, body: bytes) -> object:
    """The JSON of a success. Raises GatewayError."""
    error = _error(body) if status >= 400 else None
    if error is None:
        decided = errors.after_status(call, status)
        if decided is not None:
            raise decided
        return _success(call, status, body)
    kind = clean(error.get("type"), 80)
    if status == 401:
        raise errors.Unauthorized(Reaction.CALL_HUMAN, UNAUTHORIZED)
    if kind == PG_PROVIDER and (status == 502 or status < 500):
        raise GatewayError(Reaction.STOP, _words(error, kind))
    if kind == OUTSTANDING:
        raise GatewayError(call.doubt, "PortOne is still carrying out the same request.")
    decided = errors.after_status(call, status)
    if decided is not None:
        raise decided
    if kind == "PAYMENT_NOT_FOUND":
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
    """PortOne's error object, None for a page of something in between."""
    try:
        answer = strict_json.loads(body)
    except ValueError:
        return None
    known = isinstance(answer, dict) and isinstance(answer.get("type"), str) and answer["type"]
    return answer if known else None


def _words(error: Mapping[str, Any], kind: str) -> str:
    """The PG's words first, they are what a person at the PG understands."""
    told = [clean(error.get(name), 300) for name in ("pgCode", "pgMessage", "message")]
    pg = " ".join(part for part in told[:2] if part)
    return " ".join(part for part in (pg or told[2] or WORDS.get(kind, ""), f"({kind})") if part)
