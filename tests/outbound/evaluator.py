"""Rules that a test sets, and the evaluation of rules as beat and a worker do it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import select

from pitturu.config.settings import Settings
from pitturu.extensions import db
from pitturu.outbound import alerts
from pitturu.outbound.alert_rules import Rule
from pitturu.outbound.measurements import Measurement, Subject
from pitturu.store.alerts import Alert, Severity
from pitturu.store.unit_of_work import unit_of_work
from tests.outbound.receivers import Receivers
from tests.shop import Shop

MINUTE = timedelta(minutes=1)


@dataclass
class Gauge:
    """A measurement that the test sets, and its rule: raised at 10, ended below 5."""

    value: float = 0
    rule: Rule = field(init=False)

    def __post_init__(self) -> None:
        self.rule = Rule("gauge", Severity.WARNING, "It is high", "Lower it.", "/gauge", self.measure, 10, 5)

    def measure(self, _subject: Subject) -> Measurement:
        return Measurement(self.value, f"It is at {self.value:g}.")


@dataclass
class Evaluator:
    """Beat and a worker: evaluates rules, advances the clock, delivers messages."""

    shop: Shop
    settings: Settings
    turn: Callable[[timedelta], None]
    rules: Sequence[Rule] = ()

    def run(self, after: timedelta = timedelta()) -> None:
        self.turn(after)
        alerts.evaluate(self.shop.engine.transaction, self.settings, self.rules)
        self.shop.drain()

    def alerts(self) -> list[Alert]:
        """Every alert, oldest first."""
        with self.shop.app.app_context():
            return list(db.session.scalars(select(Alert).order_by(Alert.created_at)))

    def mute(self, rule: Rule, hours: int | None) -> None:
        with self.shop.app.app_context(), unit_of_work() as work:
            alerts.mute(work, rule, hours)


def kinds(receivers: Receivers) -> list[str]:
    """What the messages that Slack got say: the severity of an alert, or that it ended."""
    return [posted.split("] ")[1].split(":")[0] for posted in receivers.posted]
