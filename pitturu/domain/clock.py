"""The one place that tells the time, so that a test can turn it and nobody mixes zones."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

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
