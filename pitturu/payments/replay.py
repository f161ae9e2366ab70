"""An operator has removed a cause and wants work to go on: the row is due again, and goes the road it always goes.

Nothing is done here that a worker would not do. A cancel that was `sent` is asked about before it is sent again: its
row still says `sent` (`returning`). Replaying twice is harmless: the second finds nothing that waits for a person.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from pitturu.domain import clock
from pitturu.domain.cause import Cause, CauseKind, EventKind, origin_of
from pitturu.domain.errors import NotFound
from pitturu.domain.jobs import JobName
from pitturu.domain.work import Stuck
from pitturu.payments import diagnosis, timeline
from pitturu.store import cancellations, dead_letters, history, orders
from pitturu.store.cancellations import Cancellation
from pitturu.store.dead_letters import Row, Wanted
from pitturu.store.history import Payment
from pitturu.store.reconciliations import Finding, ReconciliationRun
from pitturu.store.sessions import PaymentSession
from pitturu.store.unit_of_work import UnitOfWork
from pitturu.store.webhooks import DeliveryState, WebhookDelivery

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class By:
    """Who replays, as the timeline will name them, and under which request."""

    name: str
    request_id: str | None


@dataclass(frozen=True)
class Replayed:
    """Names of the rows that are due again; and of what was asked for and left alone, with the reason."""

    done: list[str] = field(default_factory=list)
    left_alone: dict[str, str] = field(default_factory=dict)


def replay(work: UnitOfWork, wanted: Sequence[str], by: By) -> Replayed:
    """Make these due again, by any name that `why` knows. A session or payment stands for all that is stuck in it."""
    result, rows = Replayed(), dict[UUID, tuple[str, Row]]()
    for name in dict.fromkeys(wanted):
        try:
            found = diagnosis.rows_of(name)
        except NotFound as unknown:
            result.left_alone[name] = unknown.detail
            continue
        rows.update({row.id: (name, row) for row in found if not isinstance(row, Payment)})
        result.left_alone[name] = "It does not wait for a person."
    for name, row in sorted(rows.values(), key=lambda pair: _lock_key(pair[1])):
        if done := _again(work, row, by):
            result.done.extend(done)
            result.left_alone.pop(name, None)
    for name in result.left_alone.keys() & {name for name, _ in rows.values()}:
        first = diagnosis.why(name)[0]
        result.left_alone[name] = f"It waits for {first.waits_for}. {first.todo}"
    return result


def replay_dead(work: UnitOfWork, wanted: Wanted, limit: int, by: By) -> Replayed:
    """Make what ran out of tries due again, those that wait longest first, `limit` at the most."""
    only_dead = Wanted(wanted.kind, Stuck.DEAD, wanted.before)
    rows = sorted((dead_letters.row_of(stuck) for stuck in dead_letters.page(only_dead, limit)), key=_lock_key)
    return Replayed([name for row in rows for name in _again(work, row, by)])


def _lock_key(row: Row) -> UUID:
    """Sessions are locked in this order, like everywhere, so that nobody deadlocks."""
    if isinstance(row, PaymentSession | ReconciliationRun | Finding):
        return row.id
    return row.session_key or row.id


def _again(work: UnitOfWork, row: Row, by: By) -> list[str]:
    """The names of what is due again; empty when it does not wait for a person (any more)."""
    if isinstance(row, PaymentSession):
        return _session(work, row, by)
    if isinstance(row, ReconciliationRun | Finding):
        return _compared(work, row, by)
    return _cancellation(work, row, by) if isinstance(row, Cancellation) else _webhook(work, row, by)


def _session(work: UnitOfWork, row: PaymentSession, by: By) -> list[str]:
    session = work.lock_session(row.id)
    if session.dead_at is None:
        return []
    job = JobName(session.next_job or JobName.VERIFY)
    _note(work, session, None, by, f"session {session.session_id}", session)
    session.plan(job, clock.now())
    session.request_id = by.request_id or session.request_id
    work.wake(job)
    return [session.session_id]


def _cancellation(work: UnitOfWork, row: Cancellation, by: By) -> list[str]:
    """Only what is dead: a cancel that still waits for its next try may be on its way to PortOne this very moment.

    An earlier cancel of the same payment that is dead as well would hold this one up, so it goes along.
    """
    session = work.lock_session(row.session_key)
    every = cancellations.of_payment(row.payment_key)
    if next(one for one in every if one.id == row.id).dead_at is None:
        return []
    payment = history.by_key(row.payment_key)
    along = [one for one in every if one.dead_at is not None and one.number <= row.number]
    for one in along:
        _note(work, session, payment, by, f"cancel {one.cancellation_id} of {one.amount} KRW", one)
        one.ask_now(by.request_id)
    work.wake(JobName.CANCEL)
    return [one.cancellation_id for one in along]


def _webhook(work: UnitOfWork, row: WebhookDelivery, by: By) -> list[str]:
    session = orders.by_order(row.merchant_uid)
    if session is not None:
        session = work.lock_session(session.id)
    fresh = work.lock_delivery(row.id)
    if fresh.dead_at is None and fresh.state != DeliveryState.ORPHANED:
        return []
    _note(work, session, None, by, f"webhook {fresh.id} ({fresh.event_status})", fresh)
    fresh.state = DeliveryState.PENDING
    fresh.ask_now(by.request_id)
    work.wake(JobName.WEBHOOK)
    return [str(fresh.id)]


def _compared(work: UnitOfWork, row: ReconciliationRun | Finding, by: By) -> list[str]:
    """It belongs to no session, so there is no timeline but the log."""
    work.session.refresh(row, with_for_update=True)
    if row.dead_at is None:
        return []
    comparison = isinstance(row, ReconciliationRun)
    name = row.comparison_id if isinstance(row, ReconciliationRun) else str(row.id)
    _note(work, None, None, by, f"{'comparison' if comparison else 'unknown payment'} {name}", row)
    row.ask_now(by.request_id)
    work.wake(JobName.COMPARE if comparison else JobName.RETURN_UNKNOWN)
    return [name]


def _note(
    work: UnitOfWork, session: PaymentSession | None, payment: Payment | None, by: By, what: str, row: Row
) -> None:
    """Into the timeline, where there is one. The buyer reads that too, so the error is told to the log alone."""
    log.info("replayed", extra={"what": what, "actor": by.name, "last_error": row.last_error})
    if session is not None:
        origin = origin_of(by.name, session.user_username)
        cause = Cause(CauseKind.REPLAY, origin, by.name, clock.now(), by.request_id)
        key = payment.id if payment else None
        timeline.write(work, session, cause, EventKind.REPLAYED, payment_key=key, detail=what[:500])
