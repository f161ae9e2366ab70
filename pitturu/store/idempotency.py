"""Responses to requests with an Idempotency-Key, kept for a day so that a repeated request gets the same one.

Those of users and those of API keys are in tables of their own. `owner` is a username, or the name of an API key as
`usernames.KEY` marks it.
"""

from datetime import timedelta
from hashlib import blake2b
from typing import Final, cast

from sqlalchemy import ForeignKey, Index, LargeBinary, String, delete, func, select, union_all
from sqlalchemy.orm import Mapped, mapped_column

from pitturu.domain import clock, usernames
from pitturu.extensions import db
from pitturu.services import services
from pitturu.store.api_keys import LONGEST_NAME
from pitturu.store.base import Base, Created
from pitturu.store.history import Payment
from pitturu.store.sessions import PaymentSession
from pitturu.store.unit_of_work import UnitOfWork

KEPT_FOR: Final = timedelta(hours=24)


class StoredResponse(Created):
    """The response to one request. It is inserted in the transaction of the request's changes."""

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


class IdempotencyKey(StoredResponse, Base):
    """One answered request of one user."""

    __tablename__ = "idempotency_keys"
    __table_args__ = (Index("ix_idempotency_keys_created", "created_at"),)

    user_username: Mapped[str] = mapped_column(String(255), ForeignKey("users.username"), primary_key=True)


class ApiKeyIdempotencyKey(StoredResponse, Base):
    """One answered request of one API key."""

    __tablename__ = "api_key_idempotency_keys"
    __table_args__ = (Index("ix_api_key_idempotency_keys_created", "created_at"),)

    api_key: Mapped[str] = mapped_column(String(LONGEST_NAME), ForeignKey("api_keys.name"), primary_key=True)


StoredRow = IdempotencyKey | ApiKeyIdempotencyKey


def lock(work: UnitOfWork, owner: str, key: str) -> bool:
    """Lock this key until the transaction ends; False when another request with it is still running."""
    digest = blake2b(f"{owner}\0{key}".encode(), digest_size=8).digest()
    number = int.from_bytes(digest, "big", signed=True)
    return bool(work.session.scalar(select(func.pg_try_advisory_xact_lock(number))))


def answered(work: UnitOfWork, owner: str, key: str) -> StoredRow | None:
    """The response to this key of the last 24 hours."""
    table, whose = _table(owner)
    row = cast("StoredRow | None", work.session.get(table, whose | {"key": key}))
    if row is not None and row.created_at <= clock.now() - KEPT_FOR:
        work.session.delete(row)
        work.session.flush()
        return None
    return row


def keep(
    work: UnitOfWork, owner: str, key: str, fingerprint: bytes, status_code: int, location: str | None, body: bytes
) -> None:
    """Store a response with the work that it answers."""
    table, whose = _table(owner)
    work.insert(
        table,
        **whose,
        key=key,
        fingerprint=fingerprint,
        status_code=status_code,
        location=location,
        body_encrypted=services().cipher.encrypt(body),
    )


def delete_expired() -> None:
    """Delete responses that are no longer repeated."""
    for table in (IdempotencyKey, ApiKeyIdempotencyKey):
        db.session.execute(delete(table).where(table.created_at <= clock.now() - KEPT_FOR))


def forget_user(work: UnitOfWork, username: str) -> None:
    """Delete the responses to this user, and those to API keys that are about this user's orders."""
    work.session.execute(delete(IdempotencyKey).where(IdempotencyKey.user_username == username))
    sessions = select(PaymentSession.session_id).where(PaymentSession.user_username == username)
    payments = select(Payment.payment_id).where(Payment.user_username == username)
    named = func.regexp_replace(ApiKeyIdempotencyKey.location, "^.*/", "")
    about = delete(ApiKeyIdempotencyKey).where(named.in_(union_all(sessions, payments)))
    work.session.execute(about, execution_options={"synchronize_session": False})


def _table(owner: str) -> tuple[type[StoredRow], dict[str, str]]:
    """The table of this owner, and the column that names the owner."""
    if usernames.is_key(owner):
        return ApiKeyIdempotencyKey, {"api_key": owner.removeprefix(usernames.KEY)}
    return IdempotencyKey, {"user_username": owner}
