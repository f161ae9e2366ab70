"""Keeps the rollups up to date: every line is counted exactly once, whichever transaction wrote it and when it ended.

One transaction counts the lines of all transactions that ended since the last count, and notes how far it counted. A
line that commits late belongs to a transaction that was still in progress, so it is counted by a later one.
"""

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import CTE, Select, Subquery, and_, delete, func, literal, or_, select, text, union_all
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.exc import OperationalError

from pitturu.domain import clock
from pitturu.reporting import measures
from pitturu.store import webhook_outcomes
from pitturu.store.events import PaymentEvent
from pitturu.store.rollups import (
    DIMENSIONS,
    HourlyRollup,
    RollupProgress,
    RollupTotal,
    lock_progress,
    lock_progress_if_free,
)
from pitturu.store.transaction_ids import NEXT_TO_BEGIN, OLDEST_IN_PROGRESS
from pitturu.store.unit_of_work import UnitOfWork
from pitturu.store.webhook_outcomes import WebhookOutcome

log = logging.getLogger(__name__)

LOCK_WAIT: Final = "500ms"
"""How long the beginning of a new count waits for writers of lines, of each table. Meanwhile others cannot begin to
write, so that buyers wait. Less than Postgres' `deadlock_timeout`, so that no transaction of a writer is ended."""

SLOWEST: Final = "1h"
"""Statement timeout of a count, which keeps nobody waiting. After years, or after a week without a worker, it takes
minutes; the timeout of other statements would end it, and each later one as well."""

CLEANED_AT_ONCE: Final = 100
"""Batches of old lines that are deleted before others get a turn."""

_LOCK_NOT_AVAILABLE: Final = "55P03"

Transaction = Callable[[], AbstractContextManager[UnitOfWork]]

_KEY: Final = ("hour", *DIMENSIONS)
_SUMS: Final = ("count", "sum")


class Busy(Exception):
    """A new count could not begin, because a transaction had been writing lines for longer than LOCK_WAIT."""

    def __init__(self) -> None:
        super().__init__(
            "The rollups were not counted anew: a transaction has been writing to payment_events or webhook_outcomes"
            " for too long. Try again; if it stays, end that transaction: pg_stat_activity shows it (xact_start)."
        )


@dataclass(frozen=True)
class Recount:
    """The result of counting all lines anew: how many rows there are, and how many were missing or wrong before."""

    rows: int
    differences: int


def update(transaction: Transaction) -> None:
    """Count what was written since the last time. Of several callers at once, one does it."""
    with transaction() as work:
        progress = lock_progress_if_free(work)
        if progress is None:
            return
        if not progress.stale and not _restored(work, progress):
            _add(work, progress)
            return
    try:
        rebuild(transaction)
    except Busy as busy:
        log.warning("rollups_not_counted", extra={"next": str(busy)})


def rebuild(transaction: Transaction) -> Recount:
    """Count all lines anew, and correct the rollups where they differ. Raises Busy.

    Writers of lines wait for a moment at its beginning, not while it counts.
    """
    try:
        with transaction() as work:
            _begin(work)
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) == _LOCK_NOT_AVAILABLE:
            raise Busy from error
        raise
    with transaction() as work:
        return _finish(work)


def compare(transaction: Transaction) -> Recount:
    """Count all lines that were counted anew, and change nothing."""
    with transaction() as work:
        progress = lock_progress(work)
        _allow_time(work)
        expected = measures.counted(progress)
        return Recount(_rows(work, expected), _differences(work, progress, expected))


def clean(transaction: Transaction) -> None:
    """Delete lines about webhooks that are old, or too many, by whole hours: the rollups of these hours stay. Lines
    that are not counted yet stay as well."""
    for _ in range(CLEANED_AT_ONCE):
        with transaction() as work:
            progress = lock_progress(work)
            if progress.stale or not _clean(work, progress):
                return


def _clean(work: UnitOfWork, progress: RollupProgress) -> bool:
    """Delete one batch. Returns whether there may be another one."""
    # The earlier of two clocks: if one is set years ahead for a moment, the lines of today are not old.
    now = min(clock.now(), work.session.scalars(select(func.now())).one())
    old, surplus = now - webhook_outcomes.KEPT_FOR, webhook_outcomes.end_of_surplus()
    end = (old if surplus is None else max(old, min(surplus, now))).replace(minute=0, second=0, microsecond=0)
    progress.outcomes_since = max(end, progress.outcomes_since or end)
    return webhook_outcomes.delete_before(progress.outcomes_since, measures.is_counted(progress, WebhookOutcome))


def _restored(work: UnitOfWork, progress: RollupProgress) -> bool:
    """Whether transactions are numbered anew, as in a database that was restored from a dump into a new cluster."""
    newest = work.session.scalars(select(NEXT_TO_BEGIN)).one()
    restored = int(newest) < int(progress.counted_below)
    if restored:
        log.warning("rollups_recounted", extra={"reason": "the database was restored into another cluster"})
    return restored


def _allow_time(work: UnitOfWork) -> None:
    """Let the statements of this transaction take as long as a count may take."""
    work.session.execute(text("SELECT set_config('statement_timeout', :time, true)"), {"time": SLOWEST})


def _add(work: UnitOfWork, progress: RollupProgress) -> None:
    _allow_time(work)
    now, upto = clock.now(), work.session.scalars(select(OLDEST_IN_PROGRESS)).one()
    counts = select(measures.not_counted(progress, upto)).cte("counts")
    hourly = _added_to(HourlyRollup, select(counts), _KEY).cte("hourly")
    by_dimensions = select(*_columns(counts, DIMENSIONS), *(func.sum(counts.c[name]) for name in _SUMS))
    totals = _added_to(RollupTotal, by_dimensions.group_by(*_columns(counts, DIMENSIONS)), DIMENSIONS)
    work.session.execute(totals.add_cte(counts, hourly))
    if upto != progress.counted_below:
        # Else a transaction has been in progress since the last count, and what was written meanwhile is not counted.
        progress.counted_below, progress.counted_at = upto, now


def _added_to(table: Any, counts: Select[Any], key: tuple[str, ...]) -> Insert:
    """SQL for: add these counts to the rows of the table, and insert the rows that are missing."""
    added = insert(table).from_select([*key, *_SUMS], counts)
    sums = {name: getattr(table, name) + added.excluded[name] for name in _SUMS}
    return added.on_conflict_do_update(index_elements=key, set_=sums)


def _columns(counts: CTE | Subquery, names: tuple[str, ...]) -> list[Any]:
    return [counts.c[name] for name in names]


def _begin(work: UnitOfWork) -> None:
    """Every line that exists now is to be counted by its id, whatever its transaction; later ones by transaction.

    While this transaction holds its lock, no other one has written lines without having ended.
    """
    progress = lock_progress(work)
    work.session.execute(text("SELECT set_config('lock_timeout', :wait, true)"), {"wait": LOCK_WAIT})
    work.session.execute(text("LOCK TABLE payment_events, webhook_outcomes IN SHARE MODE"))
    progress.base_line = work.session.scalar(select(func.max(PaymentEvent.id))) or 0
    progress.base_outcome = work.session.scalar(select(func.max(WebhookOutcome.id))) or 0
    progress.counted_below = work.session.scalars(select(OLDEST_IN_PROGRESS)).one()
    progress.counted_at, progress.stale = clock.now(), True


def _finish(work: UnitOfWork) -> Recount:
    progress = lock_progress(work)
    _allow_time(work)
    expected = measures.counted(progress)
    result = Recount(_rows(work, expected), _differences(work, progress, expected))
    if result.differences:
        work.session.execute(delete(HourlyRollup).where(_comparable(progress)))
        work.session.execute(insert(HourlyRollup).from_select([*_KEY, *_SUMS], select(expected)))
    work.session.execute(delete(RollupTotal))
    dimensions = [getattr(HourlyRollup, name) for name in DIMENSIONS]
    sums = func.sum(HourlyRollup.count), func.sum(HourlyRollup.sum)
    work.session.execute(
        insert(RollupTotal).from_select([*DIMENSIONS, *_SUMS], select(*dimensions, *sums).group_by(*dimensions))
    )
    progress.stale = False
    return result


def _rows(work: UnitOfWork, expected: Subquery) -> int:
    return work.session.scalars(select(func.count()).select_from(expected)).one()


def _differences(work: UnitOfWork, progress: RollupProgress, expected: Subquery) -> int:
    """How many hourly rows are missing, wrong or too many, and how many totals are not the sum of their hours."""
    stored = select(*(getattr(HourlyRollup, name) for name in (*_KEY, *_SUMS))).where(_comparable(progress))
    hours = _symmetric_difference(select(expected), stored)
    dimensions = [getattr(HourlyRollup, name) for name in DIMENSIONS]
    sums = [func.sum(getattr(HourlyRollup, name)) for name in _SUMS]
    added_up = select(*dimensions, *sums).group_by(*dimensions)
    totals = _symmetric_difference(added_up, select(*(getattr(RollupTotal, name) for name in (*DIMENSIONS, *_SUMS))))
    return sum(work.session.scalars(union_all(hours, totals)).all())


def _symmetric_difference(one: Select[Any], other: Select[Any]) -> Select[Any]:
    """SQL for: how many distinct keys are in one only, or have other counts."""
    differing = union_all(one.except_(other), other.except_(one)).subquery()
    return select(func.count()).select_from(differing)


def _comparable(progress: RollupProgress) -> Any:
    """SQL for: the lines of this row are all there. Old lines about webhooks are deleted."""
    since: datetime | None = progress.outcomes_since
    if since is None:
        return literal(True)
    return or_(HourlyRollup.measure.not_in(measures.OF_WEBHOOKS), and_(HourlyRollup.hour >= since))
