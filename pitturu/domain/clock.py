"""The only source of the current time, so that tests can replace it and every time is in UTC."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from functools import partial
from typing import Final

SEOUL: Final = timezone(timedelta(hours=9))
"""Korea has no daylight saving time, so no time zone database is needed."""

Source = Callable[[], datetime]

_system: Source = partial(datetime.now, UTC)
_source: Source = _system


def now() -> datetime:
    """The current time, aware and in UTC."""
    return _source()


def use(source: Source | None) -> None:
    """Take the time from `source` from now on; None restores the system clock."""
    global _source
    _source = source or _system


def from_unix(seconds: object) -> datetime | None:
    """PortOne's unix seconds. None for 0 and null, which mean that it has not happened, and for invalid values."""
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not seconds > 0:
        return None
    try:
        return datetime.fromtimestamp(int(seconds), UTC)
    except (OverflowError, ValueError, OSError):
        return None


def from_rfc3339(text: object) -> datetime | None:
    """PortOne V2's `2026-11-23T01:02:03.123456789Z`, with 0 to 9 digits of a second; None for invalid values."""
    if not isinstance(text, str) or len(text) > 40:
        return None
    try:
        moment = datetime.fromisoformat(re.sub(r"(\.\d{1,6})\d*", r"\1", text.upper()))
        return moment.astimezone(UTC) if moment.tzinfo is not None else None
    except (OverflowError, ValueError):
        return None


def rfc3339(moment: datetime) -> str:
    """A time in the format of PortOne V2."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
