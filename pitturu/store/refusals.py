"""When PortOne last refused our keys, by the API that refused."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import String, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from pitturu.domain import clock
from pitturu.domain.errors import AccessRefused
from pitturu.extensions import db
from pitturu.store.base import Base, Moment
from pitturu.store.unit_of_work import UnitOfWork


class Refusal(Base):
    """The last time that this API answered 401 or 403; `reason` is the error's message."""

    __tablename__ = "portone_refusals"

    generation: Mapped[str] = mapped_column(String(10), primary_key=True)
    refused_at: Mapped[datetime] = mapped_column(Moment)
    reason: Mapped[str] = mapped_column(String(500))


def note(work: UnitOfWork, error: AccessRefused) -> None:
    """Record that an API refuses our keys now."""
    row = insert(Refusal).values(generation=error.generation or "", refused_at=clock.now(), reason=error.message)
    newest = {"refused_at": row.excluded.refused_at, "reason": row.excluded.reason}
    work.session.execute(row.on_conflict_do_update(index_elements=["generation"], set_=newest))


def since(moment: datetime) -> Sequence[Refusal]:
    """The refusals since then, by generation."""
    query = select(Refusal).where(Refusal.refused_at >= moment).order_by(Refusal.generation)
    return db.session.scalars(query.execution_options(populate_existing=True)).all()
