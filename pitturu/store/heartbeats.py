"""Signs of life from beat and workers, so that silence can be seen from outside."""

from datetime import datetime

from sqlalchemy import String, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from pitturu.domain import clock
from pitturu.extensions import db
from pitturu.store.base import Base, Moment


class Heartbeat(Base):
    """When a kind of process was last seen working."""

    __tablename__ = "heartbeats"

    name: Mapped[str] = mapped_column(String(30), primary_key=True)
    seen_at: Mapped[datetime] = mapped_column(Moment)


def beat(name: str) -> None:
    """Note a sign of life."""
    row = insert(Heartbeat).values(name=name, seen_at=clock.now())
    db.session.execute(row.on_conflict_do_update(index_elements=["name"], set_={"seen_at": row.excluded.seen_at}))


def last_seen() -> dict[str, datetime]:
    """Every kind of process with its last sign of life."""
    return {beat.name: beat.seen_at for beat in db.session.scalars(select(Heartbeat))}
