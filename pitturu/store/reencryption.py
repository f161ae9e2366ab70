"""Encrypts with the first key what is still stored with an older one, so that the older one can be dropped."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import ColumnElement, select, tuple_, update
from sqlalchemy.orm import InstrumentedAttribute

from pitturu.extensions import db
from pitturu.services import services
from pitturu.store import account_emails, autocommit
from pitturu.store.account_codes import AccountCode
from pitturu.store.account_emails import AccountEmail
from pitturu.store.cancellations import Cancellation
from pitturu.store.encryption import UnknownDataKey
from pitturu.store.event_endpoints import EventEndpoint
from pitturu.store.idempotency import ApiKeyIdempotencyKey, IdempotencyKey
from pitturu.store.second_factors import SecondFactor
from pitturu.store.sessions import PaymentSession

BATCH: Final = 500


@dataclass(frozen=True)
class EncryptedColumn:
    """A column with encrypted values, and the key of its table. `hashed` is a column with a keyed hash of the same
    value, and the function that makes it: it is renewed together with the value."""

    what: str
    column: InstrumentedAttribute[Any]
    key: tuple[InstrumentedAttribute[Any], ...]
    hashed: tuple[InstrumentedAttribute[Any], Callable[[bytes], bytes]] | None = None


COLUMNS: Final = (
    EncryptedColumn("Refund account", Cancellation.refund_encrypted, (Cancellation.cancellation_id,)),
    EncryptedColumn(
        "Response under an Idempotency-Key",
        IdempotencyKey.body_encrypted,
        (IdempotencyKey.user_username, IdempotencyKey.key),
    ),
    EncryptedColumn(
        "Response to an API key under an Idempotency-Key",
        ApiKeyIdempotencyKey.body_encrypted,
        (ApiKeyIdempotencyKey.api_key, ApiKeyIdempotencyKey.key),
    ),
    EncryptedColumn("Secret of an event endpoint", EventEndpoint.secret_encrypted, (EventEndpoint.endpoint_id,)),
    EncryptedColumn(
        "Old secret of an event endpoint", EventEndpoint.old_secret_encrypted, (EventEndpoint.endpoint_id,)
    ),
    EncryptedColumn("Number of a cash receipt", PaymentSession.cash_receipt_encrypted, (PaymentSession.session_id,)),
    EncryptedColumn("Second factor", SecondFactor.secret_encrypted, (SecondFactor.username,)),
    EncryptedColumn(
        "E-mail",
        AccountEmail.address_encrypted,
        (AccountEmail.username,),
        (AccountEmail.lookup, account_emails.lookup_of),
    ),
    EncryptedColumn("New e-mail", AccountCode.address_encrypted, (AccountCode.username, AccountCode.purpose)),
)


@dataclass
class Outcome:
    """How many values were encrypted anew, and a message for each that cannot be decrypted."""

    changed: int = 0
    unreadable: list[str] = field(default_factory=list)


def reencrypt(encrypted: EncryptedColumn) -> Outcome:
    """Go through a column in batches. Each value is written by itself and only if it is still the one that was read,
    so no worker waits and nothing that was erased meanwhile comes back."""
    outcome, after = Outcome(), None
    while rows := _batch(encrypted, after):
        for *key, value in rows:
            _renew(encrypted, key, value, outcome)
        after = rows[-1][:-1]
    return outcome


def _batch(encrypted: EncryptedColumn, after: Sequence[Any] | None) -> Sequence[Any]:
    query = select(*encrypted.key, encrypted.column).where(encrypted.column.is_not(None))
    if after is not None:
        query = query.where(tuple_(*encrypted.key) > tuple(after))
    rows = db.session.execute(query.order_by(*encrypted.key).limit(BATCH)).all()
    db.session.rollback()
    return rows


def _renew(encrypted: EncryptedColumn, key: list[Any], value: bytes, outcome: Outcome) -> None:
    cipher = services().cipher
    if cipher.is_current(value):
        return
    try:
        plain = cipher.decrypt(value, f"{encrypted.what} {' '.join(key)}")
    except UnknownDataKey as error:
        outcome.unreadable.append(str(error))
        return
    same: list[ColumnElement[bool]] = [column == part for column, part in zip(encrypted.key, key, strict=True)]
    table = encrypted.column.class_.__table__
    statement = update(table).where(*same, encrypted.column == value)
    values = {encrypted.column.key: cipher.encrypt(plain)}
    if encrypted.hashed is not None:
        column, make = encrypted.hashed
        values[column.key] = make(plain)
    autocommit.repeat(statement.values(values), {})
    outcome.changed += 1
