"""How operators find, list, explain and replay cancels."""

from typing import Final

from sqlalchemy import ColumnElement, and_, select

from pitturu.domain.cancellation import AWAITS_REVIEW, IN_TURN, CancelKind, CancelStage
from pitturu.domain.cause import Origin
from pitturu.domain.jobs import JobName
from pitturu.domain.work import NextActor, Stuck
from pitturu.payments.explanations import Description, Waiting, how_to_refund, waiting_for
from pitturu.payments.row_kinds import By, RowKind, note_replay
from pitturu.store import cancellations, history, lookup
from pitturu.store.cancellations import Cancellation
from pitturu.store.dead_letters import StuckCase
from pitturu.store.history import Payment
from pitturu.store.unit_of_work import UnitOfWork


def _describe(row: Cancellation, doing: str) -> Description:
    since = row.decided_at or row.created_at
    return Description(row.cancellation_id, row.stage, since, _waiting(row, doing))


def _waiting(row: Cancellation, sending: str) -> Waiting:
    revoke = row.kind == CancelKind.REVOKE
    if row.stage == CancelStage.SUCCEEDED:
        done = "the virtual account accepts no deposit any more" if revoke else "the money was refunded"
        return Waiting(f"nothing: {done}", NextActor.NOBODY, "Nothing.")
    if row.stage in (CancelStage.REJECTED, *AWAITS_REVIEW):
        return _waiting_for_review(row)
    request = how_to_refund(history.by_key(row.payment_key))
    if row.stage == CancelStage.REFUSED:
        whose = NextActor.OPERATOR if row.origin == Origin.SYSTEM else NextActor.BUYER
        wanted = "the virtual account is still to be withdrawn" if revoke else "the money is still to be refunded"
        todo = f"If {wanted}: ask the PG why, then {request}."
        return Waiting(f"nothing: the PG refused it ({row.refusal})", whose, todo)
    if row.stage == CancelStage.NEEDS_ACCOUNT:
        todo = f"Ask the buyer for a bank account, then {request} with refund_account."
        return Waiting("an operator: the account to refund to is not known", NextActor.OPERATOR, todo)
    earlier = next((one for one in cancellations.of_payment(row.payment_key) if one.stage in IN_TURN), row)
    if earlier.number < row.number:
        todo = f"See what {earlier.cancellation_id} waits for: cancels of one payment go one after the other."
        return Waiting(f"the earlier cancel {earlier.cancellation_id} of the same payment", NextActor.WORKER, todo)
    doing = "asking PortOne for the outcome of the cancel" if row.stage == CancelStage.SENT else sending
    return waiting_for(row, doing, Waiting("its next step", NextActor.WORKER, "Nothing: it is scheduled."))


def _waiting_for_review(row: Cancellation) -> Waiting:
    if row.stage == CancelStage.REJECTED:
        return Waiting(f"nothing: a person rejected it ({row.refusal})", NextActor.NOBODY, "Nothing.")
    decide = f"POST /api/v1/operations/approvals/{row.cancellation_id}/approve, or /reject with a reason."
    if row.stage == CancelStage.RETURN_REQUESTED:
        return Waiting("an operator: the buyer requests to return what was sent", NextActor.OPERATOR, decide)
    waits_for = f"a second operator: {row.amount} KRW are more than one may refund alone"
    return Waiting(waits_for, NextActor.OPERATOR, decide)


def _replay(work: UnitOfWork, row: Cancellation, by: By) -> list[str]:
    """Replay a dead cancel only: one that still waits for its next try may be on its way to PortOne.

    Earlier dead cancels of the same payment would block this one, so they are replayed too.
    """
    session = work.lock_session(row.session_key) if row.session_key else None
    every = cancellations.of_payment(row.payment_key)
    if next(one for one in every if one.id == row.id).dead_at is None:
        return []
    payment = history.by_key(row.payment_key)
    along = [one for one in every if one.dead_at is not None and one.number <= row.number]
    for one in along:
        note_replay(work, session, payment, by, f"cancel {one.cancellation_id} of {one.amount} KRW", one)
        one.make_due(by.request_id)
    work.wake(JobName.CANCEL)
    return [one.cancellation_id for one in along]


def _refused_refund() -> ColumnElement[bool]:
    """SQL for: an automatic refund that the PG refused, while money is left. No user requested it, so operators
    must react."""
    automatic = and_(Cancellation.origin == Origin.SYSTEM, Cancellation.kind == CancelKind.REFUND)
    here = and_(Payment.id == Cancellation.payment_key, Payment.amount > Payment.cancelled_amount)
    return and_(automatic, Cancellation.stage == CancelStage.REFUSED, select(Payment.id).where(here).exists())


CANCELLATIONS: Final = RowKind(
    name="cancellation",
    table=Cancellation,
    find=lookup.by_columns(Cancellation, Cancellation.cancellation_id),
    describe=_describe,
    needs_decision=(
        StuckCase(
            Stuck.NEEDS_ACCOUNT,
            Cancellation.created_at,
            Cancellation.stage == CancelStage.NEEDS_ACCOUNT,
            counted_as="refunds_without_account",
        ),
        StuckCase(
            Stuck.RETURN_REQUESTED,
            Cancellation.created_at,
            Cancellation.stage == CancelStage.RETURN_REQUESTED,
            counted_as="return_requests",
        ),
        StuckCase(
            Stuck.AWAITING_APPROVAL,
            Cancellation.created_at,
            Cancellation.stage == CancelStage.AWAITING_APPROVAL,
            counted_as="cancels_awaiting_approval",
        ),
        StuckCase(Stuck.REFUSED, Cancellation.decided_at, _refused_refund(), counted_as="refused_refunds"),
    ),
    replay=_replay,
    lock_key=lambda cancellation: cancellation.session_key or cancellation.payment_key,
)
