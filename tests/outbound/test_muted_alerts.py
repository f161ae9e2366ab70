"""Alerts whose messages are held back: muted by operators, or without a recipient."""

from dataclasses import replace
from datetime import timedelta

from pitturu.config.settings import Settings
from tests.outbound.evaluator import MINUTE, Evaluator, Gauge, kinds
from tests.outbound.receivers import Receivers


def test_a_muted_alert_is_recorded_and_sent_once_when_the_mute_ends(
    evaluator: Evaluator, gauge: Gauge, receivers: Receivers
) -> None:
    evaluator.mute(gauge.rule, 1)
    gauge.value = 10
    evaluator.run()
    evaluator.run(59 * MINUTE)
    (alert,) = evaluator.alerts()
    assert (alert.announced_at, receivers.posted) == (None, [])
    evaluator.run(MINUTE)
    evaluator.run(MINUTE)
    assert kinds(receivers) == ["warning"]
    assert evaluator.alerts()[0].announced_at is not None


def test_what_begins_and_ends_while_it_is_muted_is_never_sent(
    evaluator: Evaluator, gauge: Gauge, receivers: Receivers
) -> None:
    evaluator.mute(gauge.rule, 1)
    for value in (10, 0):
        gauge.value = value
        evaluator.run(MINUTE)
    evaluator.run(timedelta(hours=2))
    assert [alert.ended_at is None for alert in evaluator.alerts()] == [False]
    assert receivers.posted == []


def test_the_end_of_what_was_sent_follows_the_mute(evaluator: Evaluator, gauge: Gauge, receivers: Receivers) -> None:
    """Whoever read that it began has to read that it ended."""
    gauge.value = 10
    evaluator.run()
    evaluator.mute(gauge.rule, 1)
    gauge.value = 0
    evaluator.run(MINUTE)
    assert kinds(receivers) == ["warning"]
    evaluator.mute(gauge.rule, None)
    evaluator.run(MINUTE)
    assert kinds(receivers) == ["warning", "ended"]


def test_without_recipients_it_is_recorded_and_sent_when_there_is_one(
    evaluator: Evaluator, gauge: Gauge, receivers: Receivers, notifying: Settings
) -> None:
    evaluator.settings = replace(notifying, alert_slack_url="", alert_emails=())
    gauge.value = 10
    evaluator.run()
    assert [alert.announced_at for alert in evaluator.alerts()] == [None]
    evaluator.settings = notifying
    evaluator.run(MINUTE)
    assert kinds(receivers) == ["warning"]
