"""The worker's half of a cash receipt: PortOne is asked which one there is, and what differs is requested, once.

A row that is about to send says `checking` again in a committed transaction before the request leaves (`_claim`), so
that the step after a lost answer, or after a worker's death, is a question. PortOne itself refuses a second receipt.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from pitturu.config.settings import Settings
from pitturu.domain import clock, retry_policy
from pitturu.domain.cash_receipts import SENDS, ProviderReceipt, ReceiptOrder, ReceiptStage
from pitturu.domain.decision.cash_receipt import ReceiptChange, ReceiptFacts, changes_of, decide_receipt
from pitturu.domain.errors import GatewayError, Reaction
from pitturu.domain.jobs import Queue
from pitturu.domain.provider import PaymentRef
from pitturu.domain.retry_policy import RetryPolicy
from pitturu.payments.cash_receipts import change_events, order_of
from pitturu.payments.cash_receipts.rows import CASH_RECEIPTS, JOB
from pitturu.payments.handlers import JobHandler, WorkerContext
from pitturu.payments.session_handlers import lock
from pitturu.store import cash_receipts, claims, lookup
from pitturu.store.cash_receipts import CashReceipt
from pitturu.store.encryption import UnknownDataKey
from pitturu.store.history import Payment
from pitturu.store.sessions import PaymentSession
from pitturu.store.unit_of_work import UnitOfWork

log = logging.getLogger(__name__)

ERASED: Final = "The number that it is issued to was erased with the buyer's data."

PATIENT: Final = RetryPolicy(first=timedelta(seconds=10), cap=timedelta(hours=1), attempts=30)
"""About a day: nobody waits at a screen for a receipt, and a PG that fails is asked seldom."""


@dataclass(frozen=True)
class Step:
    """One step of one receipt: a question, or the request to issue (`order`) or to cancel it."""

    key: UUID
    session_key: UUID
    until: datetime
    generation: str
    payment: PaymentRef
    stage: ReceiptStage
    order: ReceiptOrder | None
    request_id: str | None

    @property
    def sends(self) -> bool:
        """Whether a request leaves: not where whom the receipt is for was erased."""
        return self.order is not None or self.stage is ReceiptStage.CANCELLING


def _claim(context: WorkerContext, work: UnitOfWork, room: int) -> Sequence[Step]:
    rows = claims.claim(work, CashReceipt, room, context.settings.lease)
    sessions = lookup.by_keys(PaymentSession, [row.session_key for row in rows])
    payments = lookup.by_keys(Payment, [row.payment_key for row in rows])
    steps = (_step(row, sessions[row.session_key], payments[row.payment_key], context.settings) for row in rows)
    return [step for step in steps if step is not None]


def _step(row: CashReceipt, session: PaymentSession, payment: Payment, settings: Settings) -> Step | None:
    """What to do about a claimed row. One that is about to send is marked in this transaction."""
    stage, order = ReceiptStage(row.stage), None
    if stage is ReceiptStage.ISSUING:
        try:
            order = order_of.receipt_order(row, session, payment, settings)
        except UnknownDataKey as error:
            log.error("data_key_missing", extra={"error": str(error)})
            row.retry(row.due_at or clock.now(), retry_policy.CALL_HUMAN, str(error))
            return None
    if order is not None or stage is ReceiptStage.CANCELLING:
        row.stage, row.sent, row.sent_at = ReceiptStage.CHECKING, stage, clock.now()
    return Step(
        key=row.id,
        session_key=row.session_key,
        until=row.due_at or clock.now(),
        generation=session.generation,
        payment=PaymentRef(payment.imp_uid, payment.merchant_uid),
        stage=stage,
        order=order,
        request_id=row.request_id,
    )


def _ask(context: WorkerContext, step: Step) -> ProviderReceipt | None:
    gateway = context.gateway(step.generation)
    if step.order is not None:
        gateway.issue_cash_receipt(step.order)
    elif step.stage is ReceiptStage.CANCELLING:
        gateway.cancel_cash_receipt(step.payment)
    elif step.stage not in SENDS:
        return gateway.cash_receipt(step.payment)
    return None


def _apply(context: WorkerContext, work: UnitOfWork, step: Step, answer: ProviderReceipt | GatewayError | None) -> None:
    session = work.lock_session(step.session_key)
    row = cash_receipts.of_session(step.session_key, lock=True)
    # Money moved meanwhile, or a worker that was frozen beyond its lease brings an answer: it is asked again anyway.
    if row is None or row.due_at != step.until:
        return
    payment = next(one for one in work.payments_of(step.session_key).values() if one.id == row.payment_key)
    if step.sends:
        _after_sending(row, step, answer)
    elif isinstance(answer, GatewayError):
        row.retry(step.until, PATIENT, answer.message)
    elif step.stage in SENDS:
        _settle(row, ReceiptStage.FAILED, ERASED)
        change_events.write(work, session, payment, row, [ReceiptChange.FAILED])
    else:
        change_events.write(work, session, payment, row, _after_asking(row, payment, answer, context.settings))
    if row.due_at is not None and row.due_at <= clock.now():
        work.wake(JOB)


def _after_sending(row: CashReceipt, step: Step, answer: ProviderReceipt | GatewayError | None) -> None:
    """Whatever the answer was, PortOne is asked next what there is now."""
    if not isinstance(answer, GatewayError):
        row.attempts, row.last_error, row.due_at = 0, None, clock.now()
        return
    if answer.reaction is Reaction.STOP:
        row.refusal, row.due_at = answer.message, clock.now()
        return
    if answer.reaction is not Reaction.ASK_FIRST:
        # Certainly nothing was executed, so that nothing has to be waited for.
        row.sent = row.sent_at = None
    row.retry(step.until, PATIENT, answer.message)


def _after_asking(
    row: CashReceipt, payment: Payment, found: ProviderReceipt | None, settings: Settings
) -> Sequence[ReceiptChange]:
    """Decide from PortOne's answer, and note it. Returns what has happened since the last answer."""
    facts = ReceiptFacts(
        kept=payment.remaining,
        refunded=payment.cancelled_amount > 0,
        found=found,
        pg_provider=payment.pg_provider,
        correction=settings.cash_receipt_correction,
        sent=ReceiptStage(row.sent) if row.sent else None,
        refusal=row.refusal,
        sent_at=row.sent_at,
        force=row.force,
    )
    known = row.valid_number
    row.show(found)
    decision = decide_receipt(facts, clock.now())
    if decision.due is None:
        _settle(row, decision.stage, decision.reason)
    else:
        row.kept, row.stage, row.due_at = payment.remaining, decision.stage, decision.due
    return changes_of(known, found, decision.stage)


def _settle(row: CashReceipt, stage: ReceiptStage, reason: str | None) -> None:
    log.info("cash_receipt_settled", extra={"receipt_id": row.receipt_id, "stage": str(stage)})
    row.settle(stage, reason)


def _postpone(work: UnitOfWork, step: Step, reason: str) -> None:
    work.lock_session(step.session_key)
    row = cash_receipts.of_session(step.session_key, lock=True)
    if row is not None:
        row.retry(step.until, retry_policy.CALL_HUMAN, reason)


HANDLER: JobHandler[Step, ProviderReceipt | None] = JobHandler(
    name="payments.cash_receipt",
    queue=Queue.REFUNDS,
    rows=CASH_RECEIPTS,
    doing="asking PortOne for the cash receipt, and issuing or cancelling it",
    claim=_claim,
    ask=_ask,
    apply=_apply,
    postpone=_postpone,
    prefetch=lock,
)
