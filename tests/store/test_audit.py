"""Each invariant finds its own violation, broken by hand in the database, and nothing in a healthy shop."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from pitturu.domain import clock
from pitturu.extensions import db
from pitturu.store import audit
from pitturu.store.cancellations import Stage
from tests.store import rows

LIMIT = timedelta(minutes=5)
LATE = "now() - interval '6 minutes'"
SESSION, PAYMENT = "UPDATE payment_sessions SET", "UPDATE payment_history SET"

BROKEN = {
    "paid_means_accepted_money": [
        f"{PAYMENT} amount = 1999",
        f"{PAYMENT} currency = 'USD'",
        f"{PAYMENT} merchant_uid = 'another'",
        f"{PAYMENT} paid_at = NULL",
        f"{PAYMENT} verdict = 'late'",
    ],
    "goods_granted_once_per_accepted_payment": ["DELETE FROM inventory_entries"],
    "goods_back_after_full_cancel": [f"{SESSION} status = 'cancelled'", f"{SESSION} status = 'expired'"],
    "goods_there_while_paid": ["UPDATE inventory_entries SET quantity = 1"],
    "cancelled_sum_matches": [f"{PAYMENT} cancelled_amount = 500"],
    "never_more_back_than_came": [
        f"{PAYMENT} cancelled_amount = 1; UPDATE payment_cancellations SET amount = 2000, stage = 'requested'",
        f"{PAYMENT} cancelled_amount = 1; UPDATE payment_cancellations SET amount = 2000, stage = 'needs_account'",
    ],
    "rejected_money_goes_back": [f"{PAYMENT} verdict = 'amount_differs'"],
    "stray_accounts_are_withdrawn": [f"{PAYMENT} status = 'awaiting_deposit'"],
    "status_follows_amounts": [
        f"{PAYMENT} cancelled_amount = 2000",
        f"{PAYMENT} cancelled_amount = 1",
        f"{SESSION} status = 'partially_cancelled'",
    ],
    "stock_is_held_by_open_and_paid_only": [
        f"{SESSION} status = '{status}'" for status in ("expired", "failed", "mismatched", "cancelled")
    ],
    "timeline_adds_up": [
        "INSERT INTO payment_events (session_key, payment_key, kind, amount, cause, actor) "
        "SELECT session_key, id, 'money', 1, 'verify', 'portone' FROM payment_history",
        f"{PAYMENT} verdict = NULL",
    ],
    "timeline_ends_at_the_status": [f"{SESSION} status = 'prepared'"],
    "open_work_has_a_time": [
        f"{SESSION} status = 'prepared', due_at = NULL",
        "UPDATE payment_cancellations SET stage = 'requested', due_at = NULL",
        "UPDATE payment_cancellations SET stage = 'sent', due_at = NULL",
        "UPDATE webhook_deliveries SET due_at = NULL",
    ],
    "nothing_is_overdue": [
        f"{SESSION} due_at = {LATE}, next_job = 'payments.expire'",
        f"UPDATE payment_cancellations SET due_at = {LATE}",
        f"UPDATE webhook_deliveries SET due_at = {LATE}",
    ],
}
CASES = [(invariant, deed) for invariant, deeds in BROKEN.items() for deed in deeds]


@pytest.fixture
def healthy(tables: None) -> None:
    """A paid session, a refused cancel, a webhook that waits."""
    _, money = rows.purchase()
    rows.cancellation(money, stage=Stage.REFUSED, due_at=None, decided_at=clock.now())
    rows.delivery()
    db.session.commit()


def found() -> set[str]:
    """The invariants that are broken now."""
    return {violation.invariant for violation in audit.violations(LIMIT)}


def test_a_healthy_shop(healthy: None) -> None:
    assert audit.violations(LIMIT) == []


def test_every_invariant_is_broken_below() -> None:
    assert set(BROKEN) == set(audit.QUERIES)


def do(*statements: str) -> None:
    """Write past all rules of ours."""
    for statement in statements:
        db.session.execute(text(statement))
    db.session.commit()


@pytest.mark.parametrize(("invariant", "deed"), CASES)
def test_a_broken_invariant_is_found(healthy: None, invariant: str, deed: str) -> None:
    do(*deed.split(";"))
    assert invariant in found()


def test_more_back_than_came_is_found_even_where_the_check_is_gone(healthy: None) -> None:
    name = "ck_payment_history_cancelled_amount"
    definition = text("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = :name")
    check = db.session.scalar(definition, {"name": name})
    do(f"ALTER TABLE payment_history DROP CONSTRAINT {name}", f"{PAYMENT} cancelled_amount = 2001")
    try:
        assert "never_more_back_than_came" in found()
    finally:
        do(f"{PAYMENT} cancelled_amount = 0", f"ALTER TABLE payment_history ADD CONSTRAINT {name} {check}")


def test_rows_are_named_with_what_to_do(healthy: None) -> None:
    do(f"UPDATE webhook_deliveries SET due_at = {LATE}")
    (violation,) = audit.violations(LIMIT)
    assert violation.rows == [str(db.session.scalar(text("SELECT id FROM webhook_deliveries")))]
    assert "/readyz" in violation.advice


def test_a_cancel_that_waits_for_its_elder_is_not_overdue(healthy: None) -> None:
    _, money = rows.purchase("minji")
    long_ago = clock.now() - timedelta(hours=1)
    rows.cancellation(money, amount=1, stage=Stage.SENT, due_at=clock.now() + timedelta(minutes=9))
    rows.cancellation(money, amount=2, due_at=long_ago)
    db.session.commit()
    assert audit.violations(LIMIT) == []


def test_at_most_twenty_rows_are_named(tables: None) -> None:
    for _ in range(25):
        rows.delivery(due_at=clock.now() - timedelta(hours=1))
    db.session.commit()
    (violation,) = audit.violations(LIMIT)
    assert len(violation.rows) == 20
