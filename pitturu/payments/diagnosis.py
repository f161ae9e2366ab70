"""Explains why a session, payment, cancellation or webhook is pending, and who must do what."""

from collections.abc import Sequence
from typing import Any

from pitturu.domain.errors import NotFound
from pitturu.payments.explanations import Explanation
from pitturu.payments.handler_registry import HandlerRegistry
from pitturu.store import dead_letters
from pitturu.store.base import DueRow, Keyed
from pitturu.store.dead_letters import StuckRow


def why(registry: HandlerRegistry, name: str) -> list[Explanation]:
    """Explanations of the row of that id and of its related rows. Raises NotFound."""
    return [explain(registry, row) for row in rows_of(registry, name)]


def rows_of(registry: HandlerRegistry, name: str) -> Sequence[Keyed]:
    """The row of that id, and its related rows. Raises NotFound."""
    row = registry.find(name)
    if row is None:
        detail = (
            "No row has this id. Use a session_id, merchant_uid, payment_id, imp_uid, cancellation_id, or the"
            " id of a webhook as `flask --app wsgi pitturu dead` and the log show them."
        )
        raise NotFound("unknown_name", detail)
    return registry.with_related(row)


def explain(registry: HandlerRegistry, row: Keyed) -> Explanation:
    """What this row waits for."""
    kind = registry.kind_of(row)
    description = kind.describe(row, registry.doing(row))
    work = _times(row) if isinstance(row, DueRow) else {}
    waiting = vars(description.waiting)
    return Explanation(kind.name, description.id, description.status, since=description.since, **waiting, **work)


def of_stuck(registry: HandlerRegistry, rows: Sequence[StuckRow]) -> list[Explanation]:
    """What these rows wait for, in the same order."""
    return [explain(registry, row) for row in dead_letters.rows_of(registry.row_kinds, rows)]


def _times(row: DueRow) -> dict[str, Any]:
    """The values that every row of work has."""
    return {
        "attempts": row.attempts,
        "last_error": row.last_error,
        "next_try": row.due_at,
        "dead_since": row.dead_at,
    }
