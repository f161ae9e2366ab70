"""Logins: one row from the password to the last refresh token. All tokens of one login are one family."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple, cast
from uuid import UUID

from sqlalchemy import CursorResult, Delete, ForeignKey, String, bindparam, delete, false, select, update
from sqlalchemy.orm import Mapped, mapped_column

from pitturu.domain import clock
from pitturu.domain.roles import Role
from pitturu.extensions import db
from pitturu.store import autocommit
from pitturu.store.base import Base, Created, Keyed, Moment
from pitturu.store.unit_of_work import UnitOfWork
from pitturu.store.users import User

MOST_LISTED: Final = 100
"""A program that logs in for each of its runs has thousands in a month."""


class Client(NamedTuple):
    """Where a login is used: address (or network) and `User-Agent`, both bounded and printable."""

    address: str
    user_agent: str | None


class Login(Keyed, Created, Base):
    """`id` is the family of its tokens. Address and user agent are those of the last use, a login or a refresh."""

    __tablename__ = "logins"

    username: Mapped[str] = mapped_column(String(255), ForeignKey("users.username", ondelete="CASCADE"), index=True)
    last_used_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment, index=True)
    address: Mapped[str | None] = mapped_column(String(64))
    user_agent: Mapped[str | None] = mapped_column(String(200))
    second_factor: Mapped[bool] = mapped_column(default=False, server_default=false())


def add(work: UnitOfWork, login: Login) -> None:
    """Begin a login. Its refresh tokens can be added from now on."""
    work.session.add(login)
    work.session.flush()


def use(work: UnitOfWork, login_id: UUID, client: Client, expires_at: datetime) -> Login | None:
    """Record a refresh and lock the login until the transaction ends; None when it has ended.

    Whoever ends the login waits for the lock and then finds the token that this refresh adds.
    """
    used = update(Login).where(Login.id == login_id, Login.expires_at > clock.now())
    values = {"last_used_at": clock.now(), "expires_at": expires_at, **client._asdict()}
    return work.session.scalar(used.values(values).returning(Login))


def pass_second_factor(work: UnitOfWork, login_id: UUID) -> None:
    """The user has shown a second factor in this login."""
    work.session.execute(update(Login).where(Login.id == login_id).values(second_factor=True))


def forget_second_factor(work: UnitOfWork, username: str) -> None:
    """The second factor that the logins of this user have passed does not exist any more."""
    work.session.execute(update(Login).where(Login.username == username).values(second_factor=False))


def of_user(username: str) -> Sequence[Login]:
    """The user's logins that have not ended, the last used ones first, at most MOST_LISTED."""
    query = select(Login).where(Login.username == username, Login.expires_at > clock.now())
    return db.session.scalars(query.order_by(Login.last_used_at.desc(), Login.id).limit(MOST_LISTED)).all()


class Present(NamedTuple):
    """What a login gives at this moment, whatever its tokens say."""

    role: Role
    second_factor: bool


_PRESENT: Final = (
    select(User.role, Login.second_factor)
    .join(User, User.username == Login.username)
    .where(Login.id == bindparam("id"), Login.username == bindparam("username"), Login.expires_at > bindparam("now"))
)


def present(username: str, login_id: UUID) -> Present | None:
    """The user's present role, and whether this login has passed a second factor that still exists; None when the login
    has ended."""
    found = autocommit.first(_PRESENT, {"username": username, "id": login_id, "now": clock.now()})
    return None if found is None else Present(Role(found.role), bool(found.second_factor))


def end(work: UnitOfWork, login_id: UUID, username: str | None = None) -> bool:
    """End a login, of this user if one is given; False when there is none. Its refresh tokens are deleted with it."""
    ended = delete(Login).where(Login.id == login_id)
    return _count(work, ended if username is None else ended.where(Login.username == username)) > 0


def end_all(work: UnitOfWork, username: str, but: UUID | None = None) -> int:
    """End every login of this user, except one if it is given. Returns how many."""
    ended = delete(Login).where(Login.username == username)
    return _count(work, ended if but is None else ended.where(Login.id != but))


def delete_expired() -> None:
    """Delete logins that can no longer be continued, with their refresh tokens."""
    db.session.execute(delete(Login).where(Login.expires_at <= clock.now()))


def _count(work: UnitOfWork, statement: Delete) -> int:
    return cast("CursorResult[Any]", work.session.execute(statement)).rowcount
