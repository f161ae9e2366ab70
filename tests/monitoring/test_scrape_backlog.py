"""Neither a scrape nor an operator's view of the system reads more because much waits, or because the shop is large."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, text

from pitturu.domain import clock
from pitturu.domain.jobs import JobName
from pitturu.extensions import db
from pitturu.monitoring import metrics, statistics, system_state
from pitturu.payments.session_rows import SESSIONS
from pitturu.registry import REGISTRY
from pitturu.store import claims, sessions
from pitturu.store.sessions import PaymentSession
from pitturu.store.webhooks import DeliveryState, WebhookDelivery
from tests.store import rows
from tests.store.plans import sent_by

MOST = 100
WAITING = 1_500
"""Far more than are counted. Of few more Postgres may read all, because that takes no longer."""

COPIES = """
INSERT INTO payment_sessions (id, session_id, merchant_uid, user_username, item_id, item_name, unit_price, quantity,
    amount, items_total, status, buyer_name, buyer_email, buyer_tel, expires_at, watch_until, version, next_job, due_at)
SELECT gen_random_uuid(), session_id || n, merchant_uid || n, user_username, item_id, item_name, unit_price, quantity,
    amount, items_total, status, buyer_name, buyer_email, buyer_tel, expires_at, watch_until, version, next_job, due_at
FROM payment_sessions, generate_series(1, :count) AS n WHERE id = :id
"""

READS: dict[str, Callable[[], object]] = {
    "metrics": lambda: list(metrics.DatabaseCollector().collect()),
    "system": system_state.read,
}


@pytest.fixture(autouse=True)
def smaller_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that few rows show it."""
    monkeypatch.setattr(statistics, "MOST_DUE", MOST)


def several_sessions(count: int, **changes: Any) -> None:
    """So many equal sessions."""
    first = rows.session(status="expired", **changes)
    db.session.execute(text(COPIES), {"id": first.id, "count": count - 1})


def several_webhooks(count: int, **changes: Any) -> None:
    """So many webhooks of orders that nobody knows."""
    db.session.execute(insert(WebhookDelivery), [rows.delivery_values(**changes) for _ in range(count)])


def rows_read(read: Callable[[], object]) -> int:
    """How many rows and entries of indexes the statements of `read` look at, as Postgres plans them by itself."""
    connection = db.session.connection()
    connection.exec_driver_sql("ANALYZE payment_sessions, webhook_deliveries")
    explained = [
        connection.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {query}", values).scalar_one()
        for query, values in sent_by(read)
    ]
    return sum(_scanned(plan[0]["Plan"]) for plan in explained)


def _scanned(node: dict[str, Any]) -> int:
    looked_at = node["Actual Rows"] + node.get("Rows Removed by Filter", 0) if "Scan" in node["Node Type"] else 0
    return int(looked_at * node["Actual Loops"]) + sum(map(_scanned, node.get("Plans", ())))


@pytest.mark.usefixtures("tables")
@pytest.mark.parametrize("read", READS.values(), ids=READS)
def test_the_size_of_the_shop_and_of_the_backlog_cost_nothing(read: Callable[[], object]) -> None:
    several_sessions(WAITING, next_job=JobName.VERIFY, due_at=clock.now())
    several_webhooks(WAITING)
    several_sessions(500)
    several_webhooks(500, state=DeliveryState.DONE, due_at=None)
    before = rows_read(read)

    several_sessions(5_000)
    several_webhooks(2_000, state=DeliveryState.DONE, due_at=None)
    larger = rows_read(read)
    several_sessions(WAITING, next_job=JobName.VERIFY, due_at=clock.now())
    several_webhooks(WAITING)
    later = rows_read(read)
    assert max(larger, later) < 1.1 * before, (before, larger, later)


@pytest.mark.usefixtures("tables")
def test_what_waits_is_counted_up_to_a_limit() -> None:
    several_sessions(WAITING, next_job=JobName.VERIFY, due_at=clock.now())
    several_sessions(WAITING, next_job=JobName.EXPIRE, due_at=clock.now())
    several_webhooks(WAITING)
    due = statistics.due()
    assert (due["payment_sessions"][0], due["webhook_deliveries"][0]) == (MOST, MOST)
    assert statistics.unfinished_webhooks() == {"pending": MOST, "orphaned": 0, "ignored": 0}
    by_job = {name: count for name, (count, _) in statistics.due_by_job(REGISTRY.handlers).items() if count}
    assert by_job == dict.fromkeys((JobName.VERIFY, JobName.EXPIRE, JobName.WEBHOOK), MOST)


@pytest.mark.usefixtures("tables")
@pytest.mark.parametrize("job", sessions.JOBS)
def test_the_oldest_session_of_whatever_kind_of_work(job: JobName) -> None:
    long_ago = clock.now() - timedelta(hours=1)
    rows.session(next_job=job, due_at=long_ago)
    rows.session(next_job=JobName.VERIFY, due_at=clock.now())
    assert statistics.due()["payment_sessions"] == (2, long_ago)
    assert claims.oldest_due(PaymentSession) == long_ago


def test_every_kind_of_work_on_sessions_is_counted() -> None:
    assert {one.name for one in REGISTRY.handlers if one.rows is SESSIONS} == set(sessions.JOBS)
