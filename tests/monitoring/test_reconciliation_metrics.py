"""The last comparison as numbers: when it ended, what it found, and what is left."""

from collections.abc import Callable
from datetime import timedelta

from tests.monitoring.test_metrics import numbers
from tests.shop import Shop


def test_nothing_was_compared_yet(shop: Shop) -> None:
    found = numbers(shop.app)

    assert found["pitturu_comparison_ended_timestamp_seconds", "full"] == 0
    assert found["pitturu_comparison_findings", "missing_there"] == 0


def test_the_last_one(shop: Shop, turn: Callable[[timedelta], None]) -> None:
    session = shop.paid()
    turn(timedelta(hours=2))
    shop.drain()
    shop.act(shop.session(session)["imp_uid"], "console-cancel")
    shop.login("operator", role="admin")
    shop.post("/operations/comparisons", {"from": "2026-01-01", "heal": False}, "operator")
    shop.drain()

    found = numbers(shop.app)

    assert found["pitturu_comparison_ended_timestamp_seconds", "full"] > 1_700_000_000
    assert found["pitturu_comparison_findings", "cancelled_amount"] == 1
    assert found["pitturu_comparison_unhealed", "cancelled_amount"] == 1
    assert found["pitturu_comparison_findings", "webhook_missing"] == 1
    assert found["pitturu_comparison_unhealed", "webhook_missing"] == 0
