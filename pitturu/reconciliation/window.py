"""The window of time of a comparison. Dates are days in Korea: they begin and end at midnight in Seoul."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from pitturu.config.settings import Settings
from pitturu.domain import clock
from pitturu.domain.errors import Unprocessable

DAY: Final = timedelta(days=1)
WIDEST: Final = timedelta(days=366)
"""One comparison covers at most a year: for a busy shop that takes an afternoon at the limited rate of calls."""

WEBHOOK_SPAN: Final = timedelta(hours=1)
WEBHOOK_DELAY: Final = timedelta(minutes=15)
"""A webhook takes seconds, and V1 repeats it for five minutes, so one that was not received after this is missing."""

_MIDNIGHT: Final = datetime(1970, 1, 1, tzinfo=clock.SEOUL)


@dataclass(frozen=True)
class Window:
    """From `since` until just before `until`, in UTC."""

    since: datetime
    until: datetime


def requested_window(begin: str | None, end: str | None) -> Window:
    """The window that a user requests: dates (both included) or ISO 8601 times (in Seoul unless they have a zone; the
    end is excluded). The default is yesterday; without an end it is until now. It never ends in the future.

    Raises Unprocessable with errors for `from` and `to`.
    """
    now = clock.now()
    if begin is None and end is None:
        today = now.astimezone(clock.SEOUL).date()
        return Window(_midnight(today - DAY), _midnight(today))
    if begin is None:
        raise _problem("from", "Send the begin as well, or leave both out for yesterday.")
    since = _moment("from", begin, timedelta())
    until = min(_moment("to", end, DAY) if end is not None else now, now)
    if since >= until:
        raise _problem("from", "This is not before the end, or lies in the future.")
    if until - since > WIDEST:
        raise _problem("from", f"Compare at most {WIDEST.days} days at once: request several windows.")
    return Window(since, until)


def due_by_now(settings: Settings) -> Window:
    """The window of the last scheduled comparison that is due; intervals are counted from midnight in Seoul."""
    until = _step(clock.now() - settings.comparison_delay, settings.comparison_interval)
    return Window(until - settings.comparison_window, until)


def webhooks_due_by_now() -> Window:
    """The last full hour whose webhooks should all have been received."""
    until = _step(clock.now() - WEBHOOK_DELAY, WEBHOOK_SPAN)
    return Window(until - WEBHOOK_SPAN, until)


def _step(moment: datetime, size: timedelta) -> datetime:
    return (moment - (moment - _MIDNIGHT) % size).astimezone(UTC)


def _moment(name: str, text: str, whole_day: timedelta) -> datetime:
    try:
        if len(text) == len("2026-11-01"):
            return _midnight(date.fromisoformat(text)) + whole_day
        moment = datetime.fromisoformat(text[:40])
        return (moment if moment.tzinfo else moment.replace(tzinfo=clock.SEOUL)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        message = "Write a date like 2026-11-01, which is a day in Korea, or a time like 2026-11-01T09:00:00+09:00."
        raise _problem(name, message) from error


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), clock.SEOUL).astimezone(UTC)


def _problem(name: str, message: str) -> Unprocessable:
    return Unprocessable("bad_window", f"`{name}`: {message}", {name: [message]})
