"""Counting until all that was written is in the rollups."""

from sqlalchemy import func, select

from pitturu.extensions import db
from pitturu.reporting import rollups
from pitturu.store.rollups import RollupProgress
from pitturu.store.unit_of_work import unit_of_work
from tests.waiting import until


def count_all() -> None:
    """Update the rollups until they contain every line of a transaction that has ended.

    Once is not always enough: transactions of other databases of the server, those of other tests, are waited for too.
    """
    with unit_of_work() as work:
        last = int(work.session.scalars(select(func.pg_current_xact_id())).one())
    until(lambda: _counted_after(last), "transactions of other tests end")


def _counted_after(transaction: int) -> bool:
    rollups.update(unit_of_work)
    with unit_of_work() as work:
        counted_below = work.session.scalars(select(RollupProgress.counted_below)).one()
    db.session.expire_all()
    return int(counted_below) > transaction
