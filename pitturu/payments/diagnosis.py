"""Why is this pending? What a session, payment, cancellation or webhook waits for, in words, and who must do what."""

from collections.abc import Sequence
from typing import Any

from pitturu.domain.errors import NotFound
from pitturu.payments.explanations import Explanation
from pitturu.payments.handler_registry import HandlerRegistry
from pitturu.store import dead_letters
from pitturu.store.base import Due, Keyed
from pitturu.store.dead_letters import StuckRow


def why(registry: HandlerRegistry, name: str) -> list[Explanation]:
    """The thing of that name explained, and then all that hangs on it. Raises NotFound."""
    return [explain(registry, row) for row in rows_of(registry, name)]


def rows_of(registry: HandlerRegistry, name: str) -> Sequence[Keyed]:
    """The row of that name, and then all that hangs on it. Raises NotFound."""
    row = registry.find(name)
    if row is None:
        detail = (
            "Nothing here has that name. Use a session_id, merchant_uid, payment_id, imp_uid, cancellation_id, or the"
            " id of a webhook as `flask --app wsgi pitturu dead` and the log show them."
        )
        raise NotFound("unknown_name", detail)
    return registry.with_related(row)


def explain(registry: HandlerRegistry, row: Keyed) -> Explanation:
    """What this one row waits for."""
    kind = registry.kind_of(row)
    said = kind.describe(row, registry.doing(row))
    work = _times(row) if isinstance(row, Due) else {}
    return Explanation(kind.name, said.id, said.status, since=said.since, **vars(said.waiting), **work)


def of_stuck(registry: HandlerRegistry, rows: Sequence[StuckRow]) -> list[Explanation]:
    """What these rows wait for, in the same order."""
    return [explain(registry, dead_letters.row_of(registry.row_kinds, one)) for one in rows]


def _times(row: Due) -> dict[str, Any]:
    """What every row that can be due knows about itself."""
    return {
        "attempts": row.attempts,
        "last_error": row.last_error,
        "next_try": row.due_at,
        "dead_since": row.dead_at,
    }
