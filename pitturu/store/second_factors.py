"""Second factors of users: the encrypted secret of their time-based codes (TOTP), and hashes of recovery codes."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from sqlalchemy import BigInteger, ForeignKey, LargeBinary, String, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from pitturu.domain import clock
from pitturu.services import services
from pitturu.store.base import Base, Created, Moment
from pitturu.store.unit_of_work import UnitOfWork

ENROLMENT_LIVES: Final = timedelta(minutes=15)
"""Enough to install an app. Who finds a secret on a screen later cannot switch it on."""


class SecondFactor(Created, Base):
    """Active once confirmed. `last_step` is the time step of the last accepted code: neither it nor an earlier one is
    accepted again."""

    __tablename__ = "second_factors"

    username: Mapped[str] = mapped_column(
        String(255), ForeignKey("users.username", ondelete="CASCADE"), primary_key=True
    )
    secret_encrypted: Mapped[bytes] = mapped_column(LargeBinary)
    confirmed_at: Mapped[datetime | None] = mapped_column(Moment)
    last_step: Mapped[int | None] = mapped_column(BigInteger)

    @property
    def secret(self) -> str:
        """The secret in base 32. Raises UnknownDataKey."""
        return services().cipher.decrypt(self.secret_encrypted, f"Second factor {self.username}").decode()


class RecoveryCode(Base):
    """An unused recovery code. Its 80 random bits cannot be guessed, so a fast hash is enough. Using it deletes it."""

    __tablename__ = "recovery_codes"

    username: Mapped[str] = mapped_column(
        String(255), ForeignKey("second_factors.username", ondelete="CASCADE"), primary_key=True
    )
    code_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)


def active(work: UnitOfWork, username: str) -> SecondFactor | None:
    """The user's second factor if it is active."""
    found = _of_user(work, username)
    return found if found is not None and found.confirmed_at is not None else None


def enrolment(work: UnitOfWork, username: str) -> SecondFactor | None:
    """The user's second factor that was begun lately and waits for its first code."""
    found = _of_user(work, username)
    waits = found is not None and found.confirmed_at is None and found.created_at > clock.now() - ENROLMENT_LIVES
    return found if waits else None


def begin(work: UnitOfWork, username: str, secret: str) -> bool:
    """Store the secret of an enrolment, in place of one that was not confirmed; False when one is active."""
    fresh = {"secret_encrypted": services().cipher.encrypt(secret.encode()), "created_at": clock.now()}
    row = insert(SecondFactor).values(username=username, **fresh)
    stored = row.on_conflict_do_update(
        index_elements=["username"], set_=fresh, where=SecondFactor.confirmed_at.is_(None)
    )
    return work.session.scalar(stored.returning(SecondFactor.username)) is not None


def activate(work: UnitOfWork, factor: SecondFactor, step: int) -> bool:
    """Make the factor active after its first code; False when that was done, or another secret was begun, meanwhile."""
    same = SecondFactor.username == factor.username, SecondFactor.secret_encrypted == factor.secret_encrypted
    confirmed = update(SecondFactor).where(*same, SecondFactor.confirmed_at.is_(None))
    values = {"confirmed_at": clock.now(), "last_step": step}
    return work.session.scalar(confirmed.values(values).returning(SecondFactor.username)) is not None


def use_step(work: UnitOfWork, username: str, step: int) -> bool:
    """Accept the code of this time step; False when it, or a later one, was accepted before. Of two concurrent callers
    one gets True."""
    later = or_(SecondFactor.last_step.is_(None), SecondFactor.last_step < step)
    used = update(SecondFactor).where(SecondFactor.username == username, SecondFactor.confirmed_at.is_not(None), later)
    return work.session.scalar(used.values(last_step=step).returning(SecondFactor.username)) is not None


def use_recovery_code(work: UnitOfWork, username: str, code: str) -> bool:
    """Use a recovery code; False when it was used or never issued. Of two concurrent callers one gets True."""
    used = delete(RecoveryCode).where(RecoveryCode.username == username, RecoveryCode.code_hash == _hash(code))
    return work.session.scalar(used.returning(RecoveryCode.username)) is not None


def add_recovery_codes(work: UnitOfWork, username: str, codes: Iterable[str]) -> None:
    """Store the hashes of recovery codes."""
    work.session.add_all(RecoveryCode(username=username, code_hash=_hash(code)) for code in codes)


def recovery_codes_left(work: UnitOfWork, username: str) -> int:
    """How many recovery codes are unused."""
    unused = select(func.count()).select_from(RecoveryCode).where(RecoveryCode.username == username)
    return work.session.scalar(unused) or 0


def remove(work: UnitOfWork, username: str) -> bool:
    """Remove the second factor and its recovery codes; False when there is none."""
    removed = delete(SecondFactor).where(SecondFactor.username == username)
    return work.session.scalar(removed.returning(SecondFactor.username)) is not None


def _of_user(work: UnitOfWork, username: str) -> SecondFactor | None:
    return work.session.get(SecondFactor, username, populate_existing=True)


def _hash(code: str) -> bytes:
    return sha256(code.encode()).digest()
