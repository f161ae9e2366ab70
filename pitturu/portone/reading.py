"""Validated access to the fields of PortOne's objects, shared by both of its APIs."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

from pitturu.domain import money
from pitturu.portone import errors
from pitturu.portone.call import Call

URL_LENGTH: Final = 500
CURRENCY: Final = re.compile(r"[A-Z]{3}")

Fields = Mapping[str, Any]
Parsed = TypeVar("Parsed")


class Unreadable(ValueError):
    """Names the field of a payment that is missing or invalid."""


def parsed(call: Call, parse: Callable[[object], Parsed], answer: object) -> Parsed:
    """The parsed answer. Raises GatewayError for one that cannot be parsed."""
    try:
        return parse(answer)
    except Unreadable as error:
        raise errors.after_nonsense(call, 200, f"`{error}` is missing or absurd") from error


def record(value: object, name: str) -> Fields:
    """A JSON object. Raises Unreadable."""
    if not isinstance(value, dict):
        raise Unreadable(name)
    return value


def records(value: object, name: str, *, optional: bool = False) -> list[Fields]:
    """A JSON array of objects; if `optional`, null is an empty one. Raises Unreadable."""
    if optional and value is None:
        return []
    if not isinstance(value, list):
        raise Unreadable(name)
    return [record(entry, name) for entry in value]


def printable(value: object, name: str, longest: int) -> str:
    """A name that another system on the same account may have given: printable, not empty. Raises Unreadable."""
    if not isinstance(value, str) or not 1 <= len(value) <= longest or not value.isprintable():
        raise Unreadable(name)
    return value


def won(fields: Fields, name: str) -> int:
    """An integral amount that a payment may have. Raises Unreadable."""
    amount = money.won(fields.get(name))
    if amount is None or amount > money.MAX_AMOUNT:
        raise Unreadable(name)
    return amount


def matching(fields: Fields, name: str, pattern: re.Pattern[str]) -> str:
    """A string that matches the pattern in full. Raises Unreadable."""
    value = fields.get(name)
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise Unreadable(name)
    return value


def url(value: object) -> str:
    """An http(s) URL that a browser may open, or "": truncated links are useless, and `javascript:` is dangerous."""
    if not isinstance(value, str) or len(value) > URL_LENGTH or not value.isprintable():
        return ""
    try:
        parts = urlsplit(value)
    except ValueError:
        return ""
    return value if parts.scheme in ("http", "https") and parts.netloc else ""


def secure_url(value: object) -> str:
    """The same, but only over https: it leads to a document about a person."""
    address = url(value)
    return address if address.startswith("https://") else ""
