"""Money for an order number that we never issued goes back once, where the shop's policy says so.

Its finding is the promise. PortOne is asked before anything is sent: is the money still there, and is the order still
unknown? Before the cancel leaves, the row says `sent` in a committed transaction; from then on the next step is always
a question, and only an unchanged balance lets it be sent again. PortOne itself refuses any other balance.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from pitturu.domain import clock, retry_policy
from pitturu.domain.errors import GatewayError, Reaction
from pitturu.domain.jobs import JobName, Queue
from pitturu.domain.provider import CancelOrder, CancelState, PaymentRef, ProviderPayment, Receipt
from pitturu.domain.provider_listing import UnknownPayment
from pitturu.domain.verdict import Environment
from pitturu.payments.handlers import JobHandler, WorkerContext
from pitturu.reconciliation.rows import UNKNOWN_PAYMENTS
from pitturu.store import claims, orders, reconciliation_rows
from pitturu.store.reconciliations import Finding, FindingState, RefundStage
from pitturu.store.unit_of_work import UnitOfWork

REASON: Final = "주문 내역이 없는 결제 자동 환불"
"""What the buyer reads on the PG's slip, so it is in Korean."""

Answer = ProviderPayment | Receipt | None


@dataclass(frozen=True)
class Step:
    """One step of one refund: to send it, or (without an order) to ask how the payment stands."""

    key: UUID
    until: datetime
    generation: str
    payment: PaymentRef
    order: CancelOrder | None
    request_id: str | None
    session_key: None = None


def _claim(context: WorkerContext, work: UnitOfWork, room: int) -> Sequence[Step]:
    return [_step(row, context) for row in claims.claim(work, Finding, room, context.settings.lease)]


def _step(row: Finding, context: WorkerContext) -> Step:
    """What to do next. A row that is about to leave is marked as sent in this transaction."""
    order, payment = None, PaymentRef(row.provider_id, row.order_id)
    if row.stage == RefundStage.REQUESTED and row.balance is not None and _still_meant(context):
        row.stage, row.refusal = RefundStage.SENT, None
        # The same order whenever it is sent, so that PortOne carries it out once.
        key = f"unknown-{row.id.hex}-{row.balance}"
        order = CancelOrder(payment, row.balance, row.balance, REASON, row.pg_provider, key, by_buyer=False)
    return Step(row.id, row.due_at or clock.now(), row.generation, payment, order, row.request_id)


def _still_meant(context: WorkerContext) -> bool:
    """Whoever takes the policy back stops everything that has not left yet."""
    return context.settings.unknown_payment is UnknownPayment.REFUND


def _ask(context: WorkerContext, step: Step) -> Answer:
    gateway = context.gateway(step.generation)
    return gateway.payment(step.payment) if step.order is None else gateway.cancel(step.order)


def _apply(context: WorkerContext, work: UnitOfWork, step: Step, answer: Answer | GatewayError) -> None:
    row = reconciliation_rows.lock_finding(work, step.key)
    if row.due_at != step.until:
        # A worker that was frozen beyond its lease. Whoever took over asks PortOne, and learns what this one did.
        return
    if step.order is not None:
        _after_sending(work, row, step, answer)
    elif isinstance(answer, GatewayError):
        row.again(step.until, retry_policy.after_error(answer.reaction), answer.words)
    else:
        _after_asking(work, row, step, answer if isinstance(answer, ProviderPayment) else None, context)


def _after_sending(work: UnitOfWork, row: Finding, step: Step, answer: Answer | GatewayError) -> None:
    """Whatever came back, PortOne is asked what became of it; only what surely never left is sent anew."""
    if not isinstance(answer, GatewayError):
        _next(work, row, step)
    elif answer.reaction in (Reaction.STOP, Reaction.DONE):
        row.refusal = answer.words
        _next(work, row, step)
    elif answer.reaction is Reaction.ASK_FIRST:
        row.again(step.until, retry_policy.ASK_FIRST, answer.words)
    else:
        row.stage = RefundStage.REQUESTED
        row.again(step.until, retry_policy.after_error(answer.reaction), answer.words)


def _after_asking(
    work: UnitOfWork, row: Finding, step: Step, payment: ProviderPayment | None, context: WorkerContext
) -> None:
    """How the payment stands now, before anything is sent or after it may have been."""
    refusal = _refusal(row, payment, context)
    if payment is None or refusal is not None:
        _end(row, RefundStage.REFUSED, refusal or "")
        return
    left = payment.amount - payment.cancelled_amount
    if left <= 0:
        _end(row, RefundStage.SUCCEEDED, "All of it has gone back.")
    elif row.stage == RefundStage.SENT and any(one.state is CancelState.PENDING for one in payment.cancellations):
        row.again(
            step.until, retry_policy.AT_THE_PG, "PortOne has the cancel, and the PG has not decided about it yet."
        )
    elif row.stage == RefundStage.SENT and row.refusal is not None and left == row.balance:
        _end(row, RefundStage.REFUSED, f"PortOne refused: {row.refusal}")
    elif not _still_meant(context):
        _end(row, None, "UNKNOWN_PAYMENT says keep: nothing is sent.")
    elif row.stage == RefundStage.SENT and left == row.balance:
        row.stage = RefundStage.REQUESTED
        row.again(step.until, retry_policy.TRY_AGAIN, "The cancel had not been executed; it is sent again.")
    else:
        row.stage, row.balance, row.amount, row.pg_provider = (
            RefundStage.REQUESTED,
            left,
            left,
            payment.pg_provider[:50],
        )
        _next(work, row, step)


def _refusal(row: Finding, payment: ProviderPayment | None, context: WorkerContext) -> str | None:
    """Why this money is not to be given back after all; None when it is."""
    if payment is None or payment.provider_id != row.provider_id or payment.order_id != row.order_id:
        return "PortOne does not know this payment any more."
    if orders.by_order(payment.order_id) is not None:
        return "The order number is ours after all: nothing is given back here."
    if not payment.money_came or payment.sandbox != (context.settings.portone_environment == Environment.TEST):
        return "It is no money of this installation: nothing is given back."
    return None


def _next(work: UnitOfWork, row: Finding, step: Step) -> None:
    row.again_at_once(step.until)
    row.attempts, row.last_error = 0, None
    work.wake(JobName.RETURN_UNKNOWN)


def _end(row: Finding, stage: RefundStage | None, words: str) -> None:
    """Nothing more is done. What did not go back is for a person."""
    row.stage, row.words, row.settled_at = stage, words[:500], clock.now()
    row.state = FindingState.HEALED if stage is RefundStage.SUCCEEDED else FindingState.OPEN
    row.due_at, row.last_error, row.dead_at = None, None, None


def _postpone(work: UnitOfWork, step: Step, words: str) -> None:
    reconciliation_rows.lock_finding(work, step.key).again(step.until, retry_policy.CALL_HUMAN, words)


HANDLER: Final = JobHandler(
    name=JobName.RETURN_UNKNOWN,
    queue=Queue.REFUNDS,
    rows=UNKNOWN_PAYMENTS,
    doing="sending back money for an order that nobody here issued",
    claim=_claim,
    ask=_ask,
    apply=_apply,
    postpone=_postpone,
)
