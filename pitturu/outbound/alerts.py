"""Evaluates the rules of alerts: raises, ends and announces alerts, each in the transaction of its messages."""

import logging
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import text

from pitturu.config.settings import Settings
from pitturu.domain import clock
from pitturu.domain.operator_actions import Thing
from pitturu.outbound import alert_notices
from pitturu.outbound.alert_rules import RULES, Rule
from pitturu.outbound.measurements import Subject
from pitturu.services import services
from pitturu.store import alerts
from pitturu.store.alerts import LONGEST_DETAIL, Alert, AlertState, Unsent
from pitturu.store.unit_of_work import UnitOfWork

log = logging.getLogger(__name__)

MOST_HOURS: Final = 72
"""An alert can be muted for a long weekend, and never for good: whoever forgets it is notified again."""

EVALUATE_EVERY: Final = timedelta(minutes=1)

OVERDUE: Final = 3 * EVALUATE_EVERY

GAP: Final = 5 * EVALUATE_EVERY
"""A rule that was not measured for longer than this begins anew: what it was meanwhile is unknown."""

SLOWEST: Final = "5s"
"""Statement timeout of a measurement: one that is slow must not slow the shop down."""

Transaction = Callable[[], AbstractContextManager[UnitOfWork]]


def evaluate(transaction: Transaction, settings: Settings, rules: Iterable[Rule] = RULES) -> None:
    """Evaluate the rules, each in a transaction of its own. Safe to repeat, and for several processes at once: a rule
    that another one evaluates is skipped."""
    for rule in rules:
        try:
            with transaction() as work:
                _evaluate(work, settings, rule)
        except Exception:
            # One measurement that fails, by a timeout for example, must not hide the others.
            log.exception("alert_rule_broke", extra={"rule": rule.name, "next": "it is evaluated again in a minute"})


def evaluate_overdue(transaction: Transaction, settings: Settings) -> None:
    """Evaluate every rule if beat has had none evaluated for a while. Then beat itself may be what is missing."""
    with transaction():
        last = alerts.last_evaluated()
    if last is not None and abs(clock.now() - last) > OVERDUE:
        evaluate(transaction, settings)


def mute(work: UnitOfWork, rule: Rule, hours: int | None) -> Thing:
    """Hold back messages about this rule for some hours; None lets them go. What is muted, for the operator log."""
    alerts.mute(work, rule.name, None if hours is None else clock.now() + timedelta(hours=hours))
    return Thing("alert_rule", rule.name)


def _evaluate(work: UnitOfWork, settings: Settings, rule: Rule) -> None:
    state = alerts.lock_state(work, rule.name)
    if state is None:
        return
    work.session.execute(text("SELECT set_config('statement_timeout', :time, true)"), {"time": SLOWEST})
    _measure(state, settings, rule)
    alert = alerts.open_alert(rule.name)
    if alert is None and _for(state.broken_since, rule.lasting):
        work.session.add(
            Alert(
                rule=rule.name,
                severity=rule.severity,
                detail=state.detail,
                created_at=clock.now(),
                unsent=Unsent.RAISED,
            )
        )
        work.session.flush()
        log.warning("alert_raised", extra={"rule": rule.name, "severity": rule.severity, "detail": state.detail})
    elif alert is not None and _for(state.clear_since, rule.quiet):
        # Where nobody was notified of its begin, nobody is of its end.
        alert.ended_at, alert.unsent = clock.now(), None if alert.unsent else Unsent.ENDED
        log.info("alert_ended", extra={"rule": rule.name, "detail": state.detail})
    if not state.muted:
        _announce(work, settings, rule, state.detail)


def _measure(state: AlertState, settings: Settings, rule: Rule) -> None:
    """Measure now. The times since when it has been broken or clear are kept while that goes on."""
    now, measured = clock.now(), rule.measure(Subject(settings, services().registry.row_kinds))
    # Also if a clock was set back: the times would be in the future, and nothing would be raised until then.
    if state.measured_at is None or abs(now - state.measured_at) > GAP:
        state.broken_since = state.clear_since = None
    state.broken_since = (state.broken_since or now) if measured.value >= rule.raise_at else None
    state.clear_since = (state.clear_since or now) if measured.value < rule.end_at else None
    state.measured_at, state.detail = now, measured.detail[:LONGEST_DETAIL]


def _for(since: datetime | None, length: timedelta) -> bool:
    """Whether something has gone on for as long as this."""
    return since is not None and clock.now() - since >= length


def _announce(work: UnitOfWork, settings: Settings, rule: Rule, detail: str) -> None:
    """Add the messages that are due about alerts of this rule."""
    for alert in alerts.unsent(rule.name):
        if alert.unsent == Unsent.RAISED:
            notice = alert_notices.raised(settings, rule, alert)
        else:
            notice = alert_notices.ended(settings, rule, alert, detail)
        # Without a recipient it stays unsent, and is sent if it is still open when there is one.
        if alert_notices.enqueue(work, settings, alert, str(alert.unsent), notice):
            alert.announced_at, alert.unsent = alert.announced_at or clock.now(), None
