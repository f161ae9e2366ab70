"""A scrape costs the same with a thousand and with a million purchases."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from pitturu.extensions import db
from pitturu.monitoring import metrics
from tests.store.plans import forget_statistics, sent_by

GROWING = (
    *("payment_sessions", "payment_history", "payment_cancellations", "webhook_deliveries", "payment_events"),
    "outbound_messages",
)
"""Tables that hold a row or more for each purchase, or grow with time."""


@pytest.fixture
def asked(app: Flask) -> Iterator[list[tuple[str, Any]]]:
    """The statements of one scrape with their values."""
    with app.app_context():
        yield sent_by(lambda: list(metrics.DatabaseCollector().collect()))
        db.session.rollback()


def scans(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every node of a query plan that searches one of the growing tables."""
    kind = plan["Node Type"]
    if kind == "Bitmap Index Scan" or (kind != "Bitmap Heap Scan" and plan.get("Relation Name") in GROWING):
        yield plan
    for part in plan.get("Plans", ()):
        yield from scans(part)


def linear(asked: list[tuple[str, Any]]) -> list[dict[str, Any]]:
    """The scans that read a growing table from end to end.

    The planner must not choose what is right for the small tables of a test, so that its plan shows which index it
    could use for large ones: one in which a row is found by a value, or a partial index of the rows that wait.
    """
    read = text("SELECT indexrelid::regclass::text FROM pg_index WHERE indpred IS NOT NULL")
    partial, found = set(db.session.scalars(read)), []
    connection = db.session.connection()
    forget_statistics(connection)
    for choice in ("seqscan", "hashjoin", "mergejoin", "material"):
        connection.execute(text(f"SET LOCAL enable_{choice} = off"))
    for statement, values in asked:
        plan = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", values).scalar_one()
        found += scans(plan[0]["Plan"])
    assert len(found) > 10
    return [plan for plan in found if "Index Cond" not in plan and plan.get("Index Name") not in partial]


def test_it_reads_no_table_that_grows_with_every_purchase(asked: list[tuple[str, Any]]) -> None:
    assert linear(asked) == []


def test_a_missing_index_is_noticed(asked: list[tuple[str, Any]]) -> None:
    db.session.execute(text("DROP INDEX ix_payment_sessions_mismatched"))

    assert [plan["Relation Name"] for plan in linear(asked)] == ["payment_sessions"]
