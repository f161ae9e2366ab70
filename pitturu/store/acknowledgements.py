"""Cases that operators have dealt with elsewhere, and why nothing is left to do: they are on no list any more."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, ForeignKey, String, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import InstrumentedAttribute, Mapped, column_property, mapped_column

from pitturu.domain import clock
from pitturu.domain.work import Stuck
from pitturu.extensions import db
from pitturu.store import users
from pitturu.store.base import Base, Moment, any_of
from pitturu.store.unit_of_work import UnitOfWork
from pitturu.store.users import User

KEPT_FOR: Final = timedelta(days=400)
"""As long as alerts. A case that is still there then is listed again."""

LONGEST_NOTE: Final = 255


class Acknowledgement(Base):
    """`row_key` is the row of work, of whatever table, and `reason` why it waited. It covers what it waited for up to
    `at`: a row that fails again waits again. `user_key` is the operator, who may be erased."""

    __tablename__ = "acknowledgements"

    row_key: Mapped[UUID] = mapped_column(primary_key=True)
    reason: Mapped[str] = mapped_column(String(30), primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment, index=True)
    user_key: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    note: Mapped[str] = mapped_column(String(LONGEST_NOTE))
    by: Mapped[str | None] = column_property(select(User.username).where(User.id == user_key).scalar_subquery())


def covers(key: InstrumentedAttribute[UUID], reason: Stuck, since: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
    """SQL for: this case was acknowledged after it began."""
    same = Acknowledgement.row_key == key, Acknowledgement.reason == reason
    return select(Acknowledgement.row_key).where(*same, Acknowledgement.at >= since).exists()


def add(work: UnitOfWork, key: UUID, reason: Stuck, username: str, note: str) -> None:
    """Acknowledge a case, again if it was before."""
    new = {"at": clock.now(), "user_key": users.key_of(username), "note": note}
    row = insert(Acknowledgement).values(row_key=key, reason=reason, **new)
    work.session.execute(row.on_conflict_do_update(index_elements=["row_key", "reason"], set_=new))


def remove(work: UnitOfWork, key: UUID) -> bool:
    """The cases of this row are listed again; False when none was acknowledged."""
    removed = delete(Acknowledgement).where(Acknowledgement.row_key == key).returning(Acknowledgement.row_key)
    return work.session.scalars(removed).first() is not None


def of_rows(keys: Collection[UUID]) -> dict[tuple[UUID, str], Acknowledgement]:
    """The acknowledgements of these rows, by row and reason."""
    query = select(Acknowledgement).where(Acknowledgement.row_key == any_of(keys))
    found = db.session.scalars(query.execution_options(populate_existing=True))
    return {(one.row_key, one.reason): one for one in found}


def delete_expired() -> None:
    """Delete old ones; the rows that they are about have gone, as a rule."""
    db.session.execute(delete(Acknowledgement).where(Acknowledgement.at <= clock.now() - KEPT_FOR))
