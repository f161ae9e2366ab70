"""The one place that tells the time, so that a test can turn it and nobody mixes zones."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from functools import partial
from typing import Final

SEOUL: Final = timezone(timedelta(hours=9))
"""Korea's time has no summer time, so no table of zones is needed."""

Source = Callable[[], datetime]

_machine: Source = partial(datetime.now, UTC)
_source: Source = _machine


def now() -> datetime:
    """The present, aware and in UTC."""
    return _source()


def use(source: Source | None) -> None:
    """Tell the time from `source` until told otherwise; None goes back to the machine's clock."""
    global _source
    _source = source or _machine


def from_unix(seconds: object) -> datetime | None:
    """PortOne's unix seconds, where 0 and null both mean that it has not happened; nonsense reads as None."""
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not seconds > 0:
        return None
    try:
        return datetime.fromtimestamp(int(seconds), UTC)
    except (OverflowError, ValueError, OSError):
        return None


def from_rfc3339(text: object) -> datetime | None:
    """PortOne V2's `2026-11-23T01:02:03.123456789Z`, with 0 to 9 digits of a second; nonsense reads as None."""
    if not isinstance(text, str) or len(text) > 40:
        return None
    try:
        moment = datetime.fromisoformat(re.sub(r"(\.\d{1,6})\d*", r"\1", text.upper()))
        return moment.astimezone(UTC) if moment.tzinfo is not None else None
    except (OverflowError, ValueError):
        return None


def rfc3339(moment: datetime) -> str:
    """A moment as PortOne V2 reads it."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
