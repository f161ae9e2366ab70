"""What any process logged as an error: how often each event came in each hour, and a bounded number of lines.

Counts and lines are bounded separately: an error that comes a million times has a count of a million, and a few lines.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, Connection, Index, String, Text, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from pitturu.domain import clock
from pitturu.extensions import db
from pitturu.store.base import Base, Created, Keyed, Moment
from pitturu.store.paging import newest_first

LINES_KEPT_FOR: Final = timedelta(days=30)
LINES_KEPT: Final = 10_000
"""Of all events. Each line has 9 KiB at the most, so all have 90 MiB."""
LINES_KEPT_OF_EACH: Final = 500
"""Of one event, so that a frequent error does not displace the lines of a rare one."""
COUNTS_KEPT_FOR: Final = timedelta(days=90)
MOST_EVENTS: Final = 200
"""Events that are returned: those that came most often."""

LONGEST_EVENT: Final = 100
LONGEST_LOGGER: Final = 100
LONGEST_HOST: Final = 80


class LoggedError(Keyed, Created, Base):
    """One line of the log. `detail` is a JSON object of its data, `traceback` says where an exception was raised."""

    __tablename__ = "logged_errors"
    __table_args__ = (
        Index("ix_logged_errors_created", "created_at", "id"),
        Index("ix_logged_errors_event", "event", "created_at", "id"),
    )

    event: Mapped[str] = mapped_column(String(LONGEST_EVENT))
    level: Mapped[str] = mapped_column(String(10))
    logger: Mapped[str] = mapped_column(String(LONGEST_LOGGER))
    process: Mapped[str] = mapped_column(String(10))
    host: Mapped[str] = mapped_column(String(LONGEST_HOST))
    request_id: Mapped[str | None] = mapped_column(String(64))
    detail: Mapped[str] = mapped_column(Text)
    traceback: Mapped[str | None] = mapped_column(Text)


class LoggedErrorCount(Base):
    """How often an event was logged in the hour that begins at `hour`, by all processes together.

    `dropped` of them have no line, because there were too many or the database was unavailable.
    """

    __tablename__ = "logged_error_counts"

    hour: Mapped[datetime] = mapped_column(Moment, primary_key=True)
    event: Mapped[str] = mapped_column(String(LONGEST_EVENT), primary_key=True)
    count: Mapped[int] = mapped_column(BigInteger)
    dropped: Mapped[int] = mapped_column(BigInteger)
    first_at: Mapped[datetime] = mapped_column(Moment)
    last_at: Mapped[datetime] = mapped_column(Moment)


@dataclass
class Tally:
    """How often one event came within one hour, how many of them got no line, and when the first and last came."""

    count: int
    dropped: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True)
class Line:
    """One line before it is stored, within the limits of the columns; see `LoggedError`."""

    created_at: datetime
    event: str
    level: str
    logger: str
    process: str
    host: str
    request_id: str | None
    detail: str
    traceback: str | None


class Window(NamedTuple):
    """The beginning (inclusive) and the end (exclusive) of what is read, whole hours, and the event, None for all."""

    since: datetime
    until: datetime
    event: str | None


@dataclass(frozen=True)
class EventCount:
    """How often an event came, how many of them have no line, and when it was first and last seen."""

    event: str
    count: int
    dropped: int
    first_seen: datetime
    last_seen: datetime


def hour_of(moment: datetime) -> datetime:
    """The beginning of the hour of this moment."""
    return moment.replace(minute=0, second=0, microsecond=0)


_GIVEN: Final = insert(LoggedErrorCount)
_ADD: Final = _GIVEN.on_conflict_do_update(
    index_elements=("hour", "event"),
    set_={
        "count": LoggedErrorCount.count + _GIVEN.excluded.count,
        "dropped": LoggedErrorCount.dropped + _GIVEN.excluded.dropped,
        "first_at": func.least(LoggedErrorCount.first_at, _GIVEN.excluded.first_at),
        "last_at": func.greatest(LoggedErrorCount.last_at, _GIVEN.excluded.last_at),
    },
)


def save(connection: Connection, tallies: Mapping[tuple[datetime, str], Tally], lines: Sequence[Line]) -> None:
    """Add these counts, by hour and event, and these lines, in one transaction."""
    with connection.begin():
        # In one order, so that two processes that count the same events do not wait for each other in a circle.
        counts = [{"hour": hour, "event": event, **vars(tallies[hour, event])} for hour, event in sorted(tallies)]
        if counts:
            connection.execute(_ADD, counts)
        if lines:
            connection.execute(insert(LoggedError), [{"id": uuid4(), **vars(line)} for line in lines])


def events(window: Window) -> Sequence[EventCount]:
    """The events in this time, the most frequent first."""
    total = func.sum(LoggedErrorCount.count)
    query = (
        select(
            LoggedErrorCount.event,
            total,
            func.sum(LoggedErrorCount.dropped),
            func.min(LoggedErrorCount.first_at),
            func.max(LoggedErrorCount.last_at),
        )
        .where(LoggedErrorCount.hour >= window.since, LoggedErrorCount.hour < window.until)
        .group_by(LoggedErrorCount.event)
        .order_by(total.desc(), LoggedErrorCount.event)
        .limit(MOST_EVENTS)
    )
    if window.event is not None:
        query = query.where(LoggedErrorCount.event == window.event)
    return [EventCount(*row) for row in db.session.execute(query)]


def lines(window: Window, before: tuple[datetime, UUID] | None, limit: int) -> Sequence[LoggedError]:
    """The lines in this time, newest first, at most `limit`; `before` is the last line of the page before."""
    since, until = LoggedError.created_at >= window.since, LoggedError.created_at < window.until
    query = select(LoggedError).where(since, until)
    if window.event is not None:
        query = query.where(LoggedError.event == window.event)
    return db.session.scalars(newest_first(query, LoggedError, before, limit)).all()


def delete_expired() -> None:
    """Delete old counts and lines, and the oldest lines where there are too many: of an event, then of all events."""
    now = clock.now()
    old_counts = delete(LoggedErrorCount).where(LoggedErrorCount.hour <= now - COUNTS_KEPT_FOR)
    old_lines = delete(LoggedError).where(LoggedError.created_at <= now - LINES_KEPT_FOR)
    newest = LoggedError.created_at.desc(), LoggedError.id.desc()
    rank = func.row_number().over(partition_by=LoggedError.event, order_by=newest).label("rank")
    ranked = select(LoggedError.id, rank).subquery()
    of_event = select(ranked.c.id).where(ranked.c.rank > LINES_KEPT_OF_EACH)
    of_all = select(LoggedError.id).order_by(*newest).offset(LINES_KEPT)
    surplus = [delete(LoggedError).where(LoggedError.id.in_(ids)) for ids in (of_event, of_all)]
    for statement in (old_counts, old_lines, *surplus):
        db.session.execute(statement, execution_options={"synchronize_session": False})
