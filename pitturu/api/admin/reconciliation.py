"""Endpoints for operators: reconcile our records with PortOne's, and read the findings."""

from collections.abc import Sequence
from typing import Any

from flask import Response, stream_with_context, url_for

from pitturu import logs
from pitturu.api import operator_lines, pages
from pitturu.api.authentication import current, requires
from pitturu.api.contract import PREFIX, Blueprint
from pitturu.api.idempotency import user_post
from pitturu.api.refusals import refuses
from pitturu.api.schemas import comparisons
from pitturu.cli.reconciliation_report import FORMATS, POLICY, head
from pitturu.domain.errors import NotFound, Unprocessable
from pitturu.domain.operator_actions import OperatorAction, Thing
from pitturu.domain.roles import Permission
from pitturu.reconciliation import runs
from pitturu.reconciliation.runs import ReconciliationRequest
from pitturu.reconciliation.window import requested_window
from pitturu.services import services
from pitturu.store import reconciliation_rows
from pitturu.store.reconciliations import ReconciliationRun
from pitturu.store.unit_of_work import UnitOfWork, repeatable_read

blueprint = Blueprint(
    "comparisons",
    __name__,
    url_prefix=f"{PREFIX}/operations/comparisons",
    description="For operators: our records against PortOne's.",
)


@blueprint.post("")
@user_post
@requires(Permission.RECONCILE, OperatorAction.COMPARE)
@blueprint.arguments(comparisons.CompareSchema)
@blueprint.response(202, comparisons.ComparisonSchema)
@refuses(Unprocessable, "bad_window")
def compare(work: UnitOfWork, body: dict[str, Any]) -> Any:
    """Compare a time window with PortOne.

    A worker compares our records with PortOne's payment by payment; read the report at `Location`. An unfinished
    comparison of the same window is continued.
    """
    window = requested_window(body["begin"], body["end"])
    request = ReconciliationRequest(window, current().username, body["heal"])
    row = runs.begin(work, request, services().settings, logs.request_id())
    operator_lines.about(what=Thing("comparison", row.comparison_id), detail=request.summary)
    return _heads([row])[0], {"Location": url_for("comparisons.read_comparison", comparison_id=row.comparison_id)}


@blueprint.get("")
@requires(Permission.VIEW, None)
@blueprint.arguments(comparisons.ComparisonsQuerySchema, location="query")
@blueprint.response(200, comparisons.ComparisonsPageSchema)
@refuses(Unprocessable, "bad_cursor")
def list_comparisons(query: dict[str, Any]) -> Any:
    """List the comparisons.

    Newest first, each with its progress and the number of findings by kind and by state.
    """
    found = reconciliation_rows.page(query["scope"], pages.place(query["cursor"]), query["limit"] + 1)
    page = pages.cut(found, query["limit"])
    return page | {"items": _heads(page["items"])}


@blueprint.get("/<name:comparison_id>")
@requires(Permission.VIEW, OperatorAction.READ_COMPARISON)
@blueprint.arguments(comparisons.ReportQuerySchema, location="query")
@blueprint.response(200, comparisons.ComparisonReportSchema)
@refuses(NotFound, "comparison_not_found")
def read_comparison(query: dict[str, Any], comparison_id: str) -> Any:
    """Read the report of a comparison.

    JSON in pages, or everything as CSV or HTML, by `format`.
    """
    repeatable_read()
    row = reconciliation_rows.by_public_id(comparison_id)
    if row is None:
        raise NotFound("comparison_not_found", "No such comparison. GET /api/v1/operations/comparisons lists all.")
    operator_lines.about(what=Thing("comparison", comparison_id), detail=query["format"])
    if query["format"] != "json":
        return _file(row, query["format"])
    wanted = reconciliation_rows.in_state(query["state"])
    found = reconciliation_rows.findings(row.id, query["after"], query["limit"] + 1, *wanted)
    page = found[: query["limit"]]
    following = page[-1].number if len(found) > len(page) else None
    return _heads([row])[0] | {"findings": page, "next": following}


def _heads(rows: Sequence[ReconciliationRun]) -> list[dict[str, Any]]:
    """The comparisons, each with the number of its findings by state."""
    states = reconciliation_rows.by_state([row.id for row in rows])
    return [head(row) | {"states": states[row.id]} for row in rows]


def _file(row: ReconciliationRun, name: str) -> Response:
    media_type, write = FORMATS[name]
    response = Response(stream_with_context(write(row)), mimetype=media_type)
    response.headers["Content-Security-Policy"] = POLICY
    if name == "csv":
        response.headers["Content-Disposition"] = f'attachment; filename="{row.comparison_id}.csv"'
    return response
