"""Secrets that were mailed to users: the code that verifies an address, and the token of a password reset.

A user has one of each purpose: a newer one replaces it. Only keyed hashes are stored. The secret itself is made by the
worker that mails it, from the `nonce` of the message and DATA_KEYS, so that every try mails the same one.
"""

from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import ForeignKey, LargeBinary, SmallInteger, String, delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from pitturu.domain import clock
from pitturu.extensions import db
from pitturu.services import services
from pitturu.store.base import Base, Moment, one_of
from pitturu.store.unit_of_work import UnitOfWork

STORED: Final = "mailed secret"
"""The purpose of the hash that a secret is recognised by."""

MADE: Final = "make a secret"
"""The purpose of the hash that a secret is made of."""


class CodePurpose(StrEnum):
    """What a mailed secret is good for."""

    EMAIL = "email"
    PASSWORD = "password"  # noqa: S105 - no password.


class AccountCode(Base):
    """`hash` is null until the secret is mailed. `address_encrypted` is the address to verify, null for a password.

    `bound_to` is a hash of what must not have changed when a password is reset. `failures` counts wrong codes.
    """

    __tablename__ = "account_codes"
    __table_args__ = (one_of("purpose", CodePurpose),)

    username: Mapped[str] = mapped_column(
        String(255), ForeignKey("users.username", ondelete="CASCADE"), primary_key=True
    )
    purpose: Mapped[str] = mapped_column(String(10), primary_key=True)
    nonce: Mapped[str] = mapped_column(String(40))
    hash: Mapped[bytes | None] = mapped_column(LargeBinary, unique=True)
    address_encrypted: Mapped[bytes | None] = mapped_column(LargeBinary)
    bound_to: Mapped[bytes | None] = mapped_column(LargeBinary)
    failures: Mapped[int] = mapped_column(SmallInteger, default=0, server_default="0")
    requested_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment, index=True)

    @property
    def address(self) -> str:
        """The address to verify. Raises UnknownDataKey, and LookupError where there is none."""
        if self.address_encrypted is None:
            raise LookupError(self.purpose)
        return services().cipher.decrypt(self.address_encrypted, f"New e-mail of {self.username}").decode()

    def is_(self, secret: str) -> bool:
        """Whether this is the secret that was mailed."""
        return self.hash is not None and self.hash in services().cipher.digests(STORED, secret)


def put(work: UnitOfWork, code: AccountCode) -> bool:
    """Store a secret in place of an older one of its purpose; False when a newer one is stored."""
    values = {column.name: getattr(code, column.name) for column in AccountCode.__table__.columns}
    values["failures"] = 0
    row = insert(AccountCode).values(values)
    changes = {name: row.excluded[name] for name in values if name not in ("username", "purpose")}
    replaced = row.on_conflict_do_update(
        index_elements=["username", "purpose"],
        set_=changes,
        where=AccountCode.requested_at <= row.excluded.requested_at,
    )
    return work.session.scalar(replaced.returning(AccountCode.username)) is not None


def mailed(work: UnitOfWork, username: str, purpose: CodePurpose, nonce: str, secret: str) -> AccountCode | None:
    """Store the hash of the secret that is being mailed. None when the request was replaced, used or withdrawn."""
    same = AccountCode.username == username, AccountCode.purpose == purpose, AccountCode.nonce == nonce
    stored = update(AccountCode).where(*same).values(hash=hash_of(secret)).returning(AccountCode)
    return work.session.scalar(stored.execution_options(populate_existing=True))


def derived(nonce: str, username: str) -> bytes:
    """32 bytes that are the same for this message and user as long as the first of DATA_KEYS is, and that nobody can
    compute without it."""
    return services().cipher.digest(MADE, f"{nonce} {username}")


def hash_of(secret: str) -> bytes:
    """What is stored of a secret."""
    return services().cipher.digest(STORED, secret)


def holder(secret: str) -> str | None:
    """The name of the user who may set a new password with this secret now."""
    hashes = services().cipher.digests(STORED, secret)
    fresh = AccountCode.purpose == CodePurpose.PASSWORD, AccountCode.expires_at > clock.now()
    return db.session.scalar(select(AccountCode.username).where(AccountCode.hash.in_(hashes), *fresh))


def lock(work: UnitOfWork, username: str, purpose: CodePurpose) -> AccountCode | None:
    """The user's secret of this purpose that has not expired, locked until the transaction ends."""
    query = select(AccountCode).where(AccountCode.username == username, AccountCode.purpose == purpose)
    fresh = query.where(AccountCode.expires_at > clock.now())
    return work.session.scalar(fresh.with_for_update().execution_options(populate_existing=True))


def pending(username: str, purpose: CodePurpose) -> AccountCode | None:
    """The same without a lock."""
    query = select(AccountCode).where(AccountCode.username == username, AccountCode.purpose == purpose)
    return db.session.scalar(query.where(AccountCode.expires_at > clock.now()))


def forget(work: UnitOfWork, username: str, purpose: CodePurpose | None = None) -> None:
    """Make the user's mailed secrets worthless: those of this purpose, or all."""
    gone = delete(AccountCode).where(AccountCode.username == username)
    work.session.execute(gone if purpose is None else gone.where(AccountCode.purpose == purpose))


def delete_expired() -> None:
    """Delete secrets whose time is over."""
    db.session.execute(delete(AccountCode).where(AccountCode.expires_at <= clock.now()))
