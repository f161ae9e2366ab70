"""Sessions that one transaction changed are written in one statement, each only if nobody else changed it meanwhile.

SQLAlchemy writes rows that have a version one by one, since it counts how many it has hit. Here they are counted
together. One session alone is left to SQLAlchemy.
"""

import json
import os
from functools import lru_cache
from typing import Any

from sqlalchemy import TextClause, bindparam, event, inspect, text, update
from sqlalchemy.orm import Session, attributes
from sqlalchemy.orm.exc import StaleDataError

from pitturu.domain import clock
from pitturu.extensions import db
from pitturu.store.sessions import PaymentSession

HOW = os.environ.get("BENCH_UPDATE", "json")


def listen() -> None:
    """Do it before every flush of this process's sessions."""
    if HOW != "orm" and not event.contains(db.session, "before_flush", _write):
        event.listen(db.session, "before_flush", _write)


def _write(session: Session, _context: Any, _instances: Any) -> None:
    """Raises StaleDataError when a row was changed behind this transaction's back."""
    changed = [row for row in session.dirty if isinstance(row, PaymentSession) and session.is_modified(row)]
    if len(changed) < 2:
        return
    names = tuple(sorted({"version", "updated_at"}.union(*(inspect(row).committed_state for row in changed))))
    fresh = [_fresh(row, names) for row in changed]
    if HOW == "core":
        hit = session.connection().execute(_core(names), [{f"new_{n}": v for n, v in f.items()} for f in fresh])
    else:
        values = {"sessions": json.dumps(fresh, default=str, ensure_ascii=False)}
        hit = session.connection().execute(_statement(names), values)
    if hit.rowcount != len(changed):
        raise StaleDataError(f"{len(changed)} sessions were to be written, {hit.rowcount} were as they had been read.")
    for row, columns in zip(changed, fresh, strict=True):
        for name in names:
            attributes.set_committed_value(row, name, columns[name])


@lru_cache(maxsize=256)
def _core(names: tuple[str, ...]) -> Any:
    table: Any = PaymentSession.__table__
    return (
        update(table)
        .where(table.c.id == bindparam("new_id"), table.c.version == bindparam("new_version") - 1)
        .values({name: bindparam(f"new_{name}") for name in names})
    )


def _fresh(row: PaymentSession, names: tuple[str, ...]) -> dict[str, Any]:
    columns = {name: getattr(row, name) for name in names}
    return columns | {"id": row.id, "version": row.version + 1, "updated_at": clock.now()}


@lru_cache(maxsize=256)
def _statement(names: tuple[str, ...]) -> TextClause:
    """All columns that any of the rows changed; names are those of our own columns."""
    fresh = ", ".join(f"fresh.{name}" for name in names)
    return text(
        f"UPDATE payment_sessions SET ({', '.join(names)}) = ROW ({fresh})"  # noqa: S608
        " FROM jsonb_populate_recordset(NULL::payment_sessions, :sessions) fresh"
        " WHERE payment_sessions.id = fresh.id AND payment_sessions.version = fresh.version - 1"
    )
