"""Each invariant finds its own violation, broken by hand in the database, and nothing in a healthy shop."""

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
from tests.store.violations import BROKEN, CASES, GUARDED, LATE, NEWS, PAYMENT

LIMIT = timedelta(minutes=5)
RULES = Rules(LIMIT, Environment.LIVE)
RECENT = Rules(LIMIT, Environment.LIVE, Scope.RECENT)


@pytest.fixture
def healthy(tables: None) -> None:
    """A paid session, a refused cancel, a webhook that waits, and an open session of somebody else."""
    _, money = rows.purchase()
    rows.cancellation(money, stage=CancelStage.REFUSED, due_at=None, decided_at=clock.now())
    rows.delivery()
    other = rows.session("minji", next_job="payments.expire", due_at=clock.now() + timedelta(minutes=30), stock_held=2)
    rows.event(other, to_status="created", cause="session")
    db.session.commit()


def found(rules: Rules = RULES) -> set[str]:
    """The invariants that are broken now."""
    return {violation.invariant for violation in audit.look(rules)}


def do(*statements: str) -> None:
    """Write past all rules of ours."""
    for statement in statements:
        db.session.execute(text(statement))
    db.session.commit()


@contextmanager
def without(table: str, guard: str) -> Iterator[None]:
    """This check or unique index does not exist for a while."""
    check = "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = :name"
    index = "SELECT indexdef FROM pg_indexes WHERE indexname = :name"
    definition = db.session.scalar(text(check), {"name": guard})
    again = f"ALTER TABLE {table} ADD CONSTRAINT {guard} {definition}" if definition else ""
    again = again or str(db.session.scalar(text(index), {"name": guard}))
    do(f"ALTER TABLE {table} DROP CONSTRAINT {guard}" if definition else f"DROP INDEX {guard}")
    try:
        yield
    finally:
        do(again)


@pytest.mark.parametrize("rules", [RULES, RECENT], ids=lambda rules: rules.scope)
def test_a_healthy_shop(healthy: None, rules: Rules) -> None:
    assert audit.look(rules) == []
    assert audit.violations(LIMIT) == []


def test_every_invariant_is_broken_below() -> None:
    assert set(BROKEN) | set(GUARDED) == {invariant.name for invariant in INVARIANTS}


def test_every_invariant_has_advice_of_its_own() -> None:
    advice = [invariant.advice for invariant in INVARIANTS]
    assert len(set(advice)) == len(advice)
    assert {words[-1] for words in advice} == {"."}


@pytest.mark.parametrize(("invariant", "deed"), CASES)
def test_a_broken_invariant_is_found(healthy: None, invariant: str, deed: str) -> None:
    do(*deed.split(";"))
    assert invariant in found()
    seen_of_late = {one.name for one in INVARIANTS if not one.sees_all}
    assert (invariant in found(RECENT)) == (invariant in seen_of_late)


@pytest.mark.parametrize("invariant", GUARDED)
def test_what_the_database_forbids_is_found_even_where_its_guard_is_gone(healthy: None, invariant: str) -> None:
    table, guard, deed, undone = GUARDED[invariant]
    with without(table, guard):
        do(deed)
        try:
            assert invariant in found()
        finally:
            do(undone)


def test_a_session_without_any_line_is_found(tables: None) -> None:
    rows.session(next_job="payments.expire", due_at=clock.now() + timedelta(minutes=1))
    db.session.commit()
    assert found() == {"timeline_ends_at_the_status"}


def test_without_an_environment_nothing_is_said_about_channels(healthy: None) -> None:
    do(f"{PAYMENT} sandbox = true")
    assert audit.violations(LIMIT) == []
    assert found(Rules(LIMIT, Environment.TEST)) == set()


def test_a_look_at_what_is_recent_leaves_the_past_alone(healthy: None) -> None:
    do(f"{PAYMENT} amount = 1999")
    upto = audit.last_line() + audit.OVERLAP
    db.session.rollback()

    assert found(Rules(LIMIT, Environment.LIVE, Scope.RECENT, after=upto)) == set()
    assert "paid_means_accepted_money" in found(Rules(LIMIT, Environment.LIVE, Scope.RECENT, after=upto - 10))


def test_rows_are_named_with_what_to_do(healthy: None) -> None:
    do(f"{NEWS} due_at = {LATE}")
    (violation,) = audit.look(RULES)
    assert violation.rows == [str(db.session.scalar(text("SELECT id FROM webhook_deliveries")))]
    assert "/readyz" in violation.advice


def test_a_cancel_that_waits_for_its_elder_is_not_overdue(healthy: None) -> None:
    _, money = rows.purchase("minji")
    long_ago = clock.now() - timedelta(hours=1)
    rows.cancellation(money, amount=1, stage=CancelStage.SENT, due_at=clock.now() + timedelta(minutes=9))
    rows.cancellation(money, amount=2, due_at=long_ago)
    db.session.commit()
    assert audit.violations(LIMIT) == []


def test_at_most_twenty_rows_are_named(tables: None) -> None:
    for _ in range(25):
        rows.delivery(due_at=clock.now() - timedelta(hours=1))
    db.session.commit()
    (violation,) = audit.violations(LIMIT)
    assert len(violation.rows) == 20
