"""What the worker functions write down about answers that the simulator never gives, or hardly ever."""

from datetime import timedelta

import pytest

from pitturu.domain import clock, retry_policy
from pitturu.domain.errors import GatewayError, Reaction
from pitturu.domain.jobs import JobName
from pitturu.extensions import db
from pitturu.payments import expiry, preparation, verification, webhook_inbox
from pitturu.payments.cancellations import send
from pitturu.payments.handlers import AnyJobHandler, WorkerContext
from pitturu.payments.verification import VerifyRequest
from pitturu.store.cancellations import Cancellation
from pitturu.store.sessions import PaymentSession
from pitturu.store.unit_of_work import UnitOfWork
from tests.payments.provider_payments import (
    ACCOUNT,
    CANCELLED,
    PAID,
    READY,
    apply_provider_state,
    attempt,
    cancels,
    context,
)
from tests.store import rows

pytestmark = pytest.mark.usefixtures("tables")


@pytest.fixture
def at() -> WorkerContext:
    """A worker's desk."""
    return context()


def refused(reaction: Reaction) -> GatewayError:
    """PortOne did not do it."""
    return GatewayError(reaction, f"words of {reaction}")


def due(job: JobName, **changes: object) -> PaymentSession:
    """A session that is due for this."""
    return rows.session(next_job=job, due_at=clock.now(), **changes)


def claimed(job: AnyJobHandler, at: WorkerContext) -> object:
    """The only question."""
    (one,) = job.claim(at, UnitOfWork(), 5)
    return one


def test_an_amount_that_portone_will_not_register(work: UnitOfWork, at: WorkerContext) -> None:
    session = due(JobName.PREPARE, stock_held=2)
    preparation.HANDLER.apply(at, work, claimed(preparation.HANDLER, at), refused(Reaction.STOP))
    assert (session.status, session.fail_reason, session.stock_held) == ("failed", "words of stop", 0)
    assert (session.next_job, session.due_at) == (JobName.EXPIRE, session.expires_at)


def test_registration_gives_up_at_the_deadline_and_leaves_it_to_the_question(
    work: UnitOfWork, at: WorkerContext
) -> None:
    session = due(JobName.PREPARE, expires_at=clock.now())
    preparation.HANDLER.apply(at, work, claimed(preparation.HANDLER, at), refused(Reaction.TRY_AGAIN))
    assert (session.status, session.next_job, session.dead_at) == ("created", JobName.EXPIRE, None)


def test_registered_after_the_buyer_went_on(work: UnitOfWork, at: WorkerContext) -> None:
    """The browser verified meanwhile: its demand stays due, and the status is not turned back."""
    session = due(JobName.PREPARE)
    question = claimed(preparation.HANDLER, at)
    verification.request_verification(work, "hana", VerifyRequest(merchant_uid=session.merchant_uid), "r2")
    preparation.HANDLER.apply(at, work, question, None)
    assert (session.status, session.next_job) == ("verifying", JobName.VERIFY)
    assert session.due_at is not None
    assert session.due_at <= clock.now()


@pytest.mark.parametrize("answer", [None, refused(Reaction.STOP)])
def test_registered_after_a_webhook_told_of_an_account(
    work: UnitOfWork, at: WorkerContext, answer: GatewayError | None
) -> None:
    """The registration is over, and somebody still has to look after the deposit."""
    session = due(JobName.PREPARE)
    question = claimed(preparation.HANDLER, at)
    apply_provider_state(session, attempt(session, READY, virtual_account=ACCOUNT, pay_method="vbank"))
    preparation.HANDLER.apply(at, work, question, answer)
    assert (session.status, session.next_job) == ("awaiting_deposit", JobName.EXPIRE)
    assert session.due_at is not None


@pytest.mark.parametrize("answer", [None, refused(Reaction.STOP)])
def test_registered_after_a_webhook_told_of_the_money(
    work: UnitOfWork, at: WorkerContext, answer: GatewayError | None
) -> None:
    """Not registered again and again: what is left is the look at the deadline."""
    session = due(JobName.PREPARE)
    question = claimed(preparation.HANDLER, at)
    apply_provider_state(session, attempt(session))
    preparation.HANDLER.apply(at, work, question, answer)
    assert (session.status, session.next_job, session.due_at) == ("paid", JobName.EXPIRE, session.expires_at)


@pytest.mark.parametrize("job", [verification.HANDLER, expiry.HANDLER])
@pytest.mark.parametrize("reaction", Reaction)
def test_a_question_without_an_answer_is_asked_again(
    work: UnitOfWork, at: WorkerContext, job: AnyJobHandler, reaction: Reaction
) -> None:
    session = due(job.name, status="prepared")
    before = clock.now()
    job.apply(at, work, claimed(job, at), refused(reaction))
    policy = retry_policy.CALL_HUMAN if reaction is Reaction.CALL_HUMAN else retry_policy.TRY_AGAIN
    assert session.due_at is not None
    assert before < session.due_at <= clock.now() + policy.ceiling(1)
    assert (session.status, session.last_error) == ("prepared", f"words of {reaction}")


@pytest.mark.parametrize(
    "job", [preparation.HANDLER, verification.HANDLER, expiry.HANDLER, webhook_inbox.HANDLER, send.HANDLER]
)
def test_what_nobody_foresaw_is_kept_in_words_and_tried_again_slowly(
    work: UnitOfWork, at: WorkerContext, job: AnyJobHandler
) -> None:
    row: PaymentSession | Cancellation | rows.WebhookDelivery
    if job is webhook_inbox.HANDLER:
        row = rows.delivery()
    elif job is send.HANDLER:
        row = rows.cancellation(rows.payment(rows.session()))
    else:
        row = due(job.name)
    job.postpone(work, claimed(job, at), "KeyError: 'surprise'")
    assert row.last_error == "KeyError: 'surprise'"
    assert row.due_at is not None
    assert clock.now() < row.due_at <= clock.now() + retry_policy.CALL_HUMAN.ceiling(1)


def test_verifying_a_session_that_waits_for_a_deposit_leaves_it_so(work: UnitOfWork, at: WorkerContext) -> None:
    session = rows.session(status="awaiting_deposit")
    verification.request_verification(work, "hana", VerifyRequest(merchant_uid=session.merchant_uid), "r1")
    assert (session.status, session.next_job) == ("awaiting_deposit", JobName.VERIFY)


def test_a_copy_that_comes_in_while_portone_is_asked_is_not_forgotten(work: UnitOfWork, at: WorkerContext) -> None:
    session = rows.session()
    row = rows.delivery(merchant_uid=session.merchant_uid)
    question = claimed(webhook_inbox.HANDLER, at)
    row.ask_now("r2")
    db.session.flush()
    webhook_inbox.HANDLER.apply(at, work, question, (attempt(session),))
    assert (row.state, session.status) == ("pending", "paid")
    assert row.due_at is not None
    assert row.due_at <= clock.now()


def test_a_webhook_that_portone_cannot_be_asked_about(work: UnitOfWork, at: WorkerContext) -> None:
    row = rows.delivery(merchant_uid=rows.session().merchant_uid)
    webhook_inbox.HANDLER.apply(at, work, claimed(webhook_inbox.HANDLER, at), refused(Reaction.TRY_AGAIN))
    assert (row.state, row.last_error) == ("pending", "words of try_again")


@pytest.fixture
def refund(tables: None) -> Cancellation:
    """A refund of 500 of 2,000 won that is due."""
    _, payment = rows.purchase()
    return rows.cancellation(payment, amount=500)


def test_sent_is_said_before_it_leaves(work: UnitOfWork, at: WorkerContext, refund: Cancellation) -> None:
    (step,) = send.HANDLER.claim(at, work, 5)
    assert (refund.stage, refund.balance, step.send) == ("sent", 2_000, True)
    assert step.order is not None
    assert (step.order.amount, step.order.balance) == (500, 2_000)


def test_a_sent_one_is_asked_about(work: UnitOfWork, at: WorkerContext, refund: Cancellation) -> None:
    refund.stage = "sent"
    (step,) = send.HANDLER.claim(at, work, 5)
    assert (step.send, step.order) == (False, None)


@pytest.mark.parametrize(
    ("reaction", "stage"),
    [
        (Reaction.TRY_AGAIN, "requested"),
        (Reaction.CALL_HUMAN, "requested"),
        (Reaction.ASK_FIRST, "sent"),
        (Reaction.STOP, "sent"),
        (Reaction.DONE, "sent"),
    ],
)
def test_only_what_surely_never_left_is_sent_again_unasked(
    work: UnitOfWork, at: WorkerContext, refund: Cancellation, reaction: Reaction, stage: str
) -> None:
    send.HANDLER.apply(at, work, claimed(send.HANDLER, at), refused(reaction))
    assert refund.stage == stage
    assert refund.due_at is not None


def test_an_answer_that_does_not_show_the_cancel_is_asked_about(
    work: UnitOfWork, at: WorkerContext, refund: Cancellation
) -> None:
    session = db.session.get_one(PaymentSession, refund.session_key)
    step = claimed(send.HANDLER, at)
    send.HANDLER.apply(at, work, step, attempt(session, PAID, provider_id=step.payment.provider_id))  # type: ignore[attr-defined]
    assert (refund.stage, refund.last_error) == ("sent", "PortOne answered, but the cancel does not show yet.")


def test_a_payment_that_portone_does_not_know_any_more(
    work: UnitOfWork, at: WorkerContext, refund: Cancellation
) -> None:
    """Nothing is concluded from silence: a person is told, and PortOne is asked again."""
    refund.stage = "sent"
    send.HANDLER.apply(at, work, claimed(send.HANDLER, at), None)
    assert (refund.stage, refund.last_error) == ("sent", "PortOne does not know this payment any more.")


def test_a_question_about_a_cancel_without_an_answer(work: UnitOfWork, at: WorkerContext, refund: Cancellation) -> None:
    refund.stage = "sent"
    send.HANDLER.apply(at, work, claimed(send.HANDLER, at), refused(Reaction.TRY_AGAIN))
    assert (refund.stage, refund.last_error) == ("sent", "words of try_again")


def test_a_worker_whose_lease_ran_out_brings_news_and_decides_nothing(
    work: UnitOfWork, at: WorkerContext, refund: Cancellation
) -> None:
    session = db.session.get_one(PaymentSession, refund.session_key)
    step = claimed(send.HANDLER, at)
    refund.due_at = other = clock.now() + timedelta(hours=1)
    db.session.flush()
    send.HANDLER.apply(at, work, step, refused(Reaction.TRY_AGAIN))
    assert (refund.stage, refund.due_at) == ("sent", other)
    said = attempt(session, CANCELLED, provider_id=step.payment.provider_id, **cancels(500))  # type: ignore[attr-defined]
    send.HANDLER.apply(at, work, step, said)
    assert (refund.stage, session.status) == ("succeeded", "partially_cancelled")
