"""How operators find, list, explain and replay sessions and their payments."""

from collections.abc import Sequence
from typing import Final

from pitturu.domain import clock
from pitturu.domain.cancellation import AWAITS_REVIEW
from pitturu.domain.jobs import JobName
from pitturu.domain.lifecycle import HOLDS_GOODS, SessionStatus
from pitturu.domain.work import NextActor
from pitturu.payments.explanations import Description, Waiting, clock_time, how_to_refund, waiting_for
from pitturu.payments.row_kinds import By, NamedKind, RowKind, note_replay
from pitturu.store import buyer_notices, cancellations, cash_receipts, events, history, lookup, shipments
from pitturu.store.base import Keyed
from pitturu.store.history import Payment
from pitturu.store.sessions import PaymentSession
from pitturu.store.unit_of_work import UnitOfWork
from pitturu.store.webhooks import DeliveryState


def _describe(row: PaymentSession, doing: str) -> Description:
    since = events.last_change(row.id) or row.created_at
    return Description(row.session_id, row.status, since, waiting_for(row, doing, _not_due(row)))


def _not_due(row: PaymentSession) -> Waiting:
    """What a session waits for while no job of it is due."""
    deadline = clock_time(row.expires_at)
    match row.state:
        case SessionStatus.PREPARED:
            todo = "Nothing: PortOne is asked then."
            return Waiting(f"the buyer, who may pay until {deadline}", NextActor.BUYER, todo)
        case SessionStatus.AWAITING_DEPOSIT:
            until = clock_time(row.vbank_due_at or row.expires_at)
            todo = "Nothing: PortOne is asked meanwhile."
            return Waiting(f"the buyer's deposit, until {until}", NextActor.BUYER, todo)
        case SessionStatus.CREATED | SessionStatus.VERIFYING:
            return Waiting("its next request to PortOne", NextActor.WORKER, "Nothing: it is scheduled.")
        case SessionStatus.MISMATCHED:
            todo = "See its payment below for the refund, and its timeline for who paid what and how."
            return Waiting("nothing: the mismatched payment is refunded automatically", NextActor.NOBODY, todo)
    if row.due_at is None:
        return Waiting("nothing", NextActor.NOBODY, "Nothing.")
    last_check = "nothing; PortOne is asked once more, in case there is a second payment or a webhook was lost"
    return Waiting(last_check, NextActor.NOBODY, "Nothing.")


def _related(row: PaymentSession) -> Sequence[Keyed]:
    """Its payments, its cash receipt, its pending webhooks, and the notices to its buyer."""
    pending = [one for one in lookup.deliveries_of(row.merchant_uid) if one.state == DeliveryState.PENDING]
    receipt = cash_receipts.of_session(row.id)
    receipts = [receipt] if receipt else []
    return [*history.of_session(row.id), *receipts, *pending, *buyer_notices.of_session(row.id)]


def _next_job(row: PaymentSession) -> str:
    return row.next_job or JobName.VERIFY


def _replay(work: UnitOfWork, row: PaymentSession, by: By) -> list[str]:
    session = work.lock_session(row.id)
    if session.dead_at is None:
        return []
    job = JobName(session.next_job or JobName.VERIFY)
    note_replay(work, session, None, by, f"session {session.session_id}", session)
    session.plan(job, clock.now())
    session.request_id = by.request_id or session.request_id
    work.wake(job)
    return [session.session_id]


def _describe_payment(row: Payment, _doing: str) -> Description:
    return Description(row.payment_id, row.status, row.paid_at or row.created_at, _waiting_of_payment(row))


def _waiting_of_payment(row: Payment) -> Waiting:
    undecided = [one for one in cancellations.of_payment(row.id) if one.is_undecided]
    if undecided:
        waits_for = f"pending refunds: {', '.join(one.cancellation_id for one in undecided)}"
        person = all(one.stage in AWAITS_REVIEW for one in undecided)
        return Waiting(waits_for, NextActor.OPERATOR if person else NextActor.WORKER, "See each of them below.")
    if row.verdict is not None and not row.accepted and row.remaining > 0:
        waits_for = f"an operator: it is {row.verdict}, and {row.remaining} KRW were not refunded"
        todo = f"Ask the PG why it refused the refund, then {how_to_refund(row)}."
        return Waiting(waits_for, NextActor.OPERATOR, todo)
    if row.status == SessionStatus.AWAITING_DEPOSIT:
        return Waiting("the buyer's deposit", NextActor.BUYER, "Nothing: PortOne is asked meanwhile.")
    kept = " and kept" if row.status in HOLDS_GOODS else ""
    return Waiting(f"nothing: it is {row.status}{kept}", NextActor.NOBODY, "Nothing.")


def _related_to_payment(payment: Payment) -> list[Keyed]:
    shipment = shipments.of_payment(payment.id) if payment.escrow_status else None
    return [*cancellations.of_payment(payment.id), *([shipment] if shipment else [])]


PAYMENTS: Final = NamedKind(
    name="payment",
    table=Payment,
    find=lookup.by_columns(Payment, Payment.payment_id, Payment.imp_uid),
    describe=_describe_payment,
    related=_related_to_payment,
)

SESSIONS: Final = RowKind(
    name="session",
    table=PaymentSession,
    find=lookup.by_columns(PaymentSession, PaymentSession.session_id, PaymentSession.merchant_uid),
    describe=_describe,
    related=_related,
    replay=_replay,
    next_job=_next_job,
    parts=(PAYMENTS,),
)
