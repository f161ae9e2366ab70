"""The application with a bug in it, to see whether the judge notices. CHAOS_PLANT says which.

Only the commands of `make chaos ARGS="--plant ..."` come here; the product does not know that this exists.
"""

import os
import time
from typing import Any, Final
from uuid import UUID

import psycopg
from sqlalchemy import select

from pitturu.store import sessions
from pitturu.store.sessions import PaymentSession
from pitturu.tasks import celery_settings, doors

GUARDS: Final = (
    "DROP INDEX IF EXISTS uq_inventory_entries_one_grant",
    "DROP INDEX IF EXISTS uq_payment_history_one_accepted",
    "ALTER TABLE payment_history DROP CONSTRAINT IF EXISTS uq_payment_history_imp_uid",
    "DROP INDEX IF EXISTS uq_payment_history_imp_uid",
)
"""What in the database would refuse a second grant, were the lock to fail."""


def without_lock() -> None:
    """Sessions are read without their row lock, and the guards behind it are gone as well."""

    def read(session_key: UUID) -> PaymentSession:
        query = select(PaymentSession).where(PaymentSession.id == session_key)
        found = sessions.db.session.scalars(query.execution_options(populate_existing=True)).one()
        time.sleep(0.15)  # Long enough for whoever comes at the same time to read the same.
        return found

    sessions.lock = read
    mapper: Any = PaymentSession.__mapper__
    mapper.version_id_col = None
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        for statement in GUARDS:
            connection.execute(statement)


def without_sweep() -> None:
    """Beat never looks at what is due: what Redis forgot stays forgotten, and no retry comes."""
    usual = celery_settings.celery_settings

    def settings(*given: Any) -> dict[str, Any]:
        told = usual(*given)
        return told | {"beat_schedule": {"clean": told["beat_schedule"]["clean"]}}

    celery_settings.celery_settings = settings
    doors.celery_settings = settings


PLANTS: Final = {"lock": without_lock, "sweep": without_sweep}

if plant := os.environ.get("CHAOS_PLANT"):
    PLANTS[plant]()
    # Only now, for the application is made while this is imported.
