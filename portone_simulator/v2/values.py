"""Parses values in V2's bodies, every one of them untrusted, and writes times and objects as V2 does."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from portone_simulator.call import MAX_NUMBER
from portone_simulator.v2.errors import invalid


def text(source: Mapping[str, Any], key: str, longest: int = 200, required: bool = False) -> str | None:
    """A string; None when absent. Raises V2Error."""
    value = source.get(key)
    if value is None and not required:
        return None
    if not isinstance(value, str) or len(value) > longest:
        raise invalid(f"{key} must be a string of at most {longest} characters.")
    return value


def whole(source: Mapping[str, Any], key: str) -> int | None:
    """An integer; None when absent. Raises V2Error."""
    value = source.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MAX_NUMBER:
        raise invalid(f"{key} must be an integer.")
    return value


def record(source: Mapping[str, Any], key: str) -> dict[str, Any]:
    """An object; empty when absent. Raises V2Error."""
    value = source.get(key, {})
    if not isinstance(value, dict):
        raise invalid(f"{key} must be an object.")
    return value


def one_of(source: Mapping[str, Any], key: str, known: tuple[str, ...]) -> str | None:
    """One of these words; None when absent. Raises V2Error."""
    value = text(source, key)
    if value is not None and value not in known:
        raise invalid(f"{key} must be one of {', '.join(known)}.")
    return value


def some_of(source: Mapping[str, Any], key: str, known: tuple[str, ...]) -> list[str]:
    """A list of these words; empty when absent. Raises V2Error."""
    value = source.get(key, [])
    if not isinstance(value, list) or not all(isinstance(each, str) and each in known for each in value):
        raise invalid(f"{key} must be a list of {', '.join(known)}.")
    return value


def moment(source: Mapping[str, Any], key: str, otherwise: float) -> float:
    """RFC 3339 as unix seconds. Raises V2Error."""
    value = text(source, key)
    if value is None:
        return otherwise
    try:
        return datetime.fromisoformat(value).timestamp()
    except ValueError:
        raise invalid(f"{key} must be a date and time with a zone.") from None


def stamp(at: float) -> str:
    """RFC 3339, with a varying number of fractional digits, as PortOne writes it."""
    written = datetime.fromtimestamp(at, UTC).isoformat(timespec="microseconds").removesuffix("+00:00")
    return written.rstrip("0").rstrip(".") + "Z"


def stamp_if(at: float | None) -> str | None:
    """The same, and None for an event that has not happened."""
    return stamp(at) if at else None


def without_none(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that have a value: V2 omits the others."""
    return {name: value for name, value in fields.items() if value is not None}
