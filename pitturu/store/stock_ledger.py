"""The ledger of stock: every change of the pieces that the shop has is a line. Lines are added, never changed.

Reserving pieces for a session moves them from `items.stock` to the session and is no line. They leave the shop when
they are granted to the buyer: that is a `sale`. So for every item with limited stock, the sum of its lines is its stock
plus what open sessions hold.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, func, select
from sqlalchemy.orm import Mapped, column_property, mapped_column

from pitturu.domain.catalogue import LONGEST_REASON, StockLineKind
from pitturu.extensions import db
from pitturu.store import users
from pitturu.store.base import Base, Created, Keyed
from pitturu.store.items import Item
from pitturu.store.paging import newest_first
from pitturu.store.payment_lines import PaymentLine
from pitturu.store.sessions import PaymentSession
from pitturu.store.unit_of_work import UnitOfWork
from pitturu.store.users import User


class StockLine(Keyed, Created, Base):
    """`quantity` pieces came (+) or left (-), because of a session or of a person with a reason.

    Lines are never changed, so they name no user: `user_key` refers to one, whose name may be replaced. `name` is of
    somebody at a terminal.
    """

    __tablename__ = "stock_ledger"
    __table_args__ = (
        CheckConstraint(
            "(kind = 'initial' AND quantity >= 0) OR (kind = 'sale' AND quantity < 0)"
            " OR (kind = 'return' AND quantity > 0) OR kind = 'correction'",
            name="kind",
        ),
        CheckConstraint("(kind IN ('sale', 'return')) = (session_key IS NOT NULL)", name="session_key"),
        CheckConstraint("kind <> 'correction' OR reason IS NOT NULL", name="reason"),
        Index("ix_stock_ledger_item", "item_id", "created_at", "id"),
    )

    item_id: Mapped[UUID] = mapped_column(ForeignKey("items.id"))
    kind: Mapped[str] = mapped_column(String(20))
    quantity: Mapped[int]
    session_key: Mapped[UUID | None] = mapped_column(ForeignKey("payment_sessions.id"))
    reason: Mapped[str | None] = mapped_column(String(LONGEST_REASON))
    user_key: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    name: Mapped[str | None] = mapped_column(String(255))
    request_id: Mapped[str | None] = mapped_column(String(64))
    user_name: Mapped[str | None] = column_property(select(User.username).where(User.id == user_key).scalar_subquery())
    session_id: Mapped[str | None] = column_property(
        select(PaymentSession.session_id).where(PaymentSession.id == session_key).scalar_subquery()
    )

    @property
    def by(self) -> str | None:
        """Who corrected it: a user, or somebody at a terminal. None for a line of a session."""
        return self.user_name or self.name


def of_session(
    work: UnitOfWork, session_key: UUID, item_id: UUID, kind: StockLineKind, quantity: int, request_id: str | None
) -> None:
    """Add the line of pieces of an item that a session has bought (-) or returned (+)."""
    work.insert(
        StockLine,
        item_id=item_id,
        kind=kind,
        quantity=quantity,
        session_key=session_key,
        request_id=request_id,
    )


@dataclass(frozen=True)
class Author:
    """A person who changes stock: a user by key, or the name of somebody at a terminal."""

    user_key: UUID | None
    name: str | None
    request_id: str | None


def author(name: str, request_id: str | None) -> Author:
    """The person of this name, who is looked up once for any number of lines."""
    key = users.key_of(name)
    return Author(key, None if key else name, request_id)


def of_person(
    work: UnitOfWork, item_id: UUID, kind: StockLineKind, quantity: int, reason: str | None, by: Author
) -> None:
    """Add the line of a person: the first stock of an item, or a correction."""
    work.insert(StockLine, item_id=item_id, kind=kind, quantity=quantity, reason=reason, **vars(by))


def missing(item_ids: Collection[UUID] | None = None) -> dict[UUID, int]:
    """By item with limited stock, of these or of all: the pieces that a line must have so that its ledger adds up.

    To be called after the item's row was changed in the same transaction, and so is locked: whoever moves pieces
    between stock and a session waits for it, and a sale changes session and ledger by the same number.
    """
    lines = select(func.sum(StockLine.quantity)).where(StockLine.item_id == Item.id).scalar_subquery()
    held = (
        select(PaymentLine.item_id, func.sum(PaymentLine.stock_held).label("pieces"))
        .join(PaymentSession, PaymentSession.id == PaymentLine.session_key)
        .where(PaymentSession.open_slot.is_not(None))
        .group_by(PaymentLine.item_id)
        .subquery()
    )
    total = Item.stock + func.coalesce(held.c.pieces, 0) - func.coalesce(lines, 0)
    query = select(Item.id, total).outerjoin(held, held.c.item_id == Item.id).where(Item.stock.is_not(None))
    if item_ids is not None:
        query = query.where(Item.id.in_(item_ids))
    return {item_id: int(pieces or 0) for item_id, pieces in db.session.execute(query)}


def page(item_id: UUID, before: tuple[datetime, UUID] | None, limit: int) -> Sequence[StockLine]:
    """The lines of an item, newest first, at most `limit`. `before` is the last line of the page before."""
    query = select(StockLine).where(StockLine.item_id == item_id)
    return db.session.scalars(newest_first(query, StockLine, before, limit)).all()
