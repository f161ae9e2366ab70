"""Endpoints of the shop's own systems: where events are sent, which ones, with which secrets, and how that goes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, SmallInteger, String, func, select, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, column_property, mapped_column

from pitturu.domain import clock, ids
from pitturu.extensions import db
from pitturu.services import services
from pitturu.store.base import Base, Created, Keyed, Moment
from pitturu.store.encryption import UnknownDataKey
from pitturu.store.unit_of_work import UnitOfWork
from pitturu.store.users import User

OLD_SECRET_LIVES: Final = timedelta(hours=24)
"""After a rotation, both secrets sign for as long as a shop needs to change its own configuration."""

GONE_AFTER: Final = timedelta(days=3)
"""An endpoint that took nothing for this long is paused, when its first messages are out of tries too."""

LONGEST_URL: Final = 500
LONGEST_REASON: Final = 300


@dataclass(frozen=True)
class Receiver:
    """An endpoint as a sender needs it. `secrets` are all that are valid, the newest first; none where `problem` says
    why they cannot be read. `troubled`: its last message failed."""

    endpoint_id: str
    url: str = field(repr=False)
    secrets: tuple[str, ...] = field(repr=False)
    paused: bool = False
    problem: str = ""
    troubled: bool = False


class EventEndpoint(Keyed, Created, Base):
    """`types` are the types of events that it gets; all if there are none.

    `paused_at` is since when nothing is sent; `gone` says that it was paused by itself, `paused_reason` why.
    `failing_since` is the first failure after the last success. `rest_until`: it did not answer at all, so until then
    nothing is sent, and one message at a time afterwards, until it answers; `silences` counts how often in a row.
    `user_key` is who made it; null for somebody at a terminal.
    """

    __tablename__ = "event_endpoints"
    __table_args__ = (Index("ix_event_endpoints_created", "created_at", "id"),)

    endpoint_id: Mapped[str] = mapped_column(String(64), unique=True, default=lambda: ids.new("evp"))
    url: Mapped[str] = mapped_column(String(LONGEST_URL))
    description: Mapped[str] = mapped_column(String(200), default="", server_default="")
    types: Mapped[list[str]] = mapped_column(ARRAY(String(40)), default=list, server_default="{}")
    secret_encrypted: Mapped[bytes] = mapped_column(LargeBinary)
    old_secret_encrypted: Mapped[bytes | None] = mapped_column(LargeBinary)
    old_secret_until: Mapped[datetime | None] = mapped_column(Moment)
    user_key: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    paused_at: Mapped[datetime | None] = mapped_column(Moment)
    paused_reason: Mapped[str | None] = mapped_column(String(LONGEST_REASON))
    gone: Mapped[bool] = mapped_column(default=False, server_default="false")
    failing_since: Mapped[datetime | None] = mapped_column(Moment)
    rest_until: Mapped[datetime | None] = mapped_column(Moment)
    silences: Mapped[int] = mapped_column(SmallInteger, default=0, server_default="0")
    created_by: Mapped[str | None] = column_property(select(User.username).where(User.id == user_key).scalar_subquery())

    @property
    def enabled(self) -> bool:
        """Whether events are sent to it."""
        return self.paused_at is None

    @property
    def receiver(self) -> Receiver:
        """The endpoint for a sender."""
        try:
            secrets, problem = self._secrets(), ""
        except UnknownDataKey as error:
            secrets, problem = (), str(error)
        return Receiver(self.endpoint_id, self.url, secrets, not self.enabled, problem, self.failing_since is not None)

    def set_secret(self, secret: str) -> None:
        """Sign with this one from now on; the one before is valid for OLD_SECRET_LIVES, any older one ends."""
        if self.secret_encrypted is not None:
            self.old_secret_encrypted = self.secret_encrypted
            self.old_secret_until = clock.now() + OLD_SECRET_LIVES
        self.secret_encrypted = services().cipher.encrypt(secret.encode())

    def pause(self, reason: str, *, gone: bool) -> None:
        """Send nothing from now on."""
        self.paused_at, self.paused_reason, self.gone = clock.now(), reason[:LONGEST_REASON], gone

    def resume(self) -> None:
        """Send again, as if nothing had failed."""
        self.paused_at = self.paused_reason = self.failing_since = self.rest_until = None
        self.gone, self.silences = False, 0

    def _secrets(self) -> tuple[str, ...]:
        stored = [self.secret_encrypted]
        if self.old_secret_encrypted is not None and (self.old_secret_until or clock.now()) > clock.now():
            stored.append(self.old_secret_encrypted)
        where = f"The secret of event endpoint {self.endpoint_id}"
        return tuple(services().cipher.decrypt(one, where).decode() for one in stored)


def everything() -> Sequence[EventEndpoint]:
    """All endpoints, oldest first."""
    query = select(EventEndpoint).order_by(EventEndpoint.created_at, EventEndpoint.id)
    return db.session.scalars(query.execution_options(populate_existing=True)).all()


def lock(work: UnitOfWork, endpoint_id: str) -> EventEndpoint | None:
    """One endpoint under its row lock, as it is now."""
    return next(iter(work.lock(select(EventEndpoint).where(EventEndpoint.endpoint_id == endpoint_id))), None)


def by_public_id(endpoint_id: str) -> EventEndpoint | None:
    """One endpoint, as it is now."""
    query = select(EventEndpoint).where(EventEndpoint.endpoint_id == endpoint_id)
    return db.session.scalar(query.execution_options(populate_existing=True))


def count() -> int:
    """How many there are."""
    return db.session.scalars(select(func.count()).select_from(EventEndpoint)).one()


def gone() -> Sequence[EventEndpoint]:
    """Those that were paused by themselves."""
    return db.session.scalars(select(EventEndpoint).where(EventEndpoint.gone).order_by(EventEndpoint.paused_at)).all()


def lock_unless_busy(work: UnitOfWork, endpoint_id: str) -> EventEndpoint | None:
    """One endpoint under its row lock; None while another transaction has it, so that nobody waits who holds messages
    that the other one may wait for."""
    query = select(EventEndpoint).where(EventEndpoint.endpoint_id == endpoint_id).with_for_update(skip_locked=True)
    return work.session.scalar(query.execution_options(populate_existing=True))


def begin_probe(work: UnitOfWork, endpoint_id: str, until: datetime) -> bool:
    """Whether this worker may send one message to an endpoint whose rest is over. No other one may before `until`."""
    over = EventEndpoint.endpoint_id == endpoint_id, EventEndpoint.rest_until <= clock.now()
    probed = update(EventEndpoint).where(*over).values(rest_until=until)
    options = {"synchronize_session": False}
    return work.session.scalar(probed.returning(EventEndpoint.id), execution_options=options) is not None
