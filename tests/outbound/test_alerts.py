"""Alerts: raised once, ended once, damped; each message leaves with the transaction that decided it."""

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import text

from pitturu.config.settings import Settings
from pitturu.domain import clock
from pitturu.extensions import db
from pitturu.outbound import alerts
from pitturu.outbound.alert_rules import RULES
from pitturu.outbound.measurements import Measurement, Subject
from pitturu.store.alerts import Alert, lock_state
from pitturu.worker import sweep
from tests.outbound.evaluator import MINUTE, Evaluator, Gauge, kinds
from tests.outbound.receivers import KIM, Receivers
from tests.shop import Shop


def test_it_is_raised_once_and_ended_once(evaluator: Evaluator, gauge: Gauge, receivers: Receivers) -> None:
    evaluator.run()
    assert (evaluator.alerts(), receivers.posted) == ([], [])
    gauge.value = 10
    for _ in range(3):
        evaluator.run(MINUTE)
    (alert,) = evaluator.alerts()
    assert (alert.rule, alert.detail, alert.ended_at) == ("gauge", "It is at 10.", None)
    (posted,) = receivers.posted
    assert posted.startswith(
        "*[pay.example.com] warning: It is high*\nIt is high. It is at 10.\n\nWhat to do: Lower it."
    )
    assert "More: https://pay.example.com/gauge" in posted
    assert "/operations/alerts/gauge/mute" in posted

    gauge.value = 0
    for _ in range(3):
        evaluator.run(MINUTE)
    (alert,) = evaluator.alerts()
    assert alert.ended_at is not None
    assert "lasted 3 min. Measured last: It is at 0." in receivers.posted[1]
    assert receivers.subjects == ["[pay.example.com] warning: It is high", "[pay.example.com] ended: It is high"]
    assert {mail["To"] for mail in receivers.mail.mails} == {KIM}

    gauge.value = 10
    evaluator.run(MINUTE)
    assert kinds(receivers) == ["warning", "ended", "warning"]


def test_of_many_evaluators_at_once_one_raises_it(
    evaluator: Evaluator,
    gauge: Gauge,
    receivers: Receivers,
    shop: Shop,
    notifying: Settings,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Two beats, or a beat and a worker that replaces it. The state's lock decides: the index only guards it."""
    evaluator.run()
    for value in (10, 0):
        gauge.value = value
        barrier = threading.Barrier(6)

        def run(barrier: threading.Barrier = barrier) -> None:
            barrier.wait(60)
            alerts.evaluate(shop.engine.transaction, notifying, evaluator.rules)

        threads = [threading.Thread(target=run) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        shop.drain()
    assert len(evaluator.alerts()) == 1
    assert kinds(receivers) == ["warning", "ended"]
    assert "alert_rule_broke" not in caplog.text


def test_a_rule_that_another_process_evaluates_is_skipped(
    evaluator: Evaluator, gauge: Gauge, shop: Shop, notifying: Settings
) -> None:
    evaluator.run()
    gauge.value = 10
    with shop.engine.transaction() as work:
        assert lock_state(work, "gauge") is not None
        arguments = shop.engine.transaction, notifying, evaluator.rules
        thread = threading.Thread(target=alerts.evaluate, args=arguments)
        thread.start()
        thread.join(60)
    assert evaluator.alerts() == []


def test_one_alert_of_a_rule_is_open_at_most(evaluator: Evaluator, gauge: Gauge) -> None:
    """Whatever a program does: the database refuses a second one."""
    gauge.value = 10
    evaluator.run()
    second = Alert(rule="gauge", severity="warning", detail="")
    with pytest.raises(Exception, match="uq_alerts_open"), evaluator.shop.engine.transaction() as work:
        work.session.add(second)


def test_between_the_two_thresholds_nothing_changes(evaluator: Evaluator, gauge: Gauge, receivers: Receivers) -> None:
    for value in (9, 10, 9, 5, 9, 4.9, 5, 9):
        gauge.value = value
        evaluator.run(MINUTE)
    assert kinds(receivers) == ["warning", "ended"]


def test_it_has_to_last(evaluator: Evaluator, gauge: Gauge, receivers: Receivers) -> None:
    evaluator.rules = [replace(gauge.rule, lasting=2 * MINUTE)]
    for value in (10, 10, 0, 10, 10):
        gauge.value = value
        evaluator.run(MINUTE)
    assert receivers.posted == []
    evaluator.run(MINUTE)
    assert kinds(receivers) == ["warning"]


def test_what_was_not_measured_for_a_while_begins_anew(
    evaluator: Evaluator, gauge: Gauge, receivers: Receivers
) -> None:
    """Nobody knows what it was meanwhile."""
    evaluator.rules = [replace(gauge.rule, lasting=2 * MINUTE)]
    gauge.value = 10
    evaluator.run()
    evaluator.run(alerts.GAP + MINUTE)
    assert receivers.posted == []
    evaluator.run(2 * MINUTE)
    assert kinds(receivers) == ["warning"]


def test_a_clock_that_is_set_back_delays_no_alert(evaluator: Evaluator, gauge: Gauge, shop: Shop) -> None:
    rules, began = [replace(gauge.rule, lasting=2 * MINUTE)], clock.now()
    gauge.value = 10
    for moment in (began, began - timedelta(days=1), began - timedelta(days=1) + 2 * MINUTE):
        clock.use(partial(datetime.fromtimestamp, moment.timestamp(), UTC))
        alerts.evaluate(shop.engine.transaction, evaluator.settings, rules)
    assert len(evaluator.alerts()) == 1


def test_a_rule_that_flaps_is_one_alert(evaluator: Evaluator, gauge: Gauge, receivers: Receivers) -> None:
    evaluator.rules = [gauge.rule]
    for value in (10, 0) * 10:
        gauge.value = value
        evaluator.run(MINUTE)
    assert kinds(receivers) == ["warning"]
    for _ in range(10):
        evaluator.run(MINUTE)
    assert kinds(receivers) == ["warning", "ended"]


def fail(_subject: Subject) -> Measurement:
    raise LookupError("no such figure")


def take_long(_subject: Subject) -> Measurement:
    db.session.execute(text("SELECT pg_sleep(30)"))
    return Measurement(0, "never")


@pytest.mark.parametrize("measure", [fail, take_long])
def test_a_measurement_that_fails_or_is_slow_hides_no_other(
    evaluator: Evaluator,
    gauge: Gauge,
    receivers: Receivers,
    monkeypatch: pytest.MonkeyPatch,
    measure: Callable[[Subject], Measurement],
) -> None:
    monkeypatch.setattr(alerts, "SLOWEST", "50ms")
    evaluator.rules = [replace(gauge.rule, name="broken", measure=measure), gauge.rule]
    gauge.value = 10
    began = time.monotonic()
    evaluator.run()
    assert time.monotonic() - began < 10, "the measurement was not cut off"
    assert [alert.rule for alert in evaluator.alerts()] == ["gauge"]


def test_workers_evaluate_while_beat_has_nothing_evaluated(
    evaluator: Evaluator, shop: Shop, notifying: Settings, turn: Callable[[timedelta], None]
) -> None:
    evaluator.rules = RULES
    with shop.engine.transaction():
        sweep.run(())
    evaluator.run()
    for _ in range(3):
        turn(2 * MINUTE)
        alerts.evaluate_overdue(shop.engine.transaction, notifying)
        assert evaluator.alerts() == []
    turn(2 * MINUTE)
    alerts.evaluate_overdue(shop.engine.transaction, notifying)
    assert [alert.rule for alert in evaluator.alerts()] == ["sweeps_missing"]


def test_the_first_minute_after_a_maintenance_raises_nothing(
    evaluator: Evaluator, shop: Shop, turn: Callable[[timedelta], None]
) -> None:
    """Beat may have the rules evaluated before the first sweep."""
    evaluator.rules = RULES
    for _ in range(2):
        with shop.engine.transaction():
            sweep.run(())
        evaluator.run()
        turn(timedelta(hours=1))
        evaluator.run()
    with shop.engine.transaction():
        sweep.run(())
    evaluator.run(MINUTE)
    assert evaluator.alerts() == []


def test_alerts_that_ended_long_ago_are_deleted(
    evaluator: Evaluator, gauge: Gauge, turn: Callable[[timedelta], None]
) -> None:
    for value in (10, 0, 10):
        gauge.value = value
        evaluator.run(MINUTE)
    turn(timedelta(days=401))
    with evaluator.shop.engine.transaction():
        sweep.clean()
    assert [alert.ended_at for alert in evaluator.alerts()] == [None], "an open one stays"


def test_rules_are_complete() -> None:
    assert len({rule.name for rule in RULES}) == len(RULES)
    for rule in RULES:
        assert rule.end_at <= rule.raise_at
        assert all(f"{words} ".isprintable() and words for words in (rule.title, rule.todo, rule.link))


def test_a_healthy_shop_raises_none(evaluator: Evaluator, receivers: Receivers, shop: Shop) -> None:
    evaluator.rules = RULES
    shop.paid()
    evaluator.run()
    evaluator.run(MINUTE)
    assert (evaluator.alerts(), receivers.posted) == ([], [])
