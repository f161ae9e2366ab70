"""The endpoint of the operators' overview."""

from collections import Counter
from typing import Any

from pitturu.api.authentication import requires
from pitturu.api.contract import PREFIX, Blueprint
from pitturu.api.refusals import refuses
from pitturu.api.schemas import overview as bodies
from pitturu.domain.errors import Unprocessable
from pitturu.domain.roles import Permission
from pitturu.reporting.overview import Overview, overview
from pitturu.store.unit_of_work import repeatable_read

blueprint = Blueprint(
    "overview", __name__, url_prefix=f"{PREFIX}/operations/overview", description="For operators: figures of the shop."
)


@blueprint.get("")
@requires(Permission.VIEW, None)
@blueprint.arguments(bodies.OverviewQuerySchema, location="query")
@blueprint.response(200, bodies.OverviewSchema)
@refuses(Unprocessable, "bad_span")
def read_overview(query: dict[str, Any]) -> Any:
    """Read the figures of the shop.

    How many payments succeeded and failed, what was received and refunded, and how webhooks were delivered. The
    figures are counted every few seconds, up to `as_of`. 422 `bad_span` for an empty span, or one that is too long
    for `by`.
    """
    repeatable_read()
    return _shown(overview(query["since"], query["until"], query["by"]))


def _shown(found: Overview) -> dict[str, Any]:
    by_won = sorted(found.ways.items(), key=lambda pair: (-pair[1].received.won, pair[0]))
    return {
        "since": found.span.since,
        "until": found.span.until,
        "by": found.period,
        "as_of": found.as_of,
        "total": found.total,
        "periods": [bodies.figures(figures, start=start) for start, figures in sorted(found.periods.items())],
        "ways": [bodies.figures(figures, **way._asdict()) for way, figures in by_won],
        "declines": _declines(found.declines),
        "time_to_paid": found.time_to_paid,
        "webhooks": [
            {"kind": kind, "outcome": outcome, "count": count}
            for (kind, outcome), count in sorted(found.webhooks.items())
        ],
        "webhook_lag": found.webhook_lag,
        "previous": {
            "since": found.previous.span.since,
            "until": found.previous.span.until,
            "total": found.previous.total,
            "declines": _declines(found.previous.declines),
            "time_to_paid": found.previous.time_to_paid,
        },
    }


def _declines(found: Counter[str]) -> list[dict[str, Any]]:
    return [{"reason": reason, "count": count} for reason, count in found.most_common()]
