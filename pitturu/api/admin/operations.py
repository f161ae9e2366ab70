"""Endpoints for operators: work that needs an operator, the reason, and how to resume it."""

from datetime import timedelta
from typing import Any

from pitturu import logs
from pitturu.api import operator_lines
from pitturu.api.authentication import current, requires
from pitturu.api.contract import PREFIX, Blueprint
from pitturu.api.idempotency import user_post
from pitturu.api.refusals import refuses
from pitturu.api.schemas import operations as bodies
from pitturu.domain import clock
from pitturu.domain.errors import NotFound
from pitturu.domain.operator_actions import OperatorAction, Thing
from pitturu.domain.roles import Permission
from pitturu.payments import diagnosis, replay
from pitturu.payments.row_kinds import By
from pitturu.services import services
from pitturu.store import audit_findings, dead_letters, lookup
from pitturu.store.dead_letters import Wanted
from pitturu.store.unit_of_work import UnitOfWork, repeatable_read

blueprint = Blueprint(
    "operations", __name__, url_prefix=f"{PREFIX}/operations", description="For operators: work that needs attention."
)


@blueprint.get("/dead")
@requires(Permission.VIEW, OperatorAction.READ_STUCK_WORK)
@blueprint.arguments(bodies.DeadQuerySchema, location="query")
@blueprint.response(200, bodies.DeadSchema)
def list_dead(query: dict[str, Any]) -> Any:
    """List work that needs an operator.

    Work that ran out of attempts, and cases that need a decision, the longest waiting first. `todo` says what to
    do.
    """
    repeatable_read()
    wanted, registry = Wanted(query["kind"], query["reason"]), services().registry
    rows = dead_letters.page(registry.row_kinds, wanted, query["limit"])
    total = sum(dead_letters.count(registry.row_kinds, wanted).values())
    operator_lines.about(detail=f"{len(rows)} of {total} shown")
    return {"items": diagnosis.of_stuck(registry, rows), "total": total}


@blueprint.get("/audit")
@requires(Permission.VIEW, None)
@blueprint.response(200, bodies.AuditSchema)
def read_audit() -> Any:
    """Read which invariants are broken.

    The result of the last audits: what was found broken, since when, and what to do. An empty list is the normal
    case.
    """
    repeatable_read()
    return {"runs": audit_findings.runs(), "violations": audit_findings.broken_invariants()}


@blueprint.get("/why/<anyname:id>")
@requires(Permission.VIEW, OperatorAction.READ_EXPLANATION)
@blueprint.response(200, bodies.WhySchema)
@refuses(NotFound, "unknown_name")
def read_why(id: str) -> Any:
    """Explain why something is pending.

    Accepts any id of ours, an order number, or PortOne's imp_uid. Says who has to act next, and how.
    """
    repeatable_read()
    registry = services().registry
    rows = diagnosis.rows_of(registry, id)
    found = [diagnosis.explain(registry, row) for row in rows]
    operator_lines.about(lookup.owner_of(rows[0]), Thing(found[0].kind, found[0].id))
    return {"items": found}


@blueprint.post("/replay")
@user_post
@requires(Permission.REPLAY, OperatorAction.REPLAY)
@blueprint.arguments(bodies.ReplaySchema)
@blueprint.response(202, bodies.ReplayedSchema)
def replay_work(work: UnitOfWork, body: dict[str, Any]) -> Any:
    """Make work that ran out of attempts due again.

    Workers continue it afterwards; `GET /operations/why/{id}` reports the progress. What cannot be replayed is
    listed with the reason.
    """
    by, registry = By(current().username, logs.request_id()), services().registry
    if body["ids"] is not None:
        return _answer(replay.replay(work, registry, body["ids"], by), remaining=0)
    before = clock.now() - timedelta(seconds=body["older_than"] or 0)
    wanted = Wanted(body["kind"], before=before)
    result = replay.replay_dead(work, registry, wanted, bodies.MOST_AT_ONCE, by)
    return _answer(result, remaining=replay.count_dead(registry, wanted))


def _answer(result: replay.Replayed, remaining: int) -> dict[str, Any]:
    operator_lines.about(detail=result.summary)
    left = [{"id": name, "reason": reason} for name, reason in result.left_alone.items()]
    return {"replayed": result.done, "left_alone": left, "remaining": remaining}
