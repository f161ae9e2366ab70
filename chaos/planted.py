"""The application with planted bugs, to test the checker. CHAOS_PLANT selects them, separated by commas.

Only the commands of `make chaos ARGS="--plant ..."` import this module; the product does not refer to it.
"""

import contextlib
import os
import time
from typing import Any, Final

import psycopg
from sqlalchemy import event
from sqlalchemy.orm import Session
from sqlalchemy.sql.selectable import GenerativeSelect

from pitturu.config.settings import Settings
from pitturu.domain.errors import GatewayError
from pitturu.monitoring.process import ProcessKind, process_kind
from pitturu.outbound import senders
from pitturu.outbound.message import Message
from pitturu.store.outbound import Channel
from pitturu.store.sessions import PaymentSession
from pitturu.worker import celery_config

GUARDS: Final = (
    "DROP INDEX IF EXISTS uq_inventory_entries_one_grant",
    "DROP INDEX IF EXISTS uq_payment_history_one_accepted",
    "ALTER TABLE payment_history DROP CONSTRAINT IF EXISTS uq_payment_history_imp_uid",
    "DROP INDEX IF EXISTS uq_payment_history_imp_uid",
)
"""The constraints that refuse a second grant even without the lock."""
DELAY: Final = 0.15
"""Seconds."""


def without_lock() -> None:
    """No row is locked, and the constraints that back the locks are dropped."""
    GenerativeSelect.with_for_update = lambda query, **_: query  # type: ignore[method-assign]
    mapper: Any = PaymentSession.__mapper__
    mapper.version_id_col = None
    # A delay between reading and writing, so that concurrent transactions have read the same values.
    event.listen(Session, "before_commit", lambda _: time.sleep(DELAY))
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        for statement in GUARDS:
            connection.execute(statement)


def without_sweep() -> None:
    """Beat schedules no sweep: work whose wake-up was lost is never done, and retries do not happen."""
    usual = celery_config._beat

    def beat(settings: Settings) -> dict[str, Any]:
        noted = usual(settings)
        return noted | {"beat_schedule": {name: one for name, one in noted["beat_schedule"].items() if name != "sweep"}}

    celery_config._beat = beat


def without_retry() -> None:
    """An event counts as delivered whatever the endpoint answered, so it is never sent again."""
    usual = senders.SENDERS[Channel.WEBHOOK]

    def send(settings: Settings, message: Message) -> str:
        with contextlib.suppress(GatewayError):
            return usual(settings, message)
        return "delivered"

    senders.SENDERS[Channel.WEBHOOK] = send  # type: ignore[index]


PLANTS: Final = {"lock": without_lock, "sweep": without_sweep, "retry": without_retry}

for plant in os.environ["CHAOS_PLANT"].split(","):
    PLANTS[plant]()

# Only now, for the application is made while these are imported; a worker's answers no request.
if process_kind() is ProcessKind.WEB:
    from wsgi import app
else:
    from celery_worker import celery

__all__ = ["app", "celery"]
