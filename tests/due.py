"""Which work is due, as a sweep finds it, for tests that run workers hundreds of times."""

from collections.abc import Sequence

from sqlalchemy import text

from pitturu.domain import clock
from pitturu.extensions import db
from pitturu.payments.handlers import AnyJobHandler
from pitturu.worker import sweep

ANY_DUE = "SELECT '{0}' WHERE EXISTS (SELECT FROM {0} WHERE due_at <= :now)"
"""The name of the table if the time of any of its rows has come, whether or not a worker may take it yet."""


def due_work(handlers: Sequence[AnyJobHandler]) -> set[str]:
    """The kinds of work that are due now. A sweep makes a query for each kind; only those kinds whose table has a due
    row are asked about."""
    names = {job.rows.table.__tablename__ for job in handlers}
    query = text(" UNION ALL ".join(ANY_DUE.format(name) for name in sorted(names)))
    tables = set(db.session.scalars(query, {"now": clock.now()}))
    asked = [job for job in handlers if job.rows.table.__tablename__ in tables]
    return set(sweep.run(asked)) if asked else set()
