"""The scheduled audit: on time, one at a time, and violations are stored until they are resolved."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from pitturu.config.settings import Settings
from pitturu.extensions import db
from pitturu.payments import scheduled_audit
from pitturu.store import audit_findings
from pitturu.store.invariants import Scope
from tests.shop import Shop

BREAK = "UPDATE payment_history SET sandbox = NOT sandbox"
Turn = Callable[[timedelta], None]


@pytest.fixture
def audit(shop: Shop, settings: Settings) -> Callable[[], Scope | None]:
    """Run the task of beat's schedule."""
    return lambda: scheduled_audit.run_on_time(shop.engine.transaction, settings)


def do(shop: Shop, statement: str) -> None:
    """Change the database directly."""
    with shop.app.app_context():
        db.session.execute(text(statement))
        db.session.commit()


def broken(shop: Shop) -> dict[str, Any]:
    """The invariants that are broken as of the last audit."""
    with shop.app.app_context():
        return {one.invariant: one for one in audit_findings.broken_invariants()}


def test_a_full_audit_once_a_day_and_recent_ones_between(audit: Callable[[], Scope | None], turn: Turn) -> None:
    assert audit() is Scope.FULL
    turn(timedelta(minutes=10))
    assert audit() is Scope.RECENT
    turn(timedelta(hours=24))
    assert audit() is Scope.FULL


def test_a_second_beat_does_not_audit_again(audit: Callable[[], Scope | None], turn: Turn) -> None:
    assert [audit(), audit()] == [Scope.FULL, None]
    turn(timedelta(minutes=5))
    assert audit() is None


def test_a_violation_keeps_its_first_time_and_is_deleted_when_resolved(
    shop: Shop, audit: Callable[[], Scope | None], turn: Turn
) -> None:
    payment_id = shop.paid()["payment_id"]
    audit()
    assert broken(shop) == {}

    do(shop, BREAK)
    turn(timedelta(minutes=10))
    assert audit() is Scope.RECENT
    first = broken(shop)["accepted_on_our_channels"]
    assert first.rows == [payment_id]
    assert "PORTONE_ENVIRONMENT" in first.advice

    turn(timedelta(minutes=10))
    audit()
    assert broken(shop)["accepted_on_our_channels"].since == first.since

    do(shop, BREAK)
    turn(timedelta(minutes=10))
    audit()
    assert broken(shop) == {}


def test_rows_with_violations_are_checked_again_however_old_they_are(
    shop: Shop, audit: Callable[[], Scope | None], turn: Turn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The session does not change any more, and no work of it is due."""
    monkeypatch.setattr("pitturu.store.audit.OVERLAP", 0)
    shop.paid()
    do(shop, BREAK)
    audit()
    do(shop, "UPDATE payment_sessions SET due_at = NULL")

    turn(timedelta(minutes=10))
    assert audit() is Scope.RECENT
    assert list(broken(shop)) == ["accepted_on_our_channels"]


def test_a_recent_audit_keeps_violations_that_it_does_not_check(
    shop: Shop, audit: Callable[[], Scope | None], turn: Turn
) -> None:
    shop.client.post("/api/v1/payments/webhook", json={"imp_uid": "imp_1", "merchant_uid": "ord1", "status": "paid"})
    do(shop, "UPDATE webhook_deliveries SET due_at = NULL")
    audit()
    turn(timedelta(minutes=10))

    assert audit() is Scope.RECENT
    assert list(broken(shop)) == ["news_has_a_time"]


def test_the_audit_after_one_that_died_checks_its_rows(
    shop: Shop, audit: Callable[[], Scope | None], turn: Turn
) -> None:
    """An audit began and checked nothing: the next one checks from the last finished one."""
    shop.paid()
    audit()
    shop.paid()
    do(shop, BREAK)
    turn(timedelta(minutes=10))
    with shop.engine.transaction() as work:
        assert audit_findings.begin(work, Scope.RECENT, timedelta())
    assert audit() is None

    turn(timedelta(minutes=10))
    audit()
    assert len(broken(shop)["accepted_on_our_channels"].rows) == 2


def test_a_full_audit_that_died_is_repeated_before_the_next_day(
    shop: Shop, audit: Callable[[], Scope | None], turn: Turn
) -> None:
    with shop.engine.transaction() as work:
        assert audit_findings.begin(work, Scope.FULL, timedelta())
    assert audit() is Scope.RECENT
    turn(timedelta(minutes=30))

    assert audit() is Scope.FULL
    turn(timedelta(minutes=30))
    assert audit() is Scope.RECENT


def test_a_new_violation_is_logged_once(
    shop: Shop, audit: Callable[[], Scope | None], turn: Turn, caplog: pytest.LogCaptureFixture
) -> None:
    shop.paid()
    do(shop, BREAK)
    for _ in range(2):
        audit()
        turn(timedelta(minutes=10))

    logged = [record for record in caplog.records if record.message == "invariant_broken"]
    assert [vars(record)["invariant"] for record in logged] == ["accepted_on_our_channels"]
