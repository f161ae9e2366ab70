"""The worker half of a cancel. It is sent once, and asked about before it is ever sent again.

Before a cancel leaves, its row says `sent` in a committed transaction. Whatever happens then (an answer, a lost answer,
a killed worker), the next step of a `sent` row is a question, and only an unchanged balance lets it be sent again. On
top, PortOne refuses a cancel whose `checksum` is not its own balance, so the same cancel moves money once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from pitturu.domain import backoff, clock
from pitturu.domain.errors import GatewayError, Reaction
from pitturu.domain.jobs import JobName
from pitturu.domain.provider import CancelOrder, ProviderPayment
from pitturu.extensions import db
from pitturu.payments import outcome, timeline
from pitturu.payments.desk import Desk, Job
from pitturu.payments.inquiry import curve_for
from pitturu.payments.timeline import News
from pitturu.payments.watch import watch
from pitturu.store import cancellations, claims, history, sessions
from pitturu.store.cancellations import Cancellation, Stage
from pitturu.store.history import Payment
from pitturu.store.sessions import PaymentSession
from pitturu.store.unit_of_work import wake


@dataclass(frozen=True)
class Step:
    """One step of one cancel: to send it (`order` for a refund, none for a revoke), or to ask what became of it."""

    key: UUID
    session_key: UUID
    until: datetime
    provider_id: str
    send: bool
    order: CancelOrder | None
    claimed_at: datetime
    request_id: str | None
    actor: str

    @property
    def lock_key(self) -> UUID:
        """The session whose lock `apply` takes."""
        return self.session_key


def _claim(desk: Desk, room: int) -> Sequence[Step]:
    rows = claims.claim(Cancellation, room, desk.settings.lease)
    keys = {row.payment_key for row in rows}
    payments = {payment.id: payment for payment in db.session.scalars(select(Payment).where(Payment.id.in_(keys)))}
    return [_step(row, payments[row.payment_key]) for row in rows]


def _step(row: Cancellation, payment: Payment) -> Step:
    """What to do next about a claimed row. A row that is about to leave is marked as sent in this transaction."""
    send = row.stage == Stage.REQUESTED
    order = None
    if send:
        row.stage, row.balance, row.refusal = Stage.SENT, payment.remaining, None
        if row.kind == "refund":
            order = CancelOrder(
                provider_id=payment.imp_uid,
                amount=row.amount,
                balance=payment.remaining,
                reason=row.reason,
                pg_provider=payment.pg_provider,
                refund_account=row.refund_account,
            )
    until = row.due_at or clock.now()
    return Step(row.id, row.session_key, until, payment.imp_uid, send, order, clock.now(), row.request_id, row.actor)


def _ask(desk: Desk, step: Step) -> ProviderPayment | None:
    if not step.send:
        return desk.gateway.payment(step.provider_id)
    if step.order is None:
        return desk.gateway.revoke(step.provider_id)
    return desk.gateway.cancel(step.order)


def _apply(desk: Desk, step: Step, answer: ProviderPayment | GatewayError | None) -> None:
    session = sessions.lock(step.session_key)
    row = cancellations.by_key(step.key)
    if isinstance(answer, ProviderPayment):
        news = News("cancel", step.actor, step.claimed_at, step.request_id)
        outcome.hear(session, [answer], news, desk.settings, complete=False)
        _look_at_the_whole(session, desk)
    # A worker that was frozen beyond its lease brings news (above), but what to do next is no longer its to decide.
    if row.is_undecided and row.due_at == step.until:
        if step.send:
            _after_sending(row, step, answer)
        else:
            _after_asking(session, row, step, answer)
    if not row.is_undecided:
        # The next cancel of this payment, if there is one, has been waiting for this.
        wake(JobName.CANCEL)


def _look_at_the_whole(session: PaymentSession, desk: Desk) -> None:
    """One attempt says nothing about the others: what an open session has come to is asked about all of them."""
    if session.is_open:
        session.plan(JobName.VERIFY, clock.now())
        wake(JobName.VERIFY)
    else:
        watch(session, desk.settings)


def _after_sending(row: Cancellation, step: Step, answer: ProviderPayment | GatewayError | None) -> None:
    """Not confirmed yet. All but a cancel that surely never left is asked about next."""
    if not isinstance(answer, GatewayError):
        row.again(step.until, backoff.ASK_FIRST, "PortOne answered, but the cancel does not show yet.")
    elif answer.reaction in (Reaction.STOP, Reaction.DONE):
        row.refusal = answer.words
        row.again_at_once(step.until)
        wake(JobName.CANCEL)
    elif answer.reaction is Reaction.ASK_FIRST:
        row.again(step.until, backoff.ASK_FIRST, answer.words)
    else:
        row.stage = Stage.REQUESTED
        row.again(step.until, curve_for(answer), answer.words)


def _after_asking(
    session: PaymentSession, row: Cancellation, step: Step, answer: ProviderPayment | GatewayError | None
) -> None:
    """PortOne was asked, and the cancel does not show: refused for good, or to be sent (again)."""
    if isinstance(answer, GatewayError):
        row.again(step.until, curve_for(answer), answer.words)
        return
    if answer is None:
        row.again(step.until, backoff.CALL_HUMAN, "PortOne does not know this payment any more.")
        return
    payment = history.of_session(session.id)[step.provider_id]
    moved = payment.remaining != row.balance
    if moved and row.amount == row.balance and payment.remaining > 0:
        # All that was left was to go back, and somebody gave back a part of it meanwhile: the rest is meant.
        row.amount = payment.remaining
    fits = row.kind == "revoke" or 0 < row.amount <= payment.remaining
    if fits and (row.refusal is None or moved):
        # Never executed; or refused because the balance was another one, and it still fits the new balance.
        row.stage = Stage.REQUESTED
        row.again(step.until, backoff.TRY_AGAIN, row.refusal or "The cancel had not been executed; it is sent again.")
        return
    if row.actor == "system" and row.kind == "refund" and payment.remaining > 0:
        # Nobody waits for an automatic refund and would notice: it is tried for hours, and then a person has to look.
        row.stage = Stage.REQUESTED
        row.again(step.until, backoff.CALL_HUMAN, row.refusal or "It does not fit what is left of the payment.")
        return
    row.refusal = row.refusal or "The money went back in another way."
    row.decide(Stage.REFUSED)
    news = News("cancel", "portone", step.claimed_at, step.request_id)
    timeline.note(session, payment, news, "cancel_refused", row.refusal)


def _postpone(step: Step, words: str) -> None:
    sessions.lock(step.session_key)
    cancellations.by_key(step.key).again(step.until, backoff.CALL_HUMAN, words)


JOB: Job[Step, ProviderPayment | None] = Job(JobName.CANCEL, _claim, _ask, _apply, _postpone)
