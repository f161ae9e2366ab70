"""Sessions that one transaction changed are written in one statement, each only if nobody else changed it meanwhile.

SQLAlchemy writes rows that have a version one by one, since it counts how many it has hit. Here they are counted
together. One session alone is left to SQLAlchemy, which writes only the columns that changed.
"""

import json
from typing import Any, Final

from sqlalchemy import event, inspect, text
from sqlalchemy.orm import Session, attributes
from sqlalchemy.orm.exc import StaleDataError

from pitturu.domain import clock
from pitturu.extensions import db
from pitturu.store.sessions import PaymentSession

_NAMES: Final = tuple(column.name for column in PaymentSession.__table__.columns if not column.primary_key)
_TARGETS, _VALUES = ", ".join(_NAMES), ", ".join(f"fresh.{name}" for name in _NAMES)
_WRITE: Final = text(
    f"UPDATE payment_sessions SET ({_TARGETS}) = ({_VALUES})"  # noqa: S608 - Names of our own columns.
    " FROM jsonb_populate_recordset(NULL::payment_sessions, :sessions) fresh"
    " WHERE payment_sessions.id = fresh.id AND payment_sessions.version = fresh.version - 1"
)


def listen() -> None:
    """Do it before every flush of this process's sessions."""
    if not event.contains(db.session, "before_flush", _write):
        event.listen(db.session, "before_flush", _write)


def _write(session: Session, _context: Any, _instances: Any) -> None:
    """Raises StaleDataError when a row was changed behind this transaction's back."""
    changed = [row for row in session.dirty if isinstance(row, PaymentSession) and session.is_modified(row)]
    if len(changed) < 2:
        return
    fresh = [_fresh(row) for row in changed]
    hit = session.connection().execute(_WRITE, {"sessions": json.dumps(fresh, default=str, ensure_ascii=False)})
    if hit.rowcount != len(changed):
        raise StaleDataError(f"{len(changed)} sessions were to be written, {hit.rowcount} were as they had been read.")
    for row, columns in zip(changed, fresh, strict=True):
        for name in ("version", "updated_at", *inspect(row).committed_state):
            attributes.set_committed_value(row, name, columns[name])


def _fresh(row: PaymentSession) -> dict[str, Any]:
    columns = {name: getattr(row, name) for name in _NAMES}
    return columns | {"id": row.id, "version": row.version + 1, "updated_at": clock.now()}
