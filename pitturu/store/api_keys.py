"""API keys of the shop's servers. Of a key itself only a hash is stored. Rows stay, as records name them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, Row, String, bindparam, func, or_, select, update
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.orm import Mapped, column_property, mapped_column

from pitturu.domain import clock
from pitturu.domain.verdict import Environment
from pitturu.extensions import db
from pitturu.store import autocommit
from pitturu.store.base import Base, Created, Keyed, Moment, one_of
from pitturu.store.unit_of_work import UnitOfWork
from pitturu.store.users import User

LONGEST_NAME: Final = 40

USE_WRITTEN_EVERY: Final = timedelta(minutes=5)
"""How old `last_used_at` may be before a use is written: a write for each request would cost more than its check."""


class ApiKey(Keyed, Created, Base):
    """`name` is unique for ever, because timelines and logs refer to a key by it.

    `shown` is the beginning of the key, by which people recognise it; `hash` is the SHA-256 of all of it. `environment`
    is that of the installation which made it. It is valid until `expires_at` (null: without an end) or `ended_at`.
    `user_key` is who made it; null for somebody at a terminal.
    """

    __tablename__ = "api_keys"
    __table_args__ = (one_of("environment", Environment), Index("ix_api_keys_created", "created_at", "id"))

    name: Mapped[str] = mapped_column(String(LONGEST_NAME), unique=True)
    shown: Mapped[str] = mapped_column(String(20))
    hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    scopes: Mapped[list[str]] = mapped_column(ARRAY(String(40)))
    environment: Mapped[str] = mapped_column(String(10))
    user_key: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    last_used_at: Mapped[datetime | None] = mapped_column(Moment)
    expires_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    created_by: Mapped[str | None] = column_property(select(User.username).where(User.id == user_key).scalar_subquery())


_COLUMNS: Final = [ApiKey.__table__.columns[name] for name in ("id", "name", "scopes", "environment")]
_TIMES: Final = [ApiKey.__table__.columns[name] for name in ("last_used_at", "expires_at", "ended_at")]
_BY_HASH: Final = select(*_COLUMNS, *_TIMES).where(ApiKey.hash == bindparam("hash"))
_UNUSED: Final = or_(ApiKey.last_used_at.is_(None), ApiKey.last_used_at < bindparam("before"))
_USED: Final = update(ApiKey).where(ApiKey.id == bindparam("key"), _UNUSED).values(last_used_at=bindparam("at"))


def by_hash(digest: bytes) -> Row[Any] | None:
    """The columns of a key that its check needs, as they are now; also of one that has ended."""
    return autocommit.first(_BY_HASH, {"hash": digest})


def note_use(key: Row[Any]) -> None:
    """Write that this key is used, unless that was written lately."""
    now = clock.now()
    before = now - USE_WRITTEN_EVERY
    if key.last_used_at is None or key.last_used_at < before:
        autocommit.repeat(_USED, {"key": key.id, "before": before, "at": now})


def add(work: UnitOfWork, **columns: Any) -> ApiKey | None:
    """Add a key; None when its name is taken."""
    row = insert(ApiKey).values(created_at=clock.now(), **columns)
    return work.session.scalar(row.on_conflict_do_nothing(index_elements=["name"]).returning(ApiKey))


def lock(work: UnitOfWork, name: str) -> ApiKey | None:
    """A key under its row lock, as it is now."""
    return next(iter(work.lock(select(ApiKey).where(ApiKey.name == name))), None)


def everything() -> Sequence[ApiKey]:
    """All keys, also those that have ended, newest first."""
    query = select(ApiKey).order_by(ApiKey.created_at.desc(), ApiKey.id.desc())
    return db.session.scalars(query.execution_options(populate_existing=True)).all()


def count() -> int:
    """How many keys there are that have not ended."""
    return db.session.scalars(select(func.count()).select_from(ApiKey).where(ApiKey.ended_at.is_(None))).one()
