"""Cancels, as operators name, list, ask about and replay them."""

from typing import Final

from sqlalchemy import ColumnElement, and_, select

from pitturu.domain.cancellation import CancelKind, CancelStage
from pitturu.domain.cause import Origin
from pitturu.domain.jobs import JobName
from pitturu.domain.work import NextActor, Stuck
from pitturu.payments.explanations import Description, Waiting, waiting_for
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
        done = "the virtual account takes no money any more" if revoke else "the money went back"
        return Waiting(f"nothing: {done}", NextActor.NOBODY, "Nothing.")
    request = f"POST /api/v1/payments/{history.by_key(row.payment_key).payment_id}/cancel as an operator"
    if row.session_key is None:
        request = "refund it in PortOne's console (its order was never issued here)"
    if row.stage == CancelStage.REFUSED:
        whose = NextActor.OPERATOR if row.origin == Origin.SYSTEM else NextActor.BUYER
        wanted = "the virtual account is still to be withdrawn" if revoke else "the money is still to go back"
        todo = f"If {wanted}: ask the PG why, then {request}."
        return Waiting(f"nothing: the PG said no ({row.refusal})", whose, todo)
    if row.stage == CancelStage.NEEDS_ACCOUNT:
        todo = f"Ask the buyer for a bank account, then {request} with refund_account."
        return Waiting("a person: nobody knows to which account this deposit shall go back", NextActor.OPERATOR, todo)
    elder = next((one for one in cancellations.of_payment(row.payment_key) if one.is_undecided), row)
    if elder.number < row.number:
        todo = f"See what {elder.cancellation_id} waits for: cancels of one payment go one after the other."
        return Waiting(f"the earlier cancel {elder.cancellation_id} of the same payment", NextActor.WORKER, todo)
    doing = "asking PortOne what became of the cancel" if row.stage == CancelStage.SENT else sending
    return waiting_for(row, doing, Waiting("its next step", NextActor.WORKER, "Nothing: it is planned."))


def _replay(work: UnitOfWork, row: Cancellation, by: By) -> list[str]:
    """Only what is dead: a cancel that still waits for its next try may be on its way to PortOne this very moment.

    An earlier cancel of the same payment that is dead as well would hold this one up, so it goes along.
    """
    session = work.lock_session(row.session_key) if row.session_key else None
    every = cancellations.of_payment(row.payment_key)
    if next(one for one in every if one.id == row.id).dead_at is None:
        return []
    payment = history.by_key(row.payment_key)
    along = [one for one in every if one.dead_at is not None and one.number <= row.number]
    for one in along:
        note_replay(work, session, payment, by, f"cancel {one.cancellation_id} of {one.amount} KRW", one)
        one.ask_now(by.request_id)
    work.wake(JobName.CANCEL)
    return [one.cancellation_id for one in along]


def _refused_refund() -> ColumnElement[bool]:
    """SQL for a refund that nobody asked for by hand, so nobody else knows that the PG said no to it; and the money
    is still here."""
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
        StuckCase(Stuck.REFUSED, Cancellation.decided_at, _refused_refund(), counted_as="refused_refunds"),
    ),
    replay=_replay,
    lock_key=lambda cancellation: cancellation.session_key or cancellation.payment_key,
)
