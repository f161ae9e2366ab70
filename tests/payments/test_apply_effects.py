"""Every effect has one writer, and applying effects to the database equals evolving the facts."""

from datetime import timedelta
from uuid import uuid4

import pytest

from pitturu.domain import clock, retry_policy
from pitturu.domain.cancellation import CancelKind, CancelStage, IllegalCancelMove
from pitturu.domain.cause import Cause, CauseKind, EventKind, Origin
from pitturu.domain.decision import Claim, Due, Effect, KnownCancel, cancel_effects, effects
from pitturu.domain.decision.cancel_effects import CancelDue, ChangeCancel, OpenCancel, RetryCancel
from pitturu.domain.decision.effects import EndNow, Finish, Move, Note, Prepared, ReleaseStock, Reopen, Retry, Schedule
from pitturu.domain.jobs import JobName
from pitturu.domain.lifecycle import IllegalMove, SessionStatus
from pitturu.payments import apply_effects as writer
from pitturu.payments import loaded_order
from pitturu.payments.apply_effects import apply_effects
from pitturu.payments.loaded_order import LoadedOrder
from pitturu.store import events
from pitturu.store.unit_of_work import UnitOfWork
from tests.store import rows

pytestmark = pytest.mark.usefixtures("tables")
SOON = timedelta(minutes=1)


def cause() -> Cause:
    """A verification by hana."""
    return Cause(CauseKind.VERIFY, Origin.BUYER, "hana", clock.now(), "r1")


def applied(work: UnitOfWork, order: LoadedOrder, *decided: Effect) -> LoadedOrder:
    """Apply effects. The facts of the order, read again from the database, equal the evolved facts."""
    apply_effects(work, order, decided, cause())
    work.flush()
    work.session.flush()
    again = loaded_order.load(UnitOfWork(), order.session)
    assert again.facts == order.facts
    return again


def test_every_effect_has_a_writer() -> None:
    named = {**vars(effects), **vars(cancel_effects)}.values()
    every = {one for one in named if isinstance(one, type) and issubclass(one, Effect) and one is not Effect}
    assert set(writer._write.registry) - {object} == every


def test_a_move_writes_one_line_of_the_timeline(work: UnitOfWork) -> None:
    session = rows.session(provider_status="ready")
    applied(work, loaded_order.load(work, session), Move(SessionStatus.PREPARED, "because"))
    (line,) = events.of_session(session.id)
    assert (line.kind, line.from_status, line.to_status, line.amount) == ("status", "created", "prepared", 0)
    assert (line.cause, line.origin, line.name, line.provider_status) == ("verify", "buyer", None, "ready")
    assert (line.detail, line.request_id) == ("because", "r1")


def test_an_illegal_move_changes_nothing(work: UnitOfWork) -> None:
    session = rows.session(status="paid", imp_uid="imp_1", paid_at=clock.now())
    with pytest.raises(IllegalMove):
        apply_effects(work, loaded_order.load(work, session), [Move(SessionStatus.MISMATCHED)], cause())
    work.flush()
    assert (session.status, events.of_session(session.id)) == ("paid", [])


def test_a_closed_order_has_no_slot_and_a_failed_one_its_reason(work: UnitOfWork) -> None:
    session = rows.session(open_slot=0)
    applied(work, loaded_order.load(work, session), Move(SessionStatus.FAILED, "declined"), ReleaseStock())
    assert (session.open_slot, session.fail_reason) == (None, "declined")
    reopened_at = clock.now()
    session.stock_held = 2
    again = loaded_order.load(work, session)
    applied(work, again, Reopen(reopened_at), Move(SessionStatus.CREATED), EndNow(reopened_at), Prepared(reopened_at))
    assert (session.fail_reason, session.reopened_at, session.expires_at) == (None, reopened_at, reopened_at)


def test_jobs_are_planned_finished_and_retried(work: UnitOfWork) -> None:
    session = rows.session()
    due = Due(JobName.VERIFY, clock.now() + SOON)
    order = applied(work, loaded_order.load(work, session), Schedule(due))
    claim = Claim(due.at, 1)
    stale = Claim(due.at + SOON, 1)
    order = applied(work, order, Finish(stale))
    assert session.due_at == due.at
    otherwise = Due(JobName.EXPIRE, clock.now())
    apply_effects(work, order, [Retry(stale, retry_policy.TRY_AGAIN, "away", otherwise)], cause())
    assert (session.due_at, session.last_error) == (due.at, "away")
    apply_effects(work, order, [Retry(claim, retry_policy.TRY_AGAIN, "away", otherwise)], cause())
    assert (session.next_job, session.due_at) == (JobName.EXPIRE, otherwise.at)
    applied(work, loaded_order.load(work, session), Finish(Claim(otherwise.at, 1)), Schedule(None))
    assert session.due_at is None


def test_cancels_are_opened_changed_and_timed(work: UnitOfWork) -> None:
    session, payment = rows.purchase()
    order = loaded_order.load(work, session)
    cancel = KnownCancel(
        uuid4(), payment.imp_uid, CancelKind.REFUND, CancelStage.REQUESTED, Origin.SYSTEM, 300, "wrong amount"
    )
    order = applied(work, order, OpenCancel(cancel, due=True), Note(EventKind.CANCEL_REFUSED, payment.imp_uid, "no"))
    row = order.cancels[cancel.id]
    assert (row.origin, row.name, row.request_id, row.due_at is not None) == ("system", None, "r1", True)
    sent = cancel._replace(stage=CancelStage.SENT, balance=2_000)
    order = applied(work, order, ChangeCancel(sent), RetryCancel(cancel.id, retry_policy.ASK_FIRST, "lost", seen=True))
    row = order.cancels[cancel.id]
    assert (row.last_error, row.dead_at is not None) == ("lost", True)
    order = applied(work, order, CancelDue(cancel.id, afresh=True))
    row = order.cancels[cancel.id]
    assert (row.attempts, row.dead_at) == (0, None)
    order = applied(work, order, ChangeCancel(sent._replace(stage=CancelStage.SUCCEEDED)))
    row = order.cancels[cancel.id]
    assert (row.due_at, row.decided_at is not None) == (None, True)
    with pytest.raises(IllegalCancelMove):
        apply_effects(work, order, [ChangeCancel(sent)], cause())
