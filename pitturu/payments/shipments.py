"""The worker that registers shipments of escrow payments with PortOne, and tells it that a buyer confirms one.

Each is sent once; after an answer that was lost PortOne is asked, and only what did not arrive is sent again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select

from pitturu.config.settings import Settings
from pitturu.domain import clock, retry_policy
from pitturu.domain.errors import GatewayError, Reaction
from pitturu.domain.escrow import (
    CONFIRMED,
    ENDED,
    REGISTERED,
    UNKNOWN,
    Carrier,
    EscrowGateway,
    Party,
    Registered,
    ShipmentOrder,
    ShipmentStage,
)
from pitturu.domain.jobs import Queue
from pitturu.domain.provider import Generation, PaymentRef
from pitturu.payments.handlers import JobHandler, WorkerContext
from pitturu.payments.shipment_rows import NAME, SHIPMENTS
from pitturu.store import claims, history, shipments
from pitturu.store.base import any_of
from pitturu.store.history import Payment
from pitturu.store.sessions import PaymentSession
from pitturu.store.shipments import EscrowShipment
from pitturu.store.unit_of_work import UnitOfWork

ASKED_EVERY: Final = timedelta(hours=12)
ASKED_FOR: Final = timedelta(days=60)
"""How often, and how long after the shipment, PortOne is asked what the buyer says of the goods."""

ASK_AGAIN_AFTER: Final = timedelta(minutes=1)

DOUBT: Final = "Refused after a try whose answer was lost: it may be registered, see PortOne's console."


@dataclass(frozen=True)
class Step:
    """One step of one shipment: to send it (`order`), to say that the buyer `confirms`, or to ask what PortOne has."""

    key: UUID
    session_key: UUID
    until: datetime
    generation: str
    payment: PaymentRef
    invoice: str
    order: ShipmentOrder | None
    confirms: bool
    request_id: str | None


def _claim(context: WorkerContext, work: UnitOfWork, room: int) -> Sequence[Step]:
    rows = claims.claim(work, EscrowShipment, room, context.settings.lease)
    query = select(Payment, PaymentSession).join(PaymentSession, PaymentSession.id == Payment.session_key)
    found = work.session.execute(query.where(Payment.id == any_of(row.payment_key for row in rows)))
    known = {payment.id: (payment, session) for payment, session in found}
    return [_step(row, *known[row.payment_key], context.settings) for row in rows]


def _step(row: EscrowShipment, payment: Payment, session: PaymentSession, settings: Settings) -> Step:
    """What to do next about a claimed row. One that is about to leave is marked as sent in this transaction."""
    order, ref = None, PaymentRef(payment.imp_uid, payment.merchant_uid)
    row.doubtful = row.doubtful or row.stage == ShipmentStage.SENT
    if row.stage == ShipmentStage.REQUESTED:
        row.stage = ShipmentStage.SENT
        receiver = Party(session.buyer_name, session.buyer_tel, session.buyer_addr or "", session.buyer_postcode or "")
        order = ShipmentOrder(
            ref, Carrier(row.carrier), row.invoice, row.sent_at, settings.escrow_sender, receiver, row.known
        )
    confirms = row.confirming and row.stage == ShipmentStage.REGISTERED and not row.confirm_doubtful
    # Marked before it leaves, so that whatever dies, the step after it is a question.
    row.confirm_doubtful = row.confirm_doubtful or confirms
    until = row.due_at or clock.now()
    return Step(row.id, row.session_key, until, session.generation, ref, row.invoice, order, confirms, row.request_id)


def _ask(context: WorkerContext, step: Step) -> Registered | None:
    """What PortOne has."""
    gateway = context.gateway(step.generation)
    if not isinstance(gateway, EscrowGateway):
        raise TypeError(gateway)
    if step.confirms:
        gateway.confirm_escrow(step.payment)
        return Registered(step.invoice, CONFIRMED)
    if step.order is None:
        return gateway.shipment(step.payment)
    gateway.ship(step.order)
    return Registered(step.order.invoice, REGISTERED)


def _apply(_context: WorkerContext, work: UnitOfWork, step: Step, answer: Registered | GatewayError | None) -> None:
    session = work.lock_session(step.session_key)
    row = shipments.lock(work, step.key)
    if row.due_at != step.until:
        # A worker that was frozen beyond its lease: another one decides the next step.
        return
    if isinstance(answer, GatewayError) and step.confirms:
        _not_confirmed(row, step, answer)
    elif isinstance(answer, GatewayError):
        _after_error(row, step, answer)
    elif row.stage == ShipmentStage.REGISTERED or (answer and answer.invoice == step.invoice):
        _registered(row, step, answer)
    else:
        # It did not arrive. What PortOne has instead, if anything, is to be changed.
        row.known = answer is not None
        row.stage, row.due_at = ShipmentStage.REQUESTED, clock.now()
        work.wake(NAME)
    work.changed(session.session_id)


def _registered(row: EscrowShipment, step: Step, answer: Registered | None) -> None:
    """PortOne has it. V2 is asked from time to time what the buyer says: no webhook of that is documented."""
    if row.stage != ShipmentStage.REGISTERED:
        row.register()
    payment = history.by_key(row.payment_key)
    if answer is not None and answer.status not in (UNKNOWN, payment.escrow_status):
        shipments.note_status(payment, answer.status[:30])
    row.done(step.until)
    if row.confirming and payment.escrow_status not in ENDED:
        # The answer of the last try was lost, and PortOne does not know of it.
        row.confirm_doubtful, row.due_at = False, clock.now() + ASK_AGAIN_AFTER
        return
    row.confirming = row.confirm_doubtful = False
    asked_until = (row.registered_at or clock.now()) + ASKED_FOR
    if step.generation == Generation.V2 and payment.escrow_status not in ENDED and clock.now() < asked_until:
        row.due_at = clock.now() + ASKED_EVERY


def _not_confirmed(row: EscrowShipment, step: Step, error: GatewayError) -> None:
    lost = error.reaction is Reaction.ASK_FIRST
    row.confirm_doubtful = lost
    if error.reaction is Reaction.STOP:
        row.confirming, row.confirm_refusal = False, error.message[:500]
        row.done(step.until)
        row.due_at = clock.now() + ASKED_EVERY
        return
    row.retry(step.until, retry_policy.ASK_FIRST if lost else retry_policy.after_error(error.reaction), error.message)


def _after_error(row: EscrowShipment, step: Step, error: GatewayError) -> None:
    sending = step.order is not None
    if error.reaction is Reaction.DONE:
        _registered(row, step, None)
    elif error.reaction is Reaction.STOP and row.stage != ShipmentStage.REGISTERED:
        row.refuse(f"{DOUBT} {error.message}" if row.doubtful else error.message)
        row.done(step.until)
    else:
        lost = error.reaction is Reaction.ASK_FIRST
        if sending and not lost:
            row.stage = ShipmentStage.REQUESTED
        policy = retry_policy.ASK_FIRST if lost else retry_policy.after_error(error.reaction)
        row.retry(step.until, policy, error.message)


def _postpone(work: UnitOfWork, step: Step, words: str) -> None:
    work.lock_session(step.session_key)
    shipments.lock(work, step.key).retry(step.until, retry_policy.CALL_HUMAN, words)


HANDLER: JobHandler[Step, Registered | None] = JobHandler(
    name="payments.ship",
    queue=Queue.HOUSEKEEPING,
    rows=SHIPMENTS,
    doing="registering the shipment with PortOne",
    claim=_claim,
    ask=_ask,
    apply=_apply,
    postpone=_postpone,
)
