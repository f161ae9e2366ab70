"""The inbox: copies of the same news share one row and make it due again; other news is another row."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from pitturu.domain import clock
from pitturu.extensions import db
from pitturu.store import webhooks
from pitturu.store.webhooks import STRANGERS_KEPT_FOR, DeliveryState, WebhookDelivery
from pitturu.worker import sweep
from tests.store import rows

pytestmark = pytest.mark.usefixtures("tables")

NEWS = {
    "generation": "v1",
    "imp_uid": "imp_1",
    "merchant_uid": "ord1",
    "event_status": "cancelled",
    "provider_cancellation_id": "",
    "body": b"{}",
    "content_type": "application/json",
    "remote_address": "127.0.0.1",
}


def keep(request_id: str = "r1", **changes: object) -> list[WebhookDelivery]:
    """Take in this news; the whole inbox."""
    db.session.commit()
    webhooks.keep({**NEWS, **changes, "request_id": request_id})
    query = select(WebhookDelivery).order_by(WebhookDelivery.received_at)
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def test_news_is_due_at_once() -> None:
    (row,) = keep()
    assert (row.state, row.copies, row.request_id) == (DeliveryState.PENDING, 1, "r1")
    assert row.due_at is not None
    assert row.due_at <= clock.now()


def test_a_copy_counts_up_and_asks_again() -> None:
    """The same words may stand for a second cancel, so a row that was done or dead is due again."""
    (row,) = keep()
    row.state, row.due_at, row.dead_at, row.attempts = DeliveryState.ORPHANED, None, clock.now(), 8
    db.session.flush()
    (row,) = keep("r2", body=b"later")
    assert (row.copies, row.state, row.attempts, row.dead_at, row.request_id) == (2, "pending", 0, None, "r2")
    assert row.due_at is not None
    assert row.body == b"{}", "the first copy is the evidence"


@pytest.mark.parametrize("name", ["imp_uid", "merchant_uid", "event_status", "provider_cancellation_id", "delivery_id"])
def test_other_news_is_another_row(name: str) -> None:
    keep()
    assert len(keep(**{name: "other"})) == 2


def test_cleaning_forgets_strangers_after_a_month_and_nothing_else() -> None:
    old = clock.now() - STRANGERS_KEPT_FOR
    for state in DeliveryState:
        rows.delivery(state=state, received_at=old, merchant_uid=f"old{state}")
    rows.delivery(state="orphaned", received_at=old + timedelta(minutes=1), merchant_uid="young")
    sweep.clean()

    left = set(db.session.scalars(select(WebhookDelivery.merchant_uid)))
    assert left == {"oldpending", "olddone", "young"}
