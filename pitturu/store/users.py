"""Users: buyers and operators, and their refresh tokens."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import (
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    and_,
    bindparam,
    case,
    cast,
    delete,
    func,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from pitturu.domain import clock, usernames
from pitturu.domain.roles import Role
from pitturu.extensions import db
from pitturu.services import services
from pitturu.store import autocommit
from pitturu.store.base import Base, Created, Keyed, Moment, one_of
from pitturu.store.errors import violated
from pitturu.store.paging import newest_first
from pitturu.store.unit_of_work import UnitOfWork

FORMER_NAME: Final = "former name"
"""The purpose of the hash of an erased user's name."""

NO_GUEST: Final = f"username NOT LIKE '{usernames.GUEST}%'"


class User(Keyed, Created, Base):
    """`password_hash` is null for users of an external issuer, who never log in here, and for erased ones.

    `role` is of logins here. `role_limit` bounds what a token of the external issuer gives; null does not.
    `former_name` is a keyed hash of the name before the erasure, until access tokens with that name have expired.
    """

    __tablename__ = "users"
    __table_args__ = (
        one_of("role", Role),
        one_of("role_limit", Role),
        Index("ix_users_created", "created_at", "id"),
        Index("ix_users_people", "created_at", "id", postgresql_where=NO_GUEST),
        Index("ix_users_erased", "erased_at", postgresql_where="erased_at IS NOT NULL"),
        Index("ix_users_former_name", "former_name", postgresql_where="former_name IS NOT NULL"),
    )

    username: Mapped[str] = mapped_column(String(255), unique=True)
    password_hash: Mapped[str | None] = mapped_column(String(255))
    role: Mapped[str] = mapped_column(String(20), default="buyer", server_default="buyer")
    role_limit: Mapped[str | None] = mapped_column(String(20))
    erased_at: Mapped[datetime | None] = mapped_column(Moment)
    former_name: Mapped[bytes | None] = mapped_column(LargeBinary)

    @property
    def logs_in(self) -> bool:
        """Whether this user has a password here."""
        return self.password_hash is not None


class RefreshToken(Base):
    """An unused refresh token. Using it deletes it; using it a second time ends its login (`pitturu.store.logins`)."""

    __tablename__ = "refresh_tokens"

    jti: Mapped[UUID] = mapped_column(primary_key=True)
    family: Mapped[UUID] = mapped_column(ForeignKey("logins.id", ondelete="CASCADE"), index=True)
    username: Mapped[str] = mapped_column(String(255), ForeignKey("users.username", ondelete="CASCADE"))
    expires_at: Mapped[datetime] = mapped_column(Moment, index=True)


def by_username(username: str) -> User | None:
    """The user of that name."""
    return db.session.scalar(select(User).where(User.username == username))


def by_key(key: UUID) -> User | None:
    """The user of this key."""
    return db.session.get(User, key)


def key_of(username: str) -> UUID | None:
    """The key of the user of that name."""
    return db.session.scalar(select(User.id).where(User.username == username))


def page(search: str | None, role: Role | None, before: tuple[datetime, UUID] | None, limit: int) -> Sequence[User]:
    """Users whose name contains `search`, newest first, at most `limit`. `before` is the last one of the last page.

    Guests are found by a search for their prefix only: a shop may have one for each order.
    """
    query = select(User)
    if search is None or not usernames.is_guest(search):
        query = query.where(text(NO_GUEST))
    if search is not None:
        query = query.where(User.username.icontains(search, autoescape=True))
    if role is not None:
        query = query.where(User.role == role)
    return db.session.scalars(newest_first(query, User, before, limit)).all()


def ensure(work: UnitOfWork, username: str, password_hash: str | None = None, role: Role = Role.BUYER) -> bool:
    """Add the user unless the name is taken; True when added."""
    row = insert(User).values(id=uuid4(), username=username, password_hash=password_hash, role=role)
    return work.session.scalar(row.on_conflict_do_nothing(index_elements=["username"]).returning(User.id)) is not None


def add_token(work: UnitOfWork, jti: UUID, family: UUID, username: str, expires_at: datetime) -> None:
    """Allow this refresh token to be used once."""
    work.session.add(RefreshToken(jti=jti, family=family, username=username, expires_at=expires_at))


def use_token(work: UnitOfWork, jti: UUID) -> bool:
    """Use a refresh token; False when it was used, revoked or never issued. Of two concurrent callers one gets True."""
    used = delete(RefreshToken).where(RefreshToken.jti == jti, RefreshToken.expires_at > clock.now())
    return work.session.scalar(used.returning(RefreshToken.jti)) is not None


def lock_password(work: UnitOfWork, username: str, password_hash: str) -> bool:
    """Lock the user until the transaction ends; False when the password has changed since this hash was verified.

    Without it a login that began before a change of the password would survive it.
    """
    same = select(User.id).where(User.username == username, User.password_hash == password_hash)
    return work.session.scalar(same.with_for_update(key_share=True)) is not None


def lock(work: UnitOfWork, username: str) -> User | None:
    """The user of that name, locked until the transaction ends."""
    query = select(User).where(User.username == username).with_for_update(key_share=True)
    return work.session.scalar(query.execution_options(populate_existing=True))


def set_password_hash(work: UnitOfWork, username: str, password_hash: str) -> None:
    """Store the hash of a new password, or of the same one made with newer parameters."""
    work.session.execute(update(User).where(User.username == username).values(password_hash=password_hash))


_ROLE_LIMIT: Final = select(User.role_limit).where(User.username == bindparam("username"))


def role_limit(username: str) -> Role | None:
    """The highest role that a token of the external issuer may give this user; None without a limit."""
    found = autocommit.first(_ROLE_LIMIT, {"username": username})
    return None if found is None or found.role_limit is None else Role(found.role_limit)


def lock_with_admins(work: UnitOfWork, key: UUID) -> tuple[User | None, int]:
    """The user of this key, and how many others are admins who can log in. All are locked, so that of two admins who
    demote each other one finds the other's change."""
    admins = and_(User.role == Role.ADMIN, User.password_hash.is_not(None))
    query = select(User).where(or_(User.id == key, admins)).order_by(User.id)
    # Lines of the operator log refer to users, and may be written meanwhile.
    locked = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    found = {user.id: user for user in work.session.scalars(locked)}
    user = found.pop(key, None)
    return user, len(found)


def rename(work: UnitOfWork, username: str) -> str:
    """Take password, role and name from a user. Returns the name that replaces the old one everywhere."""
    pseudonym = func.concat("erased-", func.left(cast(User.id, Text), 8))
    nobody = {"username": case((User.erased_at.is_(None), pseudonym), else_=User.username), "password_hash": None}
    rights = {"role": Role.BUYER, "role_limit": Role.BUYER, "erased_at": clock.now()}
    former = services().cipher.digest(FORMER_NAME, username)
    rights["former_name"] = case((User.erased_at.is_(None), former), else_=User.former_name)
    changed = update(User).where(User.username == username).values({**nobody, **rights})
    return str(work.session.scalar(changed.returning(User.username).execution_options(synchronize_session=False)))


def was_erased_since(username: str, moment: datetime) -> bool:
    """Whether a user of this name was erased after this time. Access tokens name users, so whoever was erased could act
    for another one who takes the name while a token is valid."""
    former = User.former_name.in_(services().cipher.digests(FORMER_NAME, username)), User.erased_at > moment
    return db.session.scalar(select(User.id).where(*former).limit(1)) is not None


def forget_former_names(before: datetime) -> None:
    """Forget the names of those who were erased before this time."""
    old = User.former_name.is_not(None), User.erased_at <= before
    db.session.execute(
        update(User).where(*old).values(former_name=None), execution_options={"synchronize_session": False}
    )


def has_gone(error: IntegrityError) -> bool:
    """Whether a row could not be written because its user was erased meanwhile."""
    return (violated(error) or "").endswith("_user_username_users")
