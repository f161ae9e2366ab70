"""The worker half of a cancel: each claimed row is sent, or asked about, and the reply decides its next step.

Before a cancel leaves, its row says `sent` in a committed transaction (`_claim`). On top, PortOne refuses a cancel that
names another balance than its own, so the same cancel moves money once; and V2 knows the same order by its key for
three hours, after which the question alone protects, as it does in V1 always.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import case, func, select

from pitturu.domain import clock, retry_policy
from pitturu.domain.cancellation import CancelKind, CancelStage
from pitturu.domain.cause import Cause, CauseKind, Origin
from pitturu.domain.decision import before_sending, next_cancel_step
from pitturu.domain.decision.refund_shares import left_of
from pitturu.domain.decision.schedule import after_cancel_step
from pitturu.domain.decision.unknown_orders import decide_unknown
from pitturu.domain.errors import GatewayError
from pitturu.domain.jobs import JobName, Queue
from pitturu.domain.provider import CancelOrder, PaymentRef, ProviderPayment, Receipt
from pitturu.payments import loaded_order
from pitturu.payments.apply_effects import apply_effects, write_cancel
from pitturu.payments.cancellations import unknown_orders
from pitturu.payments.cancellations.rows import CANCELLATIONS
from pitturu.payments.handlers import JobHandler, WorkerContext
from pitturu.payments.loaded_order import LoadedOrder, known_cancel, known_payment
from pitturu.payments.provider_state import apply_provider_state
from pitturu.payments.session_handlers import prefetch
from pitturu.store import cancellations, claims, reconciliation_rows
from pitturu.store.cancellations import Cancellation
from pitturu.store.encryption import UnknownDataKey
from pitturu.store.history import Payment
from pitturu.store.sessions import PaymentSession
from pitturu.store.unit_of_work import UnitOfWork

log = logging.getLogger(__name__)

Answer = ProviderPayment | Receipt | None


@dataclass(frozen=True)
class Step:
    """One step of one cancel: to send it (`order` for a refund, none for a revoke), or to ask what became of it."""

    key: UUID
    session_key: UUID | None
    payment_key: UUID
    until: datetime
    generation: str
    payment: PaymentRef
    pg_provider: str
    send: bool
    order: CancelOrder | None
    cause: Cause

    @property
    def merchant_uid(self) -> str:
        """The order number."""
        return self.payment.order_id

    @property
    def request_id(self) -> str | None:
        """The request that asked for the cancel."""
        return self.cause.request_id


def _claim(context: WorkerContext, work: UnitOfWork, room: int) -> Sequence[Step]:
    rows = claims.claim(work, Cancellation, room, context.settings.lease)
    generation = func.coalesce(PaymentSession.generation, Payment.generation)
    tax_free = case((PaymentSession.amount == Payment.amount, PaymentSession.tax_free_amount), else_=0)
    query = select(Payment, generation, tax_free).outerjoin(PaymentSession, PaymentSession.id == Payment.session_key)
    wanted = query.where(Payment.id.in_({row.payment_key for row in rows}))
    found = {payment.id: (payment, *order) for payment, *order in work.session.execute(wanted)}
    meant = [row for row in rows if not _given_up(row, found[row.payment_key][0], context) and _readable(row)]
    return [_step(row, *found[row.payment_key]) for row in meant]


def _readable(row: Cancellation) -> bool:
    """Whether the account to refund to can be decrypted, if the cancel is about to leave. It waits for an operator if
    not, and other cancels go on."""
    try:
        _ = row.stage == CancelStage.REQUESTED and row.refund_account
    except UnknownDataKey as error:
        log.error("data_key_missing", extra={"error": str(error)})
        row.retry(row.due_at or clock.now(), retry_policy.CALL_HUMAN, str(error))
        return False
    return True


def _given_up(row: Cancellation, payment: Payment, context: WorkerContext) -> bool:
    """A refund of an unknown order that has not left ends when the policy is taken back or the order found."""
    if payment.session_key is not None or row.stage != CancelStage.REQUESTED:
        return False
    reason = unknown_orders.reason_to_keep(payment, context.settings)
    if reason is None:
        return False
    row.refusal = reason
    row.decide(CancelStage.REFUSED)
    reconciliation_rows.settle_refund(row)
    return True


def _step(row: Cancellation, payment: Payment, generation: str, tax_free: int) -> Step:
    """What to do next about a claimed row. A row that is about to leave is marked as sent in this transaction.

    `tax_free` won of the payment contain no VAT.
    """
    send = row.stage == CancelStage.REQUESTED
    order, ref = None, PaymentRef(payment.imp_uid, payment.merchant_uid)
    if send:
        back = cancellations.taxes_executed(payment.id) if tax_free else (0, 0)
        left = left_of(payment.amount, tax_free, *back)
        write_cancel(before_sending(known_cancel(row, ref.provider_id), known_payment(payment), left), row)
        if row.kind == CancelKind.REFUND:
            order = _order(row, payment, ref)
            order = replace(order, tax_free=row.tax_free, vat=row.vat) if tax_free else order
    return Step(
        key=row.id,
        session_key=row.session_key,
        payment_key=row.payment_key,
        until=row.due_at or clock.now(),
        generation=generation,
        payment=ref,
        pg_provider=payment.pg_provider,
        send=send,
        order=order,
        cause=Cause(CauseKind.CANCEL, Origin(row.origin), row.name, clock.now(), row.request_id),
    )


def _order(row: Cancellation, payment: Payment, ref: PaymentRef) -> CancelOrder:
    return CancelOrder(
        payment=ref,
        amount=row.amount,
        balance=payment.remaining,
        reason=row.reason,
        pg_provider=payment.pg_provider,
        key=row.key,
        by_buyer=row.origin == Origin.BUYER,
        refund_account=row.refund_account,
    )


def _ask(context: WorkerContext, step: Step) -> Answer:
    gateway = context.gateway(step.generation)
    if not step.send:
        return gateway.payment(step.payment)
    if step.order is None:
        return gateway.revoke(step.payment, step.pg_provider)
    return gateway.cancel(step.order)


def _apply(context: WorkerContext, work: UnitOfWork, step: Step, answer: Answer | GatewayError) -> None:
    order = _answered(context, work, step, answer)
    row = order.cancels[step.key]
    # A worker that was frozen beyond its lease brings an answer, but the next step is no longer its to decide.
    if row.is_undecided and row.due_at == step.until:
        payment = order.facts.payments[step.payment.provider_id]
        effects = next_cancel_step(known_cancel(row, payment.provider_id), payment, answer, sent=step.send)
        apply_effects(work, order, effects, replace(step.cause, origin=Origin.PORTONE, name=None))
    if not row.is_undecided:
        # The next cancel of this payment, if there is one, has been waiting for this.
        work.wake(JobName.CANCEL)
        if order.issued is None:
            reconciliation_rows.settle_refund(row)


def _answered(context: WorkerContext, work: UnitOfWork, step: Step, answer: Answer | GatewayError) -> LoadedOrder:
    """The order of this cancel after PortOne's answer, where the answer shows the payment."""
    if step.session_key is None:
        order = unknown_orders.load(work, step.payment_key)
        if isinstance(answer, ProviderPayment):
            apply_effects(work, order, decide_unknown(order.facts, answer, clock.now()), step.cause)
        return order
    session = work.lock_session(step.session_key)
    if not isinstance(answer, ProviderPayment):
        return loaded_order.load(work, session)
    order = apply_provider_state(work, session, [answer], step.cause, context.settings, complete=False)
    apply_effects(work, order, after_cancel_step(order.order, context.settings.policy, clock.now()), step.cause)
    return order


def _postpone(work: UnitOfWork, step: Step, words: str) -> None:
    if step.session_key is not None:
        work.lock_session(step.session_key)
    cancellations.by_key(step.key).retry(step.until, retry_policy.CALL_HUMAN, words)


HANDLER: JobHandler[Step, Answer] = JobHandler(
    name=JobName.CANCEL,
    queue=Queue.REFUNDS,
    rows=CANCELLATIONS,
    doing="sending the cancel to PortOne",
    claim=_claim,
    ask=_ask,
    apply=_apply,
    postpone=_postpone,
    prefetch=prefetch,
)
