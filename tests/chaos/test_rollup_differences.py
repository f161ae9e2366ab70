"""The checker's own count of the rollups: it agrees after purchases, and finds every kind of difference."""

from collections import defaultdict

import psycopg
import pytest

from chaos import quiet
from chaos.checker.rollups import rollup_differences
from chaos.checker.snapshot import build_snapshot
from pitturu.config.settings import Settings
from tests.counted import count_all
from tests.shop import Shop

LIES = {
    "a line that was not counted": "INSERT INTO payment_events (session_key, kind, amount, cause, origin)"
    " SELECT id, 'money', 7, 'verify', 'portone' FROM payment_sessions",
    "an hour that nothing happened in": "UPDATE hourly_rollups SET hour = hour - interval '1 day'",
    "a wrong sum": "UPDATE hourly_rollups SET sum = sum + 1 WHERE measure = 'refunded'",
    "a webhook counted twice": "UPDATE hourly_rollups SET count = count + 1 WHERE measure = 'webhook'",
    "a total that is not the sum": "UPDATE rollup_totals SET count = count + 1 WHERE measure = 'declined'",
}


@pytest.fixture
def counted(shop: Shop, settings: Settings) -> str:
    """A database with a purchase, a refund, a decline and a webhook, all of them counted."""
    session = shop.paid()
    shop.refund(session, 1_000)
    shop.decline(shop.open())
    body = {"imp_uid": session["imp_uid"], "merchant_uid": session["merchant_uid"], "status": "paid"}
    shop.client.post("/api/v1/payments/webhook", json=body)
    shop.drain()
    with shop.app.app_context():
        count_all()
    return settings.database_url


def differences(database: str) -> list[str]:
    """What the checker finds."""
    return list(rollup_differences(build_snapshot(defaultdict(list), database)))


def test_they_agree(counted: str) -> None:
    assert differences(counted) == []
    assert [line for line in quiet.waiting(counted) if line.startswith("rollups")] == []


@pytest.mark.parametrize("lie", LIES)
def test_each_difference_is_found(counted: str, lie: str) -> None:
    with psycopg.connect(counted, autocommit=True) as connection:
        connection.execute(LIES[lie])

    assert differences(counted)


def test_lines_that_are_not_counted_yet_are_waited_for(shop: Shop, settings: Settings) -> None:
    shop.paid()

    assert "rollups" in {line.split()[0] for line in quiet.waiting(settings.database_url)}
