"""Numbers for Prometheus."""

from collections.abc import Callable

import pytest
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families

from pitturu import instruments
from pitturu.domain.lifecycle import SessionStatus
from pitturu.extensions import db
from pitturu.payments import scheduled_audit
from pitturu.services import services_of
from pitturu.store import heartbeats
from pitturu.store.history import Payment
from pitturu.store.invariants import Scope
from pitturu.store.unit_of_work import unit_of_work
from tests.counted import count_all
from tests.shop import Shop


def numbers(app: Flask) -> dict[tuple[str, ...], float]:
    """Every sample of what the database knows, by its name and its labels, in the order of their names."""
    families = text_string_to_metric_families(app.test_client().get("/metrics").text)
    counted = {family.name for family in instruments.REGISTRY.collect()}
    samples = [
        sample
        for family in families
        if family.name.startswith("pitturu_") and family.name not in counted
        for sample in family.samples
    ]
    return {(sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value for sample in samples}


def test_an_empty_shop_counts_zero_everywhere(app: Flask) -> None:
    found = numbers(app)

    assert {labels[0] for name, *labels in found if name == "pitturu_sessions"} == set(SessionStatus)
    assert set(found.values()) == {0}


def test_what_is_in_the_shop(shop: Shop) -> None:
    shop.refund(shop.paid(), 1_000)
    shop.open()
    shop.client.post("/api/v1/payments/webhook", json={"imp_uid": "imp_1", "merchant_uid": "ord1", "status": "paid"})
    with shop.app.app_context():
        count_all()
        heartbeats.beat("sweep")
        db.session.commit()
    found = numbers(shop.app)

    assert found["pitturu_sessions", "partially_cancelled"] == 1
    assert found["pitturu_sessions", "prepared"] == 1
    assert found["pitturu_sessions", "verifying"] == found["pitturu_sessions", "paid"] == 0
    assert found["pitturu_payments_paid_total", "v1", "card", "html5_inicis"] == 1
    assert found["pitturu_won_received_total", "v1", "card"] == 10_000
    assert found["pitturu_won_refunded_total", "v1", "card"] == 1_000
    assert found["pitturu_refunds_total", "v1", "card"] == 1
    assert found["pitturu_time_to_paid_seconds_count",] == found["pitturu_time_to_paid_seconds_bucket", "+Inf"] == 1
    assert found["pitturu_rollup_lag_seconds",] < 60
    assert found["pitturu_cancellations", "requested"] == 0
    assert found["pitturu_webhooks", "pending"] == 1
    assert found["pitturu_due_rows", "webhook_deliveries"] == 1
    assert 0 <= found["pitturu_oldest_due_seconds", "webhook_deliveries"] < 60
    assert found["pitturu_heartbeat_age_seconds", "sweep"] >= 0
    assert found["pitturu_live_processes", "sweep"] == 1


def test_the_process_is_measured_too(app: Flask) -> None:
    assert "process_resident_memory_bytes" in app.test_client().get("/metrics").text


def test_a_scrape_is_a_handful_of_statements(app: Flask, statements: list[str]) -> None:
    numbers(app)

    assert len(statements) == 12


@pytest.mark.parametrize(
    ("environment", "token", "header", "status"),
    [
        ("development", "", None, 200),
        ("development", "t" * 32, None, 401),
        ("production", "t" * 32, "Bearer " + "t" * 32, 200),
        ("production", "t" * 32, "Bearer " + "t" * 31, 401),
        ("production", "t" * 32, "Basic " + "t" * 32, 401),
        ("production", "t" * 32, "Bearer \xe9", 401),
        ("production", "", None, 401),
        ("production", "", "Bearer ", 401),
    ],
)
def test_who_may_scrape(
    app_with: Callable[..., Flask], environment: str, token: str, header: str | None, status: int
) -> None:
    app = app_with(pitturu_env=environment, metrics_token=token)
    answer = app.test_client().get("/metrics", headers={"Authorization": header} if header else {})

    assert answer.status_code == status
    if status == 401:
        assert answer.json["code"] == "metrics_token_needed"


def test_the_last_audit_is_measured(shop: Shop) -> None:
    shop.paid()
    shop.set(Payment, sandbox=False)
    with shop.app.app_context():
        scheduled_audit.run(unit_of_work, services_of(shop.app).settings, Scope.FULL)
    found = numbers(shop.app)

    assert found["pitturu_audit_violations", "accepted_on_our_channels"] == 1
    assert found["pitturu_audit_violations", "timeline_adds_up"] == 0
    assert 0 <= found["pitturu_audit_age_seconds", "full"] < 60
