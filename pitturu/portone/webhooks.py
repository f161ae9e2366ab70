"""Parses PortOne's webhooks into notices: they say that something happened to a payment, never what.

V1's have no signature. V2's are signed and have two body formats: 2024-04-25 with a `type`, and 2024-01-01 without.
"""

import re
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl

from pitturu.domain.errors import Malformed
from pitturu.domain.ids import PROVIDER_ID
from pitturu.portone import strict_json
from pitturu.portone.text import clean
from pitturu.portone.v1_parse import MERCHANT_UID_LENGTH
from pitturu.portone.v2_parse import PAYMENT_ID_LENGTH

MAX_BODY: Final = 16 * 1024
"""Bytes. PortOne's notices stay below 1 KiB."""

MAX_FIELDS: Final = 50
"""Fields of a form; PortOne sends four, and a few more about an escrow."""

ESCROW_CHANGED: Final = "Inicis.Escrow.Changed"
"""V1's event about an escrow, of KG Inicis only."""

_ESCROW_WORD: Final = re.compile(r"[A-Za-z_]{1,30}")

_NUL: Final = re.compile(rb"\x00|\\u0000|%00")


@dataclass(frozen=True)
class Notice:
    """Something happened to a payment: ask PortOne what. `cancellation_id` is "" unless a cancel is meant.

    `provider_id` is the `imp_uid` or `transactionId`, `order_id` the `merchant_uid` or `paymentId`. V2 also reports
    about objects other than payments: then both are "", and nothing is asked.
    """

    provider_id: str
    order_id: str
    status: str
    cancellation_id: str


def is_v2(content_type: str, body: bytes) -> bool:
    """Whether this is a V2 body: V1 always has an `imp_uid`, and V2 never has. Raises Malformed for an invalid body."""
    fields = _checked(content_type, body)
    return "imp_uid" not in fields and bool({"type", "data", "payment_id", "tx_id"} & fields.keys())


def parse_v2(content_type: str, body: bytes) -> Notice:
    """A V2 webhook of either version; unknown types are notices about nothing. Raises Malformed."""
    fields = _checked(content_type, body)
    if "type" not in fields:
        return _about(fields, _word(fields, "status", 50), "tx_id", "payment_id")
    kind = _word(fields, "type", 50)
    if not kind.startswith("Transaction.") or kind == CONFIRM:
        return Notice("", "", kind, "")
    try:
        return _about(_data(fields), kind)
    except Malformed:
        if kind in NEWS:
            raise
        return Notice("", "", kind, "")


def claims_paid(status: str) -> bool:
    """Whether this status of a notice says that the payment is paid, in V1 and in both body formats of V2."""
    return status.removeprefix("Transaction.").lower() == "paid"


def claims_opened(status: str) -> bool:
    """Whether this status of a notice of V2 says that a payment window was opened, in both body formats."""
    return status.removeprefix("Transaction.").lower() == "ready"


CONFIRM: Final = "Transaction.Confirm"
"""A request for confirmation, which only a confirm URL answers; as a webhook it is about nothing."""

NEWS: Final = frozenset(
    f"Transaction.{what}"
    for what in (
        "Ready",
        "Paid",
        "VirtualAccountIssued",
        "PartialCancelled",
        "Cancelled",
        "CancelPending",
        "Failed",
        "PayPending",
        "DisputeCreated",
        "DisputeResolved",
    )
)
"""Types that always name a payment. Other types may or may not name one: PortOne adds them without notice."""

_V1: Final = frozenset({"ready", "paid", "failed", "cancelled"})

KINDS: Final = _V1 | NEWS | {kind.removeprefix("Transaction.") for kind in NEWS}
"""What PortOne is known to report: in V1, and in both body formats of V2."""


def _data(fields: dict[str, Any]) -> dict[str, Any]:
    data = fields.get("data")
    if not isinstance(data, dict):
        raise _malformed("data must be a JSON object.")
    return data


def _about(fields: dict[str, Any], kind: str, attempt: str = "transactionId", order: str = "paymentId") -> Notice:
    """`attempt` and `order` are the names of their fields."""
    return Notice(
        provider_id=_provider_id(fields, attempt),
        order_id=_word(fields, order, PAYMENT_ID_LENGTH),
        status=kind,
        cancellation_id=_word(fields, "cancellationId", 255, optional=True),
    )


def parse_v1(content_type: str, body: bytes) -> Notice:
    """A V1 webhook, JSON or form. Unknown fields are ignored. Raises Malformed (`webhook_malformed`).

    What KG Inicis says of an escrow becomes the status, for operators to read: it is unsigned, and no question to V1
    confirms it, so nothing else is done with it than with any webhook: PortOne is asked about the payment.
    """
    fields = _checked(content_type, body)
    if fields.get("event") == ESCROW_CHANGED:
        fields = fields | {"status": _escrow_status(fields.get("extra"))}
    return Notice(
        provider_id=_provider_id(fields, "imp_uid"),
        order_id=_word(fields, "merchant_uid", MERCHANT_UID_LENGTH),
        status=_word(fields, "status", 50, optional="event" in fields),
        cancellation_id=_word(fields, "cancellation_id", 255, optional=True),
    )


def _escrow_status(extra: object) -> str:
    """The word that is stored: none of the texts, which anybody could have written."""
    word = extra.get("escrow_status") if isinstance(extra, dict) else None
    known = isinstance(word, str) and _ESCROW_WORD.fullmatch(word)
    return f"escrow.{word.lower()}" if known and isinstance(word, str) else "escrow.changed"


def _checked(content_type: str, body: bytes) -> dict[str, Any]:
    if len(body) > MAX_BODY:
        raise _malformed(f"The body is longer than {MAX_BODY} bytes.")
    # Postgres' text columns cannot store NUL, so no notice may contain it, in any encoding.
    if _NUL.search(body):
        raise _malformed("The body contains a NUL character.")
    media_type = content_type.partition(";")[0].strip().lower()
    try:
        if media_type == "application/json":
            fields = strict_json.loads(body)
        elif media_type == "application/x-www-form-urlencoded":
            fields = _form(body.decode("utf-8"))
        else:
            raise _malformed("Send application/json or application/x-www-form-urlencoded.")
    except ValueError as error:
        raise _malformed(f"The body is not valid {media_type}: {clean(str(error), 100)}.") from error
    if not isinstance(fields, dict):
        raise _malformed("The body must be a JSON object.")
    return fields


def _form(text: str) -> dict[str, str]:
    pairs = parse_qsl(text, keep_blank_values=True, strict_parsing=True, errors="strict", max_num_fields=MAX_FIELDS)
    return strict_json.unique(pairs)


def _provider_id(fields: dict[str, Any], name: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str) or not PROVIDER_ID.fullmatch(value):
        raise _malformed(f"{name} must be 1 to 64 of the characters A-Z, a-z, 0-9, _ and -.")
    return value


def _word(fields: dict[str, Any], name: str, limit: int, *, optional: bool = False) -> str:
    value = fields.get(name)
    if optional and value in (None, ""):
        return ""
    if not isinstance(value, str) or not 1 <= len(value) <= limit or not value.isprintable():
        raise _malformed(f"{name} must be 1 to {limit} printable characters.")
    return value


def _malformed(detail: str) -> Malformed:
    return Malformed("webhook_malformed", detail)
