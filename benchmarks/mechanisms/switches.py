"""What is usual in place of each mechanism: the functions that a process without it replaces.

`without()` is called before the application is created, with the name of a mechanism in MECHANISM_OFF.
"""

import os
from collections.abc import Callable, Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Engine, create_engine
from sqlalchemy.dialects.postgresql import insert

from pitturu import registry
from pitturu.api import authentication
from pitturu.api.rate_counter import RateCounter
from pitturu.config.settings import Settings
from pitturu.extensions import db
from pitturu.services import services
from pitturu.store import autocommit, bulk_insert, bulk_update, engines, items, read_only
from pitturu.store.base import Base
from pitturu.store.unit_of_work import UnitOfWork
from pitturu.worker.publisher import CHANGES, RedisPublisher

OFF: Final = "MECHANISM_OFF"

Replaced = Sequence[tuple[Any, str, object]]
"""Attributes of modules, classes and handlers, and what takes their place."""


def without() -> None:
    """Switch off the mechanism that the environment names, if any. Raises KeyError for an unknown name, and
    AttributeError for a function that is gone."""
    name = os.environ.get(OFF)
    for owner, attribute, new in SWITCHES[name]() if name else ():
        getattr(owner, attribute)
        if isinstance(owner, type):
            setattr(owner, attribute, new)
        else:
            # Handlers are frozen.
            object.__setattr__(owner, attribute, new)


def _insert_buffer() -> Replaced:
    """Each row is inserted when it is added, by a statement of its own."""

    def insert_now(work: UnitOfWork, model: type[Base], **columns: object) -> dict[str, Any]:
        row = bulk_insert.complete(model, columns)
        work.session.flush()
        _insert(work.session, model, [row])
        return row

    return [(UnitOfWork, "insert", insert_now)]


def _one_insert() -> Replaced:
    """One statement a table, which SQLAlchemy makes, in the transaction of the rest."""

    def write(
        rows: bulk_insert.Rows, wanted: Mapping[UUID, int] = MappingProxyType({}), *, last: bool = False
    ) -> Collection[UUID]:
        session = db.session()
        session.flush()
        short = items.take(wanted) if wanted else ()
        order = list(Base.metadata.sorted_tables)
        for model in sorted(() if short else rows, key=lambda model: order.index(model.__table__)):
            _insert(session, model, rows[model])
        return short

    return [(bulk_insert, "write", write)]


def _insert(session: Any, model: type[Base], rows: list[dict[str, Any]]) -> None:
    statement = insert(model)
    if model.inserted_once_by is not None:
        statement = statement.on_conflict_do_nothing(index_elements=[model.inserted_once_by])
    session.connection().execute(statement, rows)


def _locked_rows() -> Replaced:
    """Nothing is locked or read for many sessions at once: each reads its own rows."""
    return [(handler, "prefetch", lambda _work, _claimed: None) for handler in registry.HANDLERS]


def _bulk_update() -> Replaced:
    """SQLAlchemy's flush updates each changed session with a statement of its own."""
    return [(bulk_update, "listen", lambda: None)]


def _autocommit() -> Replaced:
    """Each statement is a transaction: BEGIN, the statement, COMMIT."""

    def make_engine(settings: Settings) -> Engine:
        sized = {"pool_size": min(autocommit.CONNECTIONS, settings.database_pool), "pool_pre_ping": False}
        return create_engine(settings.sqlalchemy_url, **engines.options(settings, "single_statements") | sized)

    def run(work: Callable[..., Any], engine: Engine | None = None) -> Any:
        with (engine or services().autocommit).begin() as connection:
            return work(connection)

    def once(statement: str, values: dict[str, Any]) -> Any:
        return run(lambda connection: connection.exec_driver_sql(statement, values).scalars().all())

    return [(autocommit, "make_engine", make_engine), (autocommit, "_with_reconnect", run), (autocommit, "once", once)]


def _marks() -> Replaced:
    """Every commit sends its wake-ups, whether one is on its way or not."""

    def send(publisher: Any, wakes: list[str], changes: list[str]) -> None:
        pipeline = publisher._redis.pipeline(transaction=False)
        for session_id in changes:
            pipeline.publish(CHANGES, session_id)
        pipeline.execute()
        publisher._send_tasks(wakes)

    return [(RedisPublisher, "_send", send), (RedisPublisher, "claiming", lambda _publisher, _job: None)]


def _believed_tokens() -> Replaced:
    """The signature of each request's token is verified."""
    return [(authentication, "remembering_check", lambda: authentication._check)]


def _shares() -> Replaced:
    """Each request is counted in Redis."""
    return [(RateCounter, "hit", lambda counter, rate, who: counter._take(rate, who, 1))]


def _read_only() -> Replaced:
    """A transaction that only read ends with ROLLBACK."""
    return [(read_only, "listen", lambda _engine: None), (read_only, "finish", lambda _session: None)]


SWITCHES: Final[Mapping[str, Callable[[], Replaced]]] = {
    "insert buffer": _insert_buffer,
    "one insert for all tables": _one_insert,
    "locked rows": _locked_rows,
    "versioned bulk update": _bulk_update,
    "statements without a transaction": _autocommit,
    "on-its-way marks": _marks,
    "believed tokens": _believed_tokens,
    "rates in growing shares": _shares,
    "read-only COMMIT": _read_only,
}
