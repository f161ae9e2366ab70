"""How operators find, list, explain and replay webhooks."""

from typing import Final

from sqlalchemy import and_

from pitturu.domain.jobs import JobName
from pitturu.domain.work import NextActor, Stuck
from pitturu.payments.explanations import REPLAY, Description, Waiting, waiting_for
from pitturu.payments.row_kinds import By, RowKind, note_replay
from pitturu.store import lookup, orders
from pitturu.store.dead_letters import StuckCase
from pitturu.store.unit_of_work import UnitOfWork
from pitturu.store.webhooks import DeliveryState, WebhookDelivery


def _describe(row: WebhookDelivery, doing: str) -> Description:
    return Description(str(row.id), row.state, row.received_at, _waiting(row, doing))


def _waiting(row: WebhookDelivery, doing: str) -> Waiting:
    match row.state:
        case DeliveryState.DONE:
            waits_for = "nothing: an answer of PortOne that covers it was applied"
            return Waiting(waits_for, NextActor.NOBODY, "Nothing.")
        case DeliveryState.IGNORED:
            waits_for = "nothing: it is of no payment, or in V1's unsigned form about an order of V2"
            return Waiting(waits_for, NextActor.NOBODY, "Nothing.")
        case DeliveryState.ORPHANED if row.due_at is None:
            todo = (
                f"Look {row.merchant_uid} up in PortOne's console: it is of another system on the same account, or"
                f" forged. If the order is ours after all (a restored database), {REPLAY}."
            )
            return Waiting("an operator: its order number is unknown", NextActor.OPERATOR, todo)
    return waiting_for(row, doing, Waiting("a worker", NextActor.WORKER, "Nothing: it is scheduled."))


def _replay(work: UnitOfWork, row: WebhookDelivery, by: By) -> list[str]:
    session = orders.by_order(row.merchant_uid)
    if session is not None:
        session = work.lock_session(session.id)
    locked = work.lock_delivery(row.id)
    if locked is None or not _is_stuck(locked):
        return []
    note_replay(work, session, None, by, f"webhook {locked.id} ({locked.event_status})", locked)
    locked.state = DeliveryState.PENDING
    locked.make_due(by.request_id)
    work.wake(JobName.WEBHOOK)
    return [str(locked.id)]


def _is_stuck(row: WebhookDelivery) -> bool:
    return row.dead_at is not None or (row.state == DeliveryState.ORPHANED and row.due_at is None)


WEBHOOKS: Final = RowKind(
    name="webhook",
    table=WebhookDelivery,
    find=lookup.by_id(WebhookDelivery),
    describe=_describe,
    needs_decision=(
        StuckCase(
            Stuck.ORPHANED,
            WebhookDelivery.received_at,
            and_(WebhookDelivery.state == DeliveryState.ORPHANED, WebhookDelivery.due_at.is_(None)),
            counted_as="orphaned_webhooks",
        ),
    ),
    replay=_replay,
    lock_key=lambda delivery: delivery.session_key or delivery.id,
)
