"""The application with a bug in it, to see whether the checker notices. CHAOS_PLANT says which.

Only the commands of `make chaos ARGS="--plant ..."` come here; the product does not know that this exists.
"""

import os
import time
from typing import Any, Final

import psycopg
from sqlalchemy import event
from sqlalchemy.orm import Session
from sqlalchemy.sql.selectable import GenerativeSelect

from pitturu.config.settings import Settings
from pitturu.store.sessions import PaymentSession
from pitturu.worker import celery_config

GUARDS: Final = (
    "DROP INDEX IF EXISTS uq_inventory_entries_one_grant",
    "DROP INDEX IF EXISTS uq_payment_history_one_accepted",
    "ALTER TABLE payment_history DROP CONSTRAINT IF EXISTS uq_payment_history_imp_uid",
    "DROP INDEX IF EXISTS uq_payment_history_imp_uid",
)
"""What in the database would refuse a second grant, were the lock to fail."""
DAWDLE: Final = 0.15
"""Seconds."""


def without_lock() -> None:
    """No row is locked by anybody, and the guards behind the locks are gone as well."""
    GenerativeSelect.with_for_update = lambda query, **_: query  # type: ignore[method-assign]
    mapper: Any = PaymentSession.__mapper__
    mapper.version_id_col = None
    # Whoever has read dawdles before writing, so that everybody who comes at the same time has read the same.
    event.listen(Session, "before_commit", lambda _: time.sleep(DAWDLE))
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        for statement in GUARDS:
            connection.execute(statement)


def without_sweep() -> None:
    """Beat never looks at what is due: what Redis forgot stays forgotten, and no retry comes."""
    usual = celery_config._beat

    def beat(settings: Settings) -> dict[str, Any]:
        noted = usual(settings)
        return noted | {"beat_schedule": {name: one for name, one in noted["beat_schedule"].items() if name != "sweep"}}

    celery_config._beat = beat


PLANTS: Final = {"lock": without_lock, "sweep": without_sweep}

PLANTS[os.environ["CHAOS_PLANT"]]()

from celery_worker import app, celery  # noqa: E402 -- only now, for the application is made while this is imported.

__all__ = ["app", "celery"]
