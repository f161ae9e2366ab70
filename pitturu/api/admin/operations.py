"""Endpoints for operators: work that needs an operator, the reason, and how to resume it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from pitturu import logs
from pitturu.api import operator_lines
from pitturu.api.authentication import current, requires
from pitturu.api.contract import PREFIX, Blueprint
from pitturu.api.idempotency import user_post, user_put
from pitturu.api.operator_lines import Concerned
from pitturu.api.presenter import Presenter
from pitturu.api.refusals import refuses
from pitturu.api.schemas import operations as bodies
from pitturu.domain import clock
from pitturu.domain.errors import NotFound
from pitturu.domain.operator_actions import OperatorAction, Thing
from pitturu.domain.roles import Permission
from pitturu.domain.work import Remedy, Stuck
from pitturu.payments import diagnosis, replay, stuck_cases
from pitturu.payments.row_kinds import By
from pitturu.payments.stuck_cases import Case
from pitturu.services import services
from pitturu.store import audit_findings, dead_letters, lookup
from pitturu.store.base import Keyed
from pitturu.store.dead_letters import Wanted
from pitturu.store.unit_of_work import UnitOfWork, repeatable_read

blueprint = Blueprint(
    "operations", __name__, url_prefix=f"{PREFIX}/operations", description="For operators: work that needs attention."
)


PERMISSIONS: Final[Mapping[Remedy, Permission]] = {
    Remedy.REPLAY: Permission.REPLAY,
    Remedy.REFUND: Permission.CANCEL,
    Remedy.REFUND_ACCOUNT: Permission.CANCEL_BY_AMOUNT,
    Remedy.DECIDE: Permission.DECIDE_RETURN,
    Remedy.ACKNOWLEDGE: Permission.REPLAY,
}
"""What the endpoints behind each action require."""


@blueprint.get("/dead")
@requires(Permission.VIEW, OperatorAction.READ_STUCK_WORK)
@blueprint.arguments(bodies.DeadQuerySchema, location="query")
@blueprint.response(200, bodies.DeadSchema)
def list_dead(query: dict[str, Any]) -> Any:
    """List work that needs an operator.

    Work that ran out of attempts, and cases that need a decision, the longest waiting first. `todo` says what to
    do, and `actions` what this operator may do here.
    """
    repeatable_read()
    registry, kind, reason = services().registry, query["kind"], query["reason"]
    wanted = Wanted(kind, reason, acknowledged=query["acknowledged"])
    rows = dead_letters.page(registry.row_kinds, wanted, query["limit"])
    counts = dead_letters.count(registry.row_kinds, replace(wanted, reason=None))
    total = sum(count for (_, case), count in counts.items() if reason in (None, case))
    operator_lines.about(detail=f"{len(rows)} of {total} shown")
    listed = [{"kind": name, "reason": case, "count": count} for (name, case), count in counts.items() if count]
    return {"items": map(_case, stuck_cases.of(registry, rows)), "total": total, "counts": listed}


def _case(case: Case) -> Presenter:
    caller = current()
    return Presenter(
        case.explanation,
        reason=case.reason,
        waiting_since=case.waiting_since,
        session_id=case.session and case.session.session_id,
        merchant_uid=case.merchant_uid,
        payment_id=case.payment and case.payment.payment_id,
        amount=case.amount,
        actions=[one for one in case.remedies if caller.may(_needed(one, case.reason))],
        acknowledged=case.acknowledged,
    )


def _needed(remedy: Remedy, reason: Stuck) -> Permission:
    if remedy is Remedy.DECIDE and reason is Stuck.AWAITING_APPROVAL:
        return Permission.APPROVE_CANCEL
    return PERMISSIONS[remedy]


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


@blueprint.post("/acknowledge")
@user_post
@requires(Permission.REPLAY, OperatorAction.ACKNOWLEDGE)
@blueprint.arguments(bodies.AcknowledgeSchema)
@blueprint.response(200, bodies.AcknowledgementsSchema)
def acknowledge_cases(work: UnitOfWork, body: dict[str, Any]) -> Any:
    """Take cases off the list that were dealt with elsewhere.

    Nothing about them changes; they leave `GET /operations/dead`, the alerts and `/readyz`. What fails again is
    listed again. A return request or a large refund is left alone: it has to be approved or rejected.
    """
    result = stuck_cases.acknowledge(work, services().registry, body["ids"], current().username, body["note"])
    return _acknowledged(result, body["note"] if result.done else f"{body['note']}: nothing")


@blueprint.delete("/acknowledge/<anyname:id>")
@user_put
@requires(Permission.REPLAY, OperatorAction.REOPEN)
@blueprint.response(200, bodies.AcknowledgementsSchema)
def reopen_case(work: UnitOfWork, id: str) -> Any:
    """Put a case on the list again.

    Takes back what `POST /operations/acknowledge` did.
    """
    result = stuck_cases.reopen(work, services().registry, id)
    return _acknowledged(result, None if result.done else "nothing")


def _acknowledged(result: stuck_cases.Acknowledged, detail: str | None) -> dict[str, Any]:
    operator_lines.about_each([_concerned(row) for row in result.done.values()], detail)
    return {"acknowledged": [*result.done], "left_alone": _left(result.left_alone)}


def _concerned(row: Keyed) -> Concerned:
    found = diagnosis.explain(services().registry, row)
    return lookup.owner_of(row), Thing(found.kind, found.id)


def _left(reasons: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"id": name, "reason": reason} for name, reason in reasons.items()]


def _answer(result: replay.Replayed, remaining: int) -> dict[str, Any]:
    operator_lines.about(detail=result.summary)
    return {"replayed": result.done, "left_alone": _left(result.left_alone), "remaining": remaining}
