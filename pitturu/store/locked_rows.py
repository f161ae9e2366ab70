"""The rows that a transaction has locked or read for many sessions at once, kept to avoid further round trips."""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from functools import cached_property
from typing import Final, NamedTuple, TypeVar
from uuid import UUID

from sqlalchemy import Select, func, select, text
from sqlalchemy.orm import Session

from pitturu.extensions import db
from pitturu.store.base import Base, any_of
from pitturu.store.cancellations import Cancellation
from pitturu.store.history import Payment
from pitturu.store.inventory import InventoryEntry
from pitturu.store.payment_lines import PaymentLine
from pitturu.store.sessions import PaymentSession
from pitturu.store.webhooks import WebhookDelivery

Row = TypeVar("Row", bound=Base)
Found = TypeVar("Found")


class OrderLine(NamedTuple):
    """A line of an order, read under the lock of its session: plain values cost a third less to read with it.

    `stock_held` changes with `UnitOfWork.hold`.
    """

    id: UUID
    item_id: UUID
    item_name: str
    unit_price: int
    quantity: int
    returnable: bool
    tax_free: bool
    fulfilment: str
    delivered_at: datetime | None
    stock_held: int


LINE: Final = tuple(getattr(PaymentLine, name) for name in OrderLine._fields)


class LockedRows:
    """Locks rows, always in the same order to prevent deadlocks, and keeps them until the transaction ends."""

    def __init__(self) -> None:
        self._sessions: dict[UUID, PaymentSession] = {}
        self._lines: dict[UUID, list[OrderLine]] = {}
        self._payments: dict[UUID, dict[str, Payment]] = {}
        self._cancels: dict[UUID, dict[UUID, Cancellation]] = {}
        self._granted: dict[UUID, dict[UUID, int]] = {}
        self._deliveries: dict[UUID, WebhookDelivery] = {}

    @cached_property
    def session(self) -> Session:
        """The transaction, begun with the first statement. It is `db.session`, which reading functions use too."""
        return db.session()

    def flush(self) -> None:
        """Write added rows, so that they can be read in the same transaction."""

    def limit_lock_wait(self) -> None:
        """Wait at most half a second for each lock from now on: one locked row must not delay the others."""
        self.session.execute(text("SELECT set_config('lock_timeout', '500ms', true)"))

    def lock(self, query: Select[Row]) -> Sequence[Row]:
        """The rows of a query under their row locks, read anew."""
        return self.session.scalars(query.with_for_update().execution_options(populate_existing=True)).all()

    def lock_session(self, session_key: UUID) -> PaymentSession:
        """The session under its row lock, read anew. The lock protects all rows of the order."""
        return _cached(self._sessions, session_key, self.lock_sessions)

    def lock_sessions(self, session_keys: Iterable[UUID]) -> None:
        """Lock these sessions, in the order of their ids to prevent deadlocks. `lock_session` finds them."""
        query = select(PaymentSession).where(PaymentSession.id == any_of(session_keys)).order_by(PaymentSession.id)
        self._sessions.update((row.id, row) for row in self.lock(query))

    def lines_of(self, session_key: UUID) -> Sequence[OrderLine]:
        """The lines of this session, in their order."""
        return _cached(self._lines, session_key, self.read_lines)

    def read_lines(self, session_keys: Collection[UUID]) -> None:
        """Read the lines of these sessions at once. `lines_of` finds them from now on."""
        self.flush()
        self._lines.update((key, []) for key in session_keys)
        query = select(PaymentLine.session_key, *LINE).where(PaymentLine.session_key == any_of(session_keys))
        for session_key, *line in self.session.execute(query.order_by(PaymentLine.position)):
            self._lines[session_key].append(OrderLine(*line))

    def invalidate_lines(self, session_key: UUID) -> None:
        """The fulfilment of a line of this session was changed: read them again."""
        self._lines.pop(session_key, None)

    def payments_of(self, session_key: UUID) -> dict[str, Payment]:
        """The session's payments by `imp_uid`. Callers add the new ones that they make."""
        return _cached(self._payments, session_key, self.read_payments)

    def read_payments(self, session_keys: Collection[UUID]) -> None:
        """Read the payments of these sessions at once. `payments_of` finds them."""
        self._payments.update((key, {}) for key in session_keys)
        query = select(Payment).where(Payment.session_key == any_of(session_keys))
        for payment in self.session.scalars(query.execution_options(populate_existing=True)):
            self._payments[payment.owner][payment.imp_uid] = payment

    def cancels_of(self, session_key: UUID) -> dict[UUID, Cancellation]:
        """The session's cancels, oldest first. Callers add the new ones that they make."""
        return _cached(self._cancels, session_key, self.read_cancels)

    def read_cancels(self, session_keys: Collection[UUID]) -> None:
        """Read the cancels of these sessions at once, if they have payments. `cancels_of` finds them."""
        self._cancels.update((key, {}) for key in session_keys)
        with_payments = [key for key in session_keys if self.payments_of(key)]
        if with_payments:
            query = (
                select(Cancellation)
                .where(Cancellation.session_key == any_of(with_payments))
                .order_by(Cancellation.number)
            )
            for row in self.session.scalars(query.execution_options(populate_existing=True)):
                if row.session_key is not None:
                    self._cancels[row.session_key][row.id] = row

    def granted_of(self, session_key: UUID) -> dict[UUID, int]:
        """Pieces that the buyer holds now of each line of this session, by the line's key."""
        return _cached(self._granted, session_key, self.read_granted)

    def read_granted(self, session_keys: Collection[UUID]) -> None:
        """Read the pieces of these sessions at once. `granted_of` finds them until `invalidate_granted`."""
        self.flush()
        self._granted.update((key, {}) for key in session_keys)
        line = InventoryEntry.session_key, InventoryEntry.line_key
        query = select(*line, func.sum(InventoryEntry.quantity)).where(
            InventoryEntry.session_key == any_of(session_keys)
        )
        for session_key, line_key, pieces in self.session.execute(query.group_by(*line)):
            self._granted[session_key][line_key] = int(pieces)

    def invalidate_granted(self, session_key: UUID) -> None:
        """Pieces of this session were granted or taken back: read them again."""
        self._granted.pop(session_key, None)

    def lock_delivery(self, key: UUID) -> WebhookDelivery | None:
        """One webhook delivery under its row lock, read anew; None when it was deleted, as one of too many."""
        if key not in self._deliveries:
            self.lock_deliveries([key])
        return self._deliveries.get(key)

    def lock_deliveries(self, keys: Iterable[UUID]) -> None:
        """Lock these deliveries, in the order of their ids to prevent deadlocks. `lock_delivery` finds them."""
        query = select(WebhookDelivery).where(WebhookDelivery.id == any_of(keys)).order_by(WebhookDelivery.id)
        self._deliveries.update((row.id, row) for row in self.lock(query))


def _cached(known: dict[UUID, Found], key: UUID, read: Callable[[Collection[UUID]], None]) -> Found:
    if key not in known:
        read([key])
    return known[key]
