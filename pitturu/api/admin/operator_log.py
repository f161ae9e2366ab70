"""The endpoint of the operator log."""

from typing import Any

from pitturu.api import operator_lines, pages
from pitturu.api.authentication import requires
from pitturu.api.contract import PREFIX, Blueprint
from pitturu.api.refusals import refuses
from pitturu.api.schemas import operator_log as bodies
from pitturu.domain.errors import Unprocessable
from pitturu.domain.operator_actions import OperatorAction
from pitturu.domain.roles import Permission
from pitturu.store import operator_log
from pitturu.store.operator_log import LogFilter

blueprint = Blueprint(
    "operator_log",
    __name__,
    url_prefix=f"{PREFIX}/operations/log",
    description="For admins: what operators did and looked at.",
)


@blueprint.get("")
@requires(Permission.READ_OPERATOR_LOG, OperatorAction.READ_OPERATOR_LOG)
@blueprint.arguments(bodies.OperatorLogQuerySchema, location="query")
@blueprint.response(200, bodies.OperatorLogPageSchema)
@refuses(Unprocessable, "bad_cursor")
def read_log(query: dict[str, Any]) -> Any:
    """Read the operator log.

    What operators did and looked at, newest first. Reading it adds a line, too.
    """
    limit, before = query.pop("limit"), pages.place(query.pop("cursor"))
    page = pages.cut(operator_log.page(LogFilter(**query, before=before), limit + 1), limit)
    operator_lines.about(query["whom"], detail=f"{len(page['items'])} lines shown")
    return page
