"""What the rules measure, of rows as they come to be in a shop."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event

from pitturu.config.settings import Settings
from pitturu.domain import clock
from pitturu.domain.errors import AccessRefused, Reaction
from pitturu.domain.provider_listing import UnknownPaymentPolicy
from pitturu.extensions import db
from pitturu.outbound import measurements
from pitturu.outbound.alert_rules import BY_NAME, RULES
from pitturu.outbound.measurements import Measurement, Subject
from pitturu.payments import scheduled_audit
from pitturu.registry import REGISTRY
from pitturu.reporting import rollups
from pitturu.store import refusals
from pitturu.store.cancellations import Cancellation
from pitturu.store.event_endpoints import EventEndpoint
from pitturu.store.events import PaymentEvent
from pitturu.store.history import Payment
from pitturu.store.invariants import Scope
from pitturu.store.reconciliations import Finding, FindingState, Kind, ReconciliationRun, Walk
from pitturu.store.reconciliations import Scope as RunScope
from pitturu.store.sessions import PaymentSession
from pitturu.worker import sweep
from tests.outbound.events import created
from tests.shop import Shop
from tests.values import BUYER

Turn = Callable[[timedelta], None]


def measure(shop: Shop, settings: Settings, name: str) -> Measurement:
    """What the rule of this name measures now."""
    with shop.app.app_context():
        found = BY_NAME[name].measure(Subject(settings, REGISTRY.row_kinds))
        db.session.rollback()
    return found


def test_the_longest_waiting_work(shop: Shop, settings: Settings, turn: Turn) -> None:
    shop.open(prepared=False)
    turn(settings.due_limit * 2)
    found = measure(shop, settings, "backlog")
    assert 2 <= found.value < 2.2
    assert found.detail.startswith("The longest waiting work (a session) is 60")
    shop.drain()
    assert measure(shop, settings, "backlog") == Measurement(0, "No work is waiting.")


def test_work_out_of_tries(shop: Shop, settings: Settings) -> None:
    session = shop.paid()
    shop.cancel(session)
    assert measure(shop, settings, "dead_work") == Measurement(0, "Out of tries: nothing.")
    shop.set(Cancellation, dead_at=clock.now())
    shop.set(PaymentSession, dead_at=clock.now())
    assert measure(shop, settings, "dead_work") == Measurement(2, "Out of tries: cancellation: 1, session: 1.")


def test_counting_stops_at_a_thousand(shop: Shop, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measurements, "MOST_COUNTED", 2)
    for user in ("hana", "dul", "set"):
        shop.login(user)
        shop.open(user=user, prepared=False)
    shop.set(PaymentSession, dead_at=clock.now())
    assert measure(shop, settings, "dead_work") == Measurement(2, "Out of tries: session: 2 or more.")


def test_broken_invariants(shop: Shop, settings: Settings) -> None:
    shop.paid()
    shop.set(Payment, sandbox=False)
    scheduled_audit.run(shop.engine.transaction, settings, Scope.FULL)
    assert measure(shop, settings, "broken_invariant") == Measurement(1, "Broken: accepted_on_our_channels (1 rows).")


def test_refused_keys(shop: Shop, settings: Settings, turn: Turn) -> None:
    error = AccessRefused(Reaction.CALL_HUMAN, "PortOne refused our token (401).")
    error.generation = "v1"
    for _ in range(2):
        with shop.engine.transaction() as work:
            refusals.note(work, error)
    found = measure(shop, settings, "portone_keys")
    assert found.value == 1
    assert found.detail.startswith("V1 at 20")
    assert found.detail.endswith(": PortOne refused our token (401).")
    turn(measurements.REFUSED_WITHIN + timedelta(seconds=5))
    assert measure(shop, settings, "portone_keys").value == 0


def compared(shop: Shop, scope: RunScope, hours_ago: int = 0, **columns: Any) -> ReconciliationRun:
    """A comparison that has ended."""
    until = clock.now() - timedelta(hours=hours_ago)
    run = ReconciliationRun(
        **{"scope": scope, "asked_by": "kim", "generations": "v1", "walk": Walk.END, "ended_at": until, **columns},
        since=until - timedelta(hours=1),
        until=until,
    )
    with shop.engine.transaction() as work:
        work.session.add(run)
    return run


def test_missing_webhooks_of_the_last_three_hours(shop: Shop, settings: Settings) -> None:
    for hours, missing in enumerate((1, 0, 2, 100)):
        compared(shop, RunScope.WEBHOOKS, hours, counts={Kind.WEBHOOK_MISSING: missing} if missing else {})
    assert measure(shop, settings, "webhooks_missing").value == 3


def test_differences_that_are_left(shop: Shop, settings: Settings) -> None:
    assert measure(shop, settings, "reconciliation_differs").value == 0
    run = compared(shop, RunScope.FULL)
    states = {Kind.AMOUNT: FindingState.OPEN, Kind.STATUS: FindingState.HEALED, Kind.UNKNOWN: FindingState.OPEN}
    with shop.engine.transaction() as work:
        for kind, state in states.items():
            finding = {"comparison_key": run.id, "kind": kind, "state": state, "generation": "v1"}
            work.session.add(Finding(**finding, provider_id="imp_1", order_id="ord1", words="It differs."))
    found = measure(shop, settings, "reconciliation_differs")
    assert found == Measurement(1, f"Comparison {run.comparison_id} left amount: 1.")
    refunding = replace(settings, unknown_payment=UnknownPaymentPolicy.REFUND)
    assert measure(shop, refunding, "reconciliation_differs").value == 2


def test_events_that_a_slow_endpoint_gets_late_are_no_backlog(shop: Shop, settings: Settings, turn: Turn) -> None:
    """Or it would hide that payments wait, and have somebody start workers."""
    late, unsent = created(shop, "http://127.0.0.1:1/"), created(shop, "http://127.0.0.1:1/")
    late.post("test")
    found = measure(shop, settings, "events_late")
    assert (found.value < 0.1, found.detail) == (True, "No endpoint gets its events late.")
    turn(timedelta(minutes=15))
    unsent.post("test")
    found = measure(shop, settings, "events_late")
    assert found.value == pytest.approx(1.5, abs=0.1)
    assert (late.endpoint_id in found.detail, unsent.endpoint_id in found.detail) == (True, False)
    assert measure(shop, settings, "backlog").value < 1
    assert shop.client.get("/readyz").json["checks"]["due_work"]["ok"]
    shop.set(EventEndpoint, paused_at=clock.now())
    assert measure(shop, settings, "events_late").value == 0


def test_missing_sweeps(shop: Shop, settings: Settings, turn: Turn) -> None:
    assert measure(shop, settings, "sweeps_missing").value == 0
    with shop.engine.transaction():
        sweep.run(())
    turn(timedelta(minutes=1))
    assert 0.5 <= measure(shop, settings, "sweeps_missing").value < 0.6
    turn(timedelta(minutes=1))
    assert measure(shop, settings, "sweeps_missing").value >= 1


def decided(shop: Shop, paid: int, declined: int) -> None:
    """Add lines of payments that were decided now, and count them."""
    with shop.app.app_context():
        key = db.session.scalars(db.select(PaymentSession.id)).first()
        common = {
            "session_key": key,
            "kind": "status",
            "cause": "verify",
            "origin": "portone",
            "from_status": "verifying",
        }
        lines = [PaymentEvent(**common, to_status="paid") for _ in range(paid)]
        db.session.add_all(lines + [PaymentEvent(**common, to_status="failed") for _ in range(declined)])
        db.session.commit()
    rollups.rebuild(shop.engine.transaction)


def test_the_approval_rate_falls(shop: Shop, settings: Settings, turn: Turn) -> None:
    shop.open()
    decided(shop, paid=90, declined=10)
    turn(timedelta(hours=5))
    decided(shop, paid=4, declined=15)
    assert measure(shop, settings, "approval_rate").detail.endswith("19 payments were decided: too few to judge.")
    decided(shop, paid=5, declined=6)
    found = measure(shop, settings, "approval_rate")
    assert found.value == pytest.approx(1 - 0.3 / 0.9)
    assert found.detail.endswith("30% of 30 payments were approved; in the week before 90%.")
    decided(shop, paid=100, declined=0)
    assert measure(shop, settings, "approval_rate").value < BY_NAME["approval_rate"].end_at


def test_a_week_with_few_payments_is_no_usual_rate(shop: Shop, settings: Settings, turn: Turn) -> None:
    shop.open()
    decided(shop, paid=19, declined=0)
    turn(timedelta(hours=5))
    decided(shop, paid=0, declined=30)
    assert measure(shop, settings, "approval_rate").value == 0


def test_no_measurement_repeats_data_of_buyers_or_reads_much(shop: Shop, settings: Settings) -> None:
    shop.paid()
    shop.cancel(shop.paid(user="hana"))
    shop.set(Cancellation, dead_at=clock.now())
    statements: list[str] = []

    def note(*given: Any) -> None:
        statements.append(given[2])

    with shop.app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        for rule in RULES:
            statements.clear()
            detail = measure(shop, settings, rule.name).detail
            assert not any(value in detail for value in (*BUYER.values(), "hana"))
            assert len(statements) <= len(REGISTRY.row_kinds) + 1, rule.name
    finally:
        event.remove(engine, "before_cursor_execute", note)
