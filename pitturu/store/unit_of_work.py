"""One transaction a piece of work: the rows it has locked, those it will insert, and what it tells others afterwards.

It is handed on to every function that locks, inserts or wakes. Functions that only read use `db.session`, which is the
same session.
"""

import logging
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy.exc import DBAPIError

from pitturu.extensions import db, session_in_use
from pitturu.services import services
from pitturu.store import bulk_insert, items, payment_lines, read_only
from pitturu.store.base import Base
from pitturu.store.errors import plain
from pitturu.store.locked_rows import LockedRows, OrderLine
from pitturu.store.sessions import PaymentSession
from pitturu.store.webhooks import close_answered

log = logging.getLogger(__name__)

Row = TypeVar("Row", bound=Base)

Refusal = Callable[[Collection[UUID]], Exception]
"""Makes the error about items of which fewer pieces are in stock."""


class UnitOfWork(LockedRows):
    """What one transaction holds until its commit. `unit_of_work()` makes it and ends it.

    Rows that it has locked, and payments that it has read, are found again without a second trip to the database.
    """

    def __init__(self) -> None:
        super().__init__()
        self._wakes: dict[str, None] = {}
        self._changes: dict[str, None] = {}
        self._inserts: dict[type[Base], list[dict[str, Any]]] = {}
        self._stock: dict[UUID, int] = {}
        self._reserved: dict[UUID, int] = {}
        self._refusal: Refusal | None = None
        self._held: dict[UUID, int] = {}
        self._answered: dict[str, tuple[UUID, datetime]] = {}

    def wake(self, job: str) -> None:
        """Once committed, tell a worker that a row of this kind is due."""
        self._wakes[job] = None

    def changed(self, session_id: str) -> None:
        """Once committed, notify the long polls of this session."""
        self._changes[session_id] = None

    def insert(self, model: type[Base], **columns: object) -> dict[str, Any]:
        """Add a row, to be written together with others at the end or by `flush`.

        Returns all its columns but those that the database numbers: what is not named has the model's default or is
        empty. Raises TypeError for a name that is no column.
        """
        row = bulk_insert.complete(model, columns)
        self._inserts.setdefault(model, []).append(row)
        return row

    def flush(self) -> None:
        """Write now what `insert` has added, because it is read again in the same transaction."""
        self._write_rows(last=False)
        self._write_held()

    def take_stock(self, wanted: Mapping[UUID, int]) -> Collection[UUID]:
        """Reserve pieces by item, all or none; the items of which fewer are in stock. A negative number returns pieces.

        The items are locked in the order of their ids, those of `return_stock` with them, so that no two transactions
        deadlock. For an item whose stock is unlimited nothing can be reserved.
        """
        change = dict(wanted)
        for item_id, pieces in self._stock.items():
            change[item_id] = change.get(item_id, 0) - pieces
        short = items.take(change)
        if not short:
            self._stock.clear()
        return short

    def reserve_stock(self, wanted: Mapping[UUID, int], refusal: Refusal) -> None:
        """Reserve pieces by item, all or none, for the rows that `insert` has added, when these are written.

        If any item has fewer, that raises what `refusal` makes of these items, and nothing is written. Others who want
        the items wait for a shorter time than with `take_stock`. To be called once.
        """
        self._reserved, self._refusal = dict(wanted), refusal

    def return_stock(self, item_id: UUID, quantity: int) -> None:
        """Return pieces to stock when the transaction ends, ordered by item, so that no two transactions deadlock.

        Stock that has become unlimited stays so, but its row is locked all the same: whoever limits it meanwhile would
        count the pieces neither in stock nor as held.
        """
        self._stock[item_id] = self._stock.get(item_id, 0) + quantity

    def hold(self, session: PaymentSession, line: OrderLine, pieces: int) -> None:
        """Note that a line of this session holds so many pieces of its item's stock."""
        session.stock_held += pieces - line.stock_held
        self._held[line.id] = pieces
        lines = self._lines[session.id]
        lines[lines.index(line)] = line._replace(stock_held=pieces)

    def answered(self, merchant_uid: str, session_key: UUID, asked_at: datetime) -> None:
        """PortOne's answer about this order is applied; it closes the webhooks that came before the question."""
        self._answered[merchant_uid] = session_key, asked_at

    def commit(self) -> None:
        """Write what was gathered and end the transaction; then the messages leave."""
        self.take_stock({})
        self._write_held()
        if self._answered:
            close_answered(self.session, self._answered)
        self._write_rows(last=True)
        if session_in_use():
            self.session.commit()
        publisher = services().publisher
        for job in self._wakes:
            publisher.wake(job)
        for session_id in self._changes:
            publisher.changed(session_id)

    def _write_rows(self, *, last: bool) -> None:
        short = bulk_insert.write(self._inserts, self._reserved, last=last)
        if short and self._refusal is not None:
            raise self._refusal(short)
        self._inserts.clear()
        self._reserved.clear()

    def _write_held(self) -> None:
        payment_lines.set_held(self._held)
        self._held.clear()


@contextmanager
def unit_of_work() -> Iterator[UnitOfWork]:
    """Commit once at the end, or leave no trace; the connection is back in the pool either way."""
    work = UnitOfWork()
    try:
        yield work
        work.commit()
    except BaseException:
        if session_in_use():
            work.session.rollback()
        raise


def repeatable_read() -> None:
    """Whatever this transaction reads is as it was at one moment, however many reads it takes. To be called first."""
    db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def release_connection(_error: BaseException | None) -> None:
    """Give the connection back when a request or a piece of work is over; for `Flask.teardown_appcontext`.

    What was done is done by then. A connection that has died since takes nothing of it away.
    """
    if not session_in_use():
        return
    try:
        read_only.finish(db.session())
        db.session.remove()
    except DBAPIError as error:
        log.warning("connection_died", extra={"reason": plain(error)[:300]})
        db.session.registry.clear()
