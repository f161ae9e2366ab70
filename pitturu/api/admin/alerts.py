"""Endpoints of alerts: which are open, which were, and muting their messages for some hours."""

from typing import Any

from pitturu.api import operator_lines, pages
from pitturu.api.authentication import requires
from pitturu.api.contract import PREFIX, Blueprint
from pitturu.api.idempotency import user_post, user_put
from pitturu.api.presenter import Presenter
from pitturu.api.refusals import refuses
from pitturu.api.schemas import alerts as bodies
from pitturu.domain.errors import NotFound, Unprocessable
from pitturu.domain.operator_actions import OperatorAction
from pitturu.domain.roles import Permission
from pitturu.outbound import alert_rules
from pitturu.outbound import alerts as evaluation
from pitturu.outbound.alert_rules import Rule
from pitturu.store import alerts
from pitturu.store.alerts import AlertState
from pitturu.store.unit_of_work import UnitOfWork, repeatable_read

blueprint = Blueprint(
    "alerts", __name__, url_prefix=f"{PREFIX}/operations/alerts", description="For operators: alerts of this system."
)


@blueprint.get("")
@requires(Permission.VIEW, None)
@blueprint.arguments(bodies.AlertsQuerySchema, location="query")
@blueprint.response(200, bodies.AlertsPageSchema)
@refuses(Unprocessable, "bad_cursor")
def list_alerts(query: dict[str, Any]) -> Any:
    """List alerts and their rules.

    Shows what each rule measured last, and the alerts, newest first. `open` leaves out those that have ended.
    """
    repeatable_read()
    states = alerts.states()
    rules = [_present(rule, states.get(rule.name)) for rule in alert_rules.RULES]
    found = alerts.page(query["open"], pages.place(query["cursor"]), query["limit"] + 1)
    return {"rules": rules, **pages.cut(found, query["limit"])}


@blueprint.post("/<anyname:rule>/mute")
@user_post
@requires(Permission.MUTE_ALERTS, OperatorAction.MUTE_ALERT)
@blueprint.arguments(bodies.MuteSchema)
@blueprint.response(200, bodies.AlertRuleSchema)
@refuses(NotFound, "unknown_rule")
def mute_alert(work: UnitOfWork, body: dict[str, Any], rule: str) -> Any:
    """Mute the messages of an alert rule.

    No messages are sent about the rule for some hours. Its alerts are recorded; one that is open then is sent once.
    """
    return _muted(work, alert_rules.by_name(rule), body["hours"])


@blueprint.delete("/<anyname:rule>/mute")
@user_put
@requires(Permission.MUTE_ALERTS, OperatorAction.UNMUTE_ALERT)
@blueprint.response(200, bodies.AlertRuleSchema)
@refuses(NotFound, "unknown_rule")
def unmute_alert(work: UnitOfWork, rule: str) -> Any:
    """Unmute the messages of an alert rule.

    Messages about the rule are sent again, from the next evaluation on.
    """
    return _muted(work, alert_rules.by_name(rule), None)


def _muted(work: UnitOfWork, rule: Rule, hours: int | None) -> Presenter:
    what = evaluation.mute(work, rule, hours)
    operator_lines.about(what=what, detail=None if hours is None else f"for {hours} h")
    return _present(rule, alerts.states()[rule.name])


def _present(rule: Rule, state: AlertState | None) -> Presenter:
    return Presenter(
        rule,
        detail=state.detail if state else "",
        measured_at=state.measured_at if state else None,
        muted_until=state.muted_until if state and state.muted else None,
    )
