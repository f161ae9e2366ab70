"""The audit by itself: on time, one at a time, and what it finds is kept until it is healed."""

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
    """What beat makes a worker do."""
    return lambda: scheduled_audit.run_on_time(shop.engine.transaction, settings)


def do(shop: Shop, statement: str) -> None:
    """Write past all rules of ours."""
    with shop.app.app_context():
        db.session.execute(text(statement))
        db.session.commit()


def standing(shop: Shop) -> dict[str, Any]:
    """What is broken as of the last audit."""
    with shop.app.app_context():
        return {one.invariant: one for one in audit_findings.standing()}


def test_everything_once_a_day_and_the_rest_often(audit: Callable[[], Scope | None], turn: Turn) -> None:
    assert audit() is Scope.FULL
    turn(timedelta(minutes=10))
    assert audit() is Scope.RECENT
    turn(timedelta(hours=24))
    assert audit() is Scope.FULL


def test_a_second_beat_finds_that_it_was_just_done(audit: Callable[[], Scope | None], turn: Turn) -> None:
    assert [audit(), audit()] == [Scope.FULL, None]
    turn(timedelta(minutes=5))
    assert audit() is None


def test_a_violation_is_kept_since_it_was_found_first_and_forgotten_when_healed(
    shop: Shop, audit: Callable[[], Scope | None], turn: Turn
) -> None:
    payment_id = shop.paid()["payment_id"]
    audit()
    assert standing(shop) == {}

    do(shop, BREAK)
    turn(timedelta(minutes=10))
    assert audit() is Scope.RECENT
    first = standing(shop)["accepted_on_our_channels"]
    assert first.rows == [payment_id]
    assert "PORTONE_ENVIRONMENT" in first.advice

    turn(timedelta(minutes=10))
    audit()
    assert standing(shop)["accepted_on_our_channels"].since == first.since

    do(shop, BREAK)
    turn(timedelta(minutes=10))
    audit()
    assert standing(shop) == {}


def test_what_was_found_is_looked_at_again_however_old_it_is(
    shop: Shop, audit: Callable[[], Scope | None], turn: Turn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing moves in that session any more, and nothing about it is due."""
    monkeypatch.setattr("pitturu.store.audit.OVERLAP", 0)
    shop.paid()
    do(shop, BREAK)
    audit()
    do(shop, "UPDATE payment_sessions SET due_at = NULL")

    turn(timedelta(minutes=10))
    assert audit() is Scope.RECENT
    assert list(standing(shop)) == ["accepted_on_our_channels"]


def test_a_look_at_what_is_recent_forgets_nothing_that_it_does_not_look_for(
    shop: Shop, audit: Callable[[], Scope | None], turn: Turn
) -> None:
    shop.client.post("/api/v1/payments/webhook", json={"imp_uid": "imp_1", "merchant_uid": "ord1", "status": "paid"})
    do(shop, "UPDATE webhook_deliveries SET due_at = NULL")
    audit()
    turn(timedelta(minutes=10))

    assert audit() is Scope.RECENT
    assert list(standing(shop)) == ["news_has_a_time"]


def test_an_audit_that_died_is_made_up_for(shop: Shop, audit: Callable[[], Scope | None], turn: Turn) -> None:
    """It has begun, and looked at nothing: what it should have seen is still within the next one's view."""
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
    assert len(standing(shop)["accepted_on_our_channels"].rows) == 2


def test_a_full_audit_that_died_is_not_put_off_to_the_next_day(
    shop: Shop, audit: Callable[[], Scope | None], turn: Turn
) -> None:
    with shop.engine.transaction() as work:
        assert audit_findings.begin(work, Scope.FULL, timedelta())
    assert audit() is Scope.RECENT
    turn(timedelta(minutes=30))

    assert audit() is Scope.FULL
    turn(timedelta(minutes=30))
    assert audit() is Scope.RECENT


def test_news_is_told_to_the_log_once(
    shop: Shop, audit: Callable[[], Scope | None], turn: Turn, caplog: pytest.LogCaptureFixture
) -> None:
    shop.paid()
    do(shop, BREAK)
    for _ in range(2):
        audit()
        turn(timedelta(minutes=10))

    said = [record for record in caplog.records if record.message == "invariant_broken"]
    assert [vars(record)["invariant"] for record in said] == ["accepted_on_our_channels"]
