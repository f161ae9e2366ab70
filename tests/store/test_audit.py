"""Each invariant finds violations made directly in the database, and nothing in valid data."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import text

from pitturu.domain import clock
from pitturu.domain.cancellation import CancelStage
from pitturu.domain.verdict import Environment
from pitturu.extensions import db
from pitturu.store import audit
from pitturu.store.audit import Rules
from pitturu.store.invariants import INVARIANTS, Scope
from tests.store import rows
from tests.store.violations import BROKEN, CASES, DELIVERY, GUARDED, LATE, PAYMENT

LIMIT = timedelta(minutes=5)
RULES = Rules(LIMIT, Environment.LIVE)
RECENT = Rules(LIMIT, Environment.LIVE, Scope.RECENT)


@pytest.fixture
def healthy(tables: None) -> None:
    """A paid session, a refused cancel, a pending webhook, and an open session of another user."""
    _, money = rows.purchase()
    rows.cancellation(money, stage=CancelStage.REFUSED, due_at=None, decided_at=clock.now())
    rows.delivery()
    due, thing = clock.now() + timedelta(minutes=30), rows.item(stock=8, held=2)
    other = rows.session("minji", thing, next_job="payments.expire", due_at=due, stock_held=2)
    rows.event(other, to_status="created", cause="session")
    db.session.commit()


def found(rules: Rules = RULES) -> set[str]:
    """The invariants that are broken."""
    return {violation.invariant for violation in audit.check(rules)}


def do(*statements: str) -> None:
    """Change the database directly."""
    for statement in statements:
        db.session.execute(text(statement))
    db.session.commit()


@contextmanager
def without(table: str, constraint: str) -> Iterator[None]:
    """Drop this check or unique index for the time of a with block."""
    check = "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = :name"
    index = "SELECT indexdef FROM pg_indexes WHERE indexname = :name"
    definition = db.session.scalar(text(check), {"name": constraint})
    again = f"ALTER TABLE {table} ADD CONSTRAINT {constraint} {definition}" if definition else ""
    again = again or str(db.session.scalar(text(index), {"name": constraint}))
    do(f"ALTER TABLE {table} DROP CONSTRAINT {constraint}" if definition else f"DROP INDEX {constraint}")
    try:
        yield
    finally:
        do(again)


@pytest.mark.parametrize("rules", [RULES, RECENT], ids=lambda rules: rules.scope)
def test_valid_data_breaks_no_invariant(healthy: None, rules: Rules) -> None:
    assert audit.check(rules) == []


def test_every_invariant_has_a_test() -> None:
    assert set(BROKEN) | set(GUARDED) == {invariant.name for invariant in INVARIANTS}


def test_every_invariant_has_its_own_advice() -> None:
    advice = [invariant.advice for invariant in INVARIANTS]
    assert len(set(advice)) == len(advice)
    assert {words[-1] for words in advice} == {"."}


@pytest.mark.parametrize(("invariant", "change"), CASES)
def test_a_broken_invariant_is_found(healthy: None, invariant: str, change: str) -> None:
    do(*change.split(";"))
    assert invariant in found()
    recent = {one.name for one in INVARIANTS if not one.sees_all}
    assert (invariant in found(RECENT)) == (invariant in recent)


@pytest.mark.parametrize("invariant", GUARDED)
def test_a_violation_of_a_constraint_is_found_if_the_constraint_is_missing(healthy: None, invariant: str) -> None:
    table, constraint, change, undo = GUARDED[invariant]
    with without(table, constraint):
        do(change)
        try:
            assert invariant in found()
        finally:
            do(undo)


def test_a_session_without_a_timeline_is_found(tables: None) -> None:
    rows.session(next_job="payments.expire", due_at=clock.now() + timedelta(minutes=1))
    db.session.commit()
    assert found() == {"timeline_ends_at_the_status"}


def test_payments_of_test_channels_are_the_accepted_ones_of_a_test_environment(healthy: None) -> None:
    do(f"{PAYMENT} sandbox = true")
    assert found(RULES) == {"accepted_on_our_channels"}
    assert found(Rules(LIMIT, Environment.TEST)) == set()


def test_a_recent_audit_checks_only_recent_rows(healthy: None) -> None:
    do(f"{PAYMENT} amount = 1999")
    upto = audit.last_line() + audit.OVERLAP
    db.session.rollback()

    assert found(Rules(LIMIT, Environment.LIVE, Scope.RECENT, after=upto)) == set()
    assert "paid_means_accepted_money" in found(Rules(LIMIT, Environment.LIVE, Scope.RECENT, after=upto - 10))


def test_a_violation_has_rows_and_advice(healthy: None) -> None:
    do(f"{DELIVERY} due_at = {LATE}")
    (violation,) = audit.check(RULES)
    assert violation.rows == [str(db.session.scalar(text("SELECT id FROM webhook_deliveries")))]
    assert "/readyz" in violation.advice


def test_a_cancel_that_waits_for_an_earlier_one_is_not_overdue(healthy: None) -> None:
    _, money = rows.purchase("minji")
    long_ago = clock.now() - timedelta(hours=1)
    rows.cancellation(money, amount=1, stage=CancelStage.SENT, due_at=clock.now() + timedelta(minutes=9))
    rows.cancellation(money, amount=2, due_at=long_ago)
    db.session.commit()
    assert audit.check(RULES) == []


def test_at_most_twenty_rows_are_listed(tables: None) -> None:
    for _ in range(25):
        rows.delivery(due_at=clock.now() - timedelta(hours=1))
    db.session.commit()
    (violation,) = audit.check(RULES)
    assert len(violation.rows) == 20
