"""Responses to requests with an Idempotency-Key, kept for a day so that a repeated request gets the same one."""

from datetime import timedelta
from hashlib import blake2b
from typing import Final

from sqlalchemy import ForeignKey, Index, LargeBinary, String, delete, func, select
from sqlalchemy.orm import Mapped, mapped_column

from pitturu.domain import clock
from pitturu.extensions import db
from pitturu.services import services
from pitturu.store.base import Base, Created
from pitturu.store.unit_of_work import UnitOfWork

KEPT_FOR: Final = timedelta(hours=24)


class IdempotencyKey(Created, Base):
    """One answered request of one user. It is inserted in the transaction of the request's changes."""

    __tablename__ = "idempotency_keys"
    __table_args__ = (Index("ix_idempotency_keys_created", "created_at"),)

    user_username: Mapped[str] = mapped_column(String(255), ForeignKey("users.username"), primary_key=True)
    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary)
    status_code: Mapped[int]
    location: Mapped[str | None] = mapped_column(String(500))
    body_encrypted: Mapped[bytes] = mapped_column(LargeBinary)

    @property
    def body(self) -> bytes:
        """The body of the response, which may hold a buyer's data. Raises UnknownDataKey."""
        where = f"The response of {self.created_at:%Y-%m-%d %H:%M:%S}Z under an Idempotency-Key"
        return services().cipher.decrypt(self.body_encrypted, where)


def lock(work: UnitOfWork, username: str, key: str) -> bool:
    """Lock this key until the transaction ends; False when another request with it is still running."""
    digest = blake2b(f"{username}\0{key}".encode(), digest_size=8).digest()
    number = int.from_bytes(digest, "big", signed=True)
    return bool(work.session.scalar(select(func.pg_try_advisory_xact_lock(number))))


def answered(work: UnitOfWork, username: str, key: str) -> IdempotencyKey | None:
    """The response to this key of the last 24 hours."""
    row = work.session.get(IdempotencyKey, (username, key))
    if row is not None and row.created_at <= clock.now() - KEPT_FOR:
        work.session.delete(row)
        work.session.flush()
        return None
    return row


def keep(
    work: UnitOfWork, username: str, key: str, fingerprint: bytes, status_code: int, location: str | None, body: bytes
) -> None:
    """Store a response with the work that it answers."""
    work.insert(
        IdempotencyKey,
        user_username=username,
        key=key,
        fingerprint=fingerprint,
        status_code=status_code,
        location=location,
        body_encrypted=services().cipher.encrypt(body),
    )


def delete_expired() -> None:
    """Delete responses that are no longer repeated."""
    db.session.execute(delete(IdempotencyKey).where(IdempotencyKey.created_at <= clock.now() - KEPT_FOR))
