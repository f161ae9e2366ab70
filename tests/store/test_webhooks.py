"""The inbox: repeated deliveries share one row and make it due again; another webhook is another row."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from pitturu.domain import clock
from pitturu.extensions import db
from pitturu.store import webhooks
from pitturu.store.webhook_outcomes import WebhookOutcome
from pitturu.store.webhooks import UNKNOWN_KEPT_FOR, DeliveryState, WebhookDelivery
from pitturu.worker import sweep
from tests.store import rows

pytestmark = pytest.mark.usefixtures("tables")

WEBHOOK = {
    "generation": "v1",
    "imp_uid": "imp_1",
    "merchant_uid": "ord1",
    "event_status": "cancelled",
    "provider_cancellation_id": "",
    "body": b"{}",
    "content_type": "application/json",
    "remote_address": "127.0.0.1",
}


def save(request_id: str = "r1", **changes: object) -> list[WebhookDelivery]:
    """Save this webhook. Returns the whole inbox."""
    db.session.commit()
    webhooks.save({**WEBHOOK, **changes, "request_id": request_id})
    query = select(WebhookDelivery).order_by(WebhookDelivery.received_at)
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def test_a_webhook_is_due_at_once() -> None:
    (row,) = save()
    assert (row.state, row.copies, row.request_id) == (DeliveryState.PENDING, 1, "r1")
    assert row.due_at is not None
    assert row.due_at <= clock.now()


def test_a_repeated_delivery_is_counted_and_due_again() -> None:
    """It may report a second cancel, so a row that was done or dead is due again."""
    (row,) = save()
    row.state, row.due_at, row.dead_at, row.attempts = DeliveryState.ORPHANED, None, clock.now(), 8
    db.session.flush()
    (row,) = save("r2", body=b"later")
    assert (row.copies, row.state, row.attempts, row.dead_at, row.request_id) == (2, "pending", 0, None, "r2")
    assert row.due_at is not None
    assert row.body == b"{}", "the first body is kept"


def test_when_it_was_finished() -> None:
    """A copy begins it anew, and the lag is counted from the copy."""
    (row,) = save()
    assert (row.finished_at, row.repeated_at, row.lag) == (None, None, None)
    assert row.close(row.due_at or clock.now())
    finished = row.finished_at
    assert finished is not None
    assert row.lag == (finished - row.received_at).total_seconds()
    assert not row.close(clock.now())
    assert row.finished_at == finished, "closed before"

    (row,) = save("r2")
    assert (row.finished_at, row.lag) == (None, None)
    assert row.repeated_at is not None
    assert row.repeated_at > finished
    row.close(row.due_at or clock.now())
    assert row.finished_at is not None
    assert row.lag == (row.finished_at - row.repeated_at).total_seconds()


def test_an_answer_finishes_what_came_before_the_question() -> None:
    save()
    session = rows.session(merchant_uid="ord1")
    asked = clock.now()
    webhooks.close_answered(db.session(), {"ord1": (session.id, asked)})
    (row,) = save(imp_uid="imp_2")[:1]
    assert row.state == DeliveryState.DONE
    assert row.finished_at is not None
    assert row.finished_at >= asked


def test_the_lag_of_what_an_answer_finishes_is_counted_from_the_last_copy() -> None:
    save()
    (row,) = save("r2")
    webhooks.close_answered(db.session(), {"ord1": (rows.session(merchant_uid="ord1").id, clock.now())})
    assert db.session.scalars(select(WebhookOutcome.received_at)).all() == [row.repeated_at]


def test_what_is_ignored_is_finished_at_once() -> None:
    db.session.commit()
    webhooks.save({**WEBHOOK, "request_id": "r1"}, of_a_payment=False)
    (row,) = db.session.scalars(select(WebhookDelivery))
    assert (row.state, row.lag) == (DeliveryState.IGNORED, 0)


@pytest.mark.parametrize("name", ["imp_uid", "merchant_uid", "event_status", "provider_cancellation_id", "delivery_id"])
def test_another_webhook_is_another_row(name: str) -> None:
    save()
    assert len(save(**{name: "other"})) == 2


def test_only_webhooks_of_unknown_orders_are_deleted_after_a_month() -> None:
    old = clock.now() - UNKNOWN_KEPT_FOR
    for state in DeliveryState:
        rows.delivery(state=state, received_at=old, merchant_uid=f"old{state}")
    rows.delivery(state="orphaned", received_at=old + timedelta(minutes=1), merchant_uid="young")
    sweep.clean()

    left = set(db.session.scalars(select(WebhookDelivery.merchant_uid)))
    assert left == {"oldpending", "olddone", "young"}


def test_what_is_kept_is_not_locked_while_the_surplus_is_deleted() -> None:
    """Ten thousand locks for each webhook that a stranger posts would be written to disk, and be waited for."""
    for number in range(5):
        save(imp_uid=f"imp_{number}", merchant_uid=f"stranger{number}")
    db.session.execute(update(WebhookDelivery).values(state=DeliveryState.ORPHANED))
    db.session.commit()
    webhooks.delete_surplus(3)
    with db.engine.connect() as other:
        free = other.scalars(select(WebhookDelivery.imp_uid).with_for_update(skip_locked=True))
        assert sorted(free) == ["imp_2", "imp_3", "imp_4"]
