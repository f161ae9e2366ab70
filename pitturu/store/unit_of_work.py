"""One transaction a piece of work: the rows it has locked, those it will insert, and what it tells others afterwards.

It is handed on to every function that locks, inserts or wakes. Functions that only read use `db.session`, which is the
same session.
"""

import logging
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Select, func, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from pitturu.extensions import db
from pitturu.services import services
from pitturu.store import bulk_insert
from pitturu.store.base import Base, any_of
from pitturu.store.cancellations import Cancellation
from pitturu.store.errors import plain
from pitturu.store.history import Payment
from pitturu.store.inventory import InventoryEntry
from pitturu.store.items import Item
from pitturu.store.payment_lines import PaymentLine
from pitturu.store.sessions import PaymentSession
from pitturu.store.webhooks import WebhookDelivery

log = logging.getLogger(__name__)

Row = TypeVar("Row", bound=Base)


class UnitOfWork:
    """What one transaction holds until its commit. `unit_of_work()` makes it and ends it.

    Rows that it has locked, and payments that it has read, are found again without a second trip to the database.
    """

    def __init__(self) -> None:
        self._wakes: dict[str, None] = {}
        self._changes: dict[str, None] = {}
        self._inserts: dict[type[Base], list[dict[str, Any]]] = {}
        self._stock: dict[UUID, int] = {}
        self._sessions: dict[UUID, PaymentSession] = {}
        self._lines: dict[UUID, list[PaymentLine]] = {}
        self._payments: dict[UUID, dict[str, Payment]] = {}
        self._cancels: dict[UUID, dict[UUID, Cancellation]] = {}
        self._granted: dict[UUID, dict[UUID, int]] = {}
        self._deliveries: dict[UUID, WebhookDelivery] = {}

    @cached_property
    def session(self) -> Session:
        """The transaction, begun with the first statement. It is Flask-SQLAlchemy's, so that readers see the same."""
        return db.session()

    def wake(self, job: str) -> None:
        """Once committed, tell a worker that a row of this kind is due."""
        self._wakes[job] = None

    def changed(self, session_id: str) -> None:
        """Once committed, tell whoever waits for this session."""
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
        """Write now what `insert` has added; for whoever reads it in the same transaction."""
        self._write_rows(last=False)

    def take_stock(self, item_id: UUID, quantity: int) -> bool:
        """Reserve pieces; False when fewer are in stock. For an item without stock nothing is written."""
        self._write_stock()
        enough = update(Item).where(Item.id == item_id, Item.stock >= quantity).values(stock=Item.stock - quantity)
        return self.session.scalar(enough.returning(Item.id)) is not None

    def return_stock(self, item_id: UUID, quantity: int) -> None:
        """Return pieces to stock when the transaction ends: by item in one order for everybody, so nobody deadlocks."""
        self._stock[item_id] = self._stock.get(item_id, 0) + quantity

    def lock(self, query: Select[Row]) -> Sequence[Row]:
        """The rows of a query under their locks, fresh from the database."""
        return self.session.scalars(query.with_for_update().execution_options(populate_existing=True)).all()

    def lock_session(self, session_key: UUID) -> PaymentSession:
        """The session under its row lock, fresh from the database: the lock of all that concerns it."""
        if session_key not in self._sessions:
            self.lock_sessions([session_key])
        return self._sessions[session_key]

    def lock_sessions(self, session_keys: Iterable[UUID]) -> None:
        """Lock these sessions, everybody in the same order so that nobody deadlocks. `lock_session` finds them.

        Their lines come with them, which saves the trip that `lines_of` would take.
        """
        keys = list(session_keys)
        self._lines.update((key, []) for key in keys)
        query = select(PaymentSession, PaymentLine).outerjoin(PaymentLine, PaymentLine.session_key == PaymentSession.id)
        query = query.where(PaymentSession.id == any_of(keys)).order_by(PaymentSession.id, PaymentLine.position)
        locked = query.with_for_update(of=PaymentSession).execution_options(populate_existing=True)
        for session, line in self.session.execute(locked):
            self._sessions[session.id] = session
            if line is not None:
                self._lines[session.id].append(line)

    def lines_of(self, session_key: UUID) -> Sequence[PaymentLine]:
        """The lines of this session, in their order."""
        if session_key not in self._lines:
            query = select(PaymentLine).where(PaymentLine.session_key == session_key).order_by(PaymentLine.position)
            self._lines[session_key] = list(self.session.scalars(query))
        return self._lines[session_key]

    def payments_of(self, session_key: UUID) -> dict[str, Payment]:
        """The session's payments by `imp_uid`. Whoever makes a new one adds it here."""
        if session_key not in self._payments:
            self.read_payments([session_key])
        return self._payments[session_key]

    def read_payments(self, session_keys: Collection[UUID]) -> None:
        """Read the payments of these sessions at once. `payments_of` finds them from now on."""
        self._payments.update((key, {}) for key in session_keys)
        query = select(Payment).where(Payment.session_key == any_of(session_keys))
        for payment in self.session.scalars(query.execution_options(populate_existing=True)):
            self._payments[payment.session_key][payment.imp_uid] = payment

    def cancels_of(self, session_key: UUID) -> dict[UUID, Cancellation]:
        """The session's cancels, oldest first. Whoever makes a new one adds it here."""
        if session_key not in self._cancels:
            self.read_cancels([session_key])
        return self._cancels[session_key]

    def read_cancels(self, session_keys: Collection[UUID]) -> None:
        """Read the cancels of these sessions at once, where they have payments. `cancels_of` finds them from now on."""
        self._cancels.update((key, {}) for key in session_keys)
        begun = [key for key in session_keys if self.payments_of(key)]
        if begun:
            query = select(Cancellation).where(Cancellation.session_key == any_of(begun)).order_by(Cancellation.number)
            for row in self.session.scalars(query.execution_options(populate_existing=True)):
                self._cancels[row.session_key][row.id] = row

    def granted_of(self, session_key: UUID) -> dict[UUID, int]:
        """Pieces that the buyer holds now of each line of this session, by the line's key."""
        if session_key not in self._granted:
            self.read_granted([session_key])
        return self._granted[session_key]

    def read_granted(self, session_keys: Collection[UUID]) -> None:
        """Sum up the pieces of these sessions at once. `granted_of` finds them until `forget_granted`."""
        self.flush()
        self._granted.update((key, {}) for key in session_keys)
        line = InventoryEntry.session_key, InventoryEntry.line_key
        query = select(*line, func.sum(InventoryEntry.quantity)).where(
            InventoryEntry.session_key == any_of(session_keys)
        )
        for session_key, line_key, pieces in self.session.execute(query.group_by(*line)):
            self._granted[session_key][line_key] = int(pieces)

    def forget_granted(self, session_key: UUID) -> None:
        """Pieces of this session were granted or taken back."""
        self._granted.pop(session_key, None)

    def lock_delivery(self, key: UUID) -> WebhookDelivery:
        """One webhook delivery under its row lock, fresh from the database."""
        if key not in self._deliveries:
            self.lock_deliveries([key])
        return self._deliveries[key]

    def lock_deliveries(self, keys: Iterable[UUID]) -> None:
        """Lock these deliveries, everybody in the same order. `lock_delivery` finds them from now on."""
        query = select(WebhookDelivery).where(WebhookDelivery.id == any_of(keys)).order_by(WebhookDelivery.id)
        self._deliveries.update((row.id, row) for row in self.lock(query))

    def limit_lock_wait(self) -> None:
        """Wait for no lock longer than half a second from now on: one stuck row must not hold up many."""
        self.session.execute(text("SELECT set_config('lock_timeout', '500ms', true)"))

    def commit(self) -> None:
        """Write what was gathered and end the transaction; then the messages leave."""
        self._write_stock()
        self._write_rows(last=True)
        self.session.commit()
        publisher = services().publisher
        for job in self._wakes:
            publisher.wake(job)
        for session_id in self._changes:
            publisher.changed(session_id)

    def _write_rows(self, *, last: bool) -> None:
        bulk_insert.write(self.session, self._inserts, last=last)
        self._inserts.clear()

    def _write_stock(self) -> None:
        for item_id, quantity in sorted(self._stock.items()):
            limited = update(Item).where(Item.id == item_id, Item.stock.is_not(None))
            self.session.execute(limited.values(stock=Item.stock + quantity))
        self._stock.clear()


@contextmanager
def unit_of_work() -> Iterator[UnitOfWork]:
    """Commit once at the end, or leave no trace; the connection is back in the pool either way."""
    work = UnitOfWork()
    try:
        yield work
        work.commit()
    except BaseException:
        work.session.rollback()
        raise


def one_moment() -> None:
    """Whatever this transaction reads is as it was at one moment, however many reads it takes. To be called first."""
    db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def let_go(_error: BaseException | None) -> None:
    """Give the connection back when a request or a piece of work is over; for `Flask.teardown_appcontext`.

    What was done is done by then. A connection that has died since takes nothing of it away.
    """
    try:
        db.session.remove()
    except DBAPIError as error:
        log.warning("connection_died", extra={"reason": plain(error)[:300]})
        db.session.registry.clear()
