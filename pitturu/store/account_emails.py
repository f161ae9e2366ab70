"""Verified e-mail addresses of users: encrypted, and found by a keyed hash. Several users may have the same one."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import ForeignKey, LargeBinary, String, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from pitturu.domain import clock
from pitturu.extensions import db
from pitturu.services import services
from pitturu.store.base import Base, Moment
from pitturu.store.unit_of_work import UnitOfWork
from pitturu.store.users import User

LOOKUP: Final = "account e-mail"
"""The purpose of the hash that an address is found by."""


class AccountEmail(Base):
    """The address that a user has shown to read mail at. `lookup` is made with the key that has encrypted the address,
    so both are renewed together."""

    __tablename__ = "account_emails"

    username: Mapped[str] = mapped_column(
        String(255), ForeignKey("users.username", ondelete="CASCADE"), primary_key=True
    )
    address_encrypted: Mapped[bytes] = mapped_column(LargeBinary)
    lookup: Mapped[bytes] = mapped_column(LargeBinary, index=True)
    verified_at: Mapped[datetime] = mapped_column(Moment)

    @property
    def address(self) -> str:
        """The address as it was typed. Raises UnknownDataKey."""
        return services().cipher.decrypt(self.address_encrypted, f"E-mail of {self.username}").decode()


def of_user(username: str) -> AccountEmail | None:
    """The verified address of this user."""
    found = select(AccountEmail).where(AccountEmail.username == username)
    return db.session.scalar(found.execution_options(populate_existing=True))


def users_of(address: str, most: int) -> Sequence[User]:
    """Users whose verified address this is, regardless of case, at most `most`: those who verified it first."""
    hashes = services().cipher.digests(LOOKUP, address.lower())
    query = select(User).join(AccountEmail, AccountEmail.username == User.username)
    return db.session.scalars(
        query.where(AccountEmail.lookup.in_(hashes)).order_by(AccountEmail.verified_at, User.username).limit(most)
    ).all()


def put(work: UnitOfWork, username: str, address: str) -> None:
    """Store the address that this user has just verified, in place of another one."""
    cipher = services().cipher
    values = {
        "address_encrypted": cipher.encrypt(address.encode()),
        "lookup": lookup_of(address.encode()),
        "verified_at": clock.now(),
    }
    row = insert(AccountEmail).values(username=username, **values)
    work.session.execute(row.on_conflict_do_update(index_elements=["username"], set_=values))


def remove(work: UnitOfWork, username: str) -> None:
    """Forget the address of this user."""
    work.session.execute(delete(AccountEmail).where(AccountEmail.username == username))


def lookup_of(address: bytes) -> bytes:
    """The hash that this address is found by from now on."""
    return services().cipher.digest(LOOKUP, address.decode().lower())
