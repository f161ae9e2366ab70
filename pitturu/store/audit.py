"""Checks the invariants, over all rows or, so that it can run often, over recent ones."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text

from pitturu.domain import clock
from pitturu.domain.verdict import Environment
from pitturu.extensions import db
from pitturu.store.invariants import Invariant, Scope, checked

MOST_ROWS: Final = 20
"""Listed for each invariant: enough to see what they have in common."""

HORIZON: Final = timedelta(hours=2)
"""Longer than any wait between two tries; an open row is due within it or by its deadline."""

OVERLAP: Final = 10_000
"""Lines of the timeline that are checked twice: a transaction may commit after one with a higher number."""

TIMEOUTS: Final = MappingProxyType({"recent": "20s", "full": "15min"})
"""Statement timeout of one query. A full audit of a big shop takes minutes; it only reads and blocks nothing."""


@dataclass(frozen=True)
class Rules:
    """Parameters of the invariants.

    `after` is the number of the last line of the timeline that was checked before, for RECENT.
    """

    due_limit: timedelta
    environment: Environment
    scope: Scope = Scope.FULL
    after: int = 0
    longest_wait: timedelta = HORIZON


@dataclass(frozen=True)
class Violation:
    """One broken invariant: its name, the rows that break it (at most 20), what to do, and the rows' sessions."""

    invariant: str
    rows: list[str]
    advice: str
    session_keys: list[UUID | None] = field(default_factory=list, compare=False)


_ALL: Final = """
    WITH s AS NOT MATERIALIZED (SELECT * FROM payment_sessions),
         p AS NOT MATERIALIZED (SELECT * FROM payment_history) """

_TOUCHED: Final = """
    WITH touched AS MATERIALIZED (
             SELECT session_key AS id FROM payment_events WHERE id > :after
             UNION SELECT id FROM payment_sessions WHERE due_at IS NOT NULL
             UNION SELECT session_key FROM audit_findings WHERE session_key IS NOT NULL),
         s AS NOT MATERIALIZED (SELECT * FROM payment_sessions WHERE id IN (SELECT id FROM touched)),
         p AS NOT MATERIALIZED (SELECT * FROM payment_history WHERE session_key IN (SELECT id FROM touched)) """


def check(rules: Rules) -> list[Violation]:
    """Every invariant that some row breaks. Reads one snapshot, so that concurrent work causes no false violation.

    Must be called outside of any transaction, because it begins and ends its own.
    """
    db.session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
    db.session.execute(text("SELECT set_config('statement_timeout', :time, true)"), {"time": TIMEOUTS[rules.scope]})
    try:
        found = [_broken(invariant, rules) for invariant in checked(rules.scope)]
    except BaseException:
        db.session.rollback()
        raise
    db.session.commit()
    return [violation for violation in found if violation.rows]


def last_line() -> int:
    """The number of the newest line of the timeline, 0 when there is none."""
    return db.session.scalar(text("SELECT max(id) FROM payment_events")) or 0


def _broken(invariant: Invariant, rules: Rules) -> Violation:
    query, values = statement(invariant, rules)
    rows = db.session.execute(text(query), values).all()
    return Violation(invariant.name, [name for name, _ in rows], invariant.advice, [key for _, key in rows])


def statement(invariant: Invariant, rules: Rules, now: datetime | None = None) -> tuple[str, dict[str, Any]]:
    """The SQL that finds rows which break this invariant, and its parameters."""
    now = now or clock.now()
    values = {
        "after": rules.after - OVERLAP,
        "limit": now - rules.due_limit,
        "horizon": now + rules.longest_wait,
        "sandbox": rules.environment is Environment.TEST,
    }
    base = _ALL if rules.scope is Scope.FULL else _TOUCHED
    query = f"{base} SELECT * FROM ({invariant.sql}) broken (name, session_key) ORDER BY name LIMIT {MOST_ROWS}"  # noqa: S608 - our own constants
    return query, {name: value for name, value in values.items() if f":{name}" in query}
