"""How worker functions apply answers that the simulator gives rarely or never."""

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
    """A worker context."""
    return context()


def refused(reaction: Reaction) -> GatewayError:
    """A failed call."""
    return GatewayError(reaction, f"message of {reaction}")


def due(job: JobName, **changes: object) -> PaymentSession:
    """A session that is due for this job."""
    return rows.session(next_job=job, due_at=clock.now(), **changes)


def claimed(job: AnyJobHandler, at: WorkerContext) -> object:
    """The only claimed row, of those that are committed: a claim may have a transaction of its own."""
    db.session.commit()
    (one,) = job.claim(at, UnitOfWork(), 5)
    return one


def test_an_amount_that_portone_refuses_to_register(work: UnitOfWork, at: WorkerContext) -> None:
    session = due(JobName.PREPARE, stock_held=2)
    preparation.HANDLER.apply(at, work, claimed(preparation.HANDLER, at), refused(Reaction.STOP))
    assert (session.status, session.fail_reason, session.stock_held) == ("failed", "message of stop", 0)
    assert (session.next_job, session.due_at) == (JobName.EXPIRE, session.expires_at)


def test_registration_is_not_retried_after_the_deadline_but_the_session_expires(
    work: UnitOfWork, at: WorkerContext
) -> None:
    session = due(JobName.PREPARE, expires_at=clock.now())
    preparation.HANDLER.apply(at, work, claimed(preparation.HANDLER, at), refused(Reaction.TRY_AGAIN))
    assert (session.status, session.next_job, session.dead_at) == ("created", JobName.EXPIRE, None)


def test_registered_after_the_browser_requested_verification(work: UnitOfWork, at: WorkerContext) -> None:
    """The verification stays due, and the status does not go back."""
    session = due(JobName.PREPARE)
    job = claimed(preparation.HANDLER, at)
    verification.request_verification(work, "hana", VerifyRequest(merchant_uid=session.merchant_uid), "r2")
    preparation.HANDLER.apply(at, work, job, None)
    assert (session.status, session.next_job) == ("verifying", JobName.VERIFY)
    assert session.due_at is not None
    assert session.due_at <= clock.now()


@pytest.mark.parametrize("answer", [None, refused(Reaction.STOP)])
def test_registered_after_a_webhook_reported_a_virtual_account(
    work: UnitOfWork, at: WorkerContext, answer: GatewayError | None
) -> None:
    """The registration is done, and the session is due at the deadline of the deposit."""
    session = due(JobName.PREPARE)
    job = claimed(preparation.HANDLER, at)
    apply_provider_state(session, attempt(session, READY, virtual_account=ACCOUNT, pay_method="vbank"))
    preparation.HANDLER.apply(at, work, job, answer)
    assert (session.status, session.next_job) == ("awaiting_deposit", JobName.EXPIRE)
    assert session.due_at is not None


@pytest.mark.parametrize("answer", [None, refused(Reaction.STOP)])
def test_registered_after_a_webhook_reported_the_payment(
    work: UnitOfWork, at: WorkerContext, answer: GatewayError | None
) -> None:
    """It is not registered again: only the check at the deadline is left."""
    session = due(JobName.PREPARE)
    job = claimed(preparation.HANDLER, at)
    apply_provider_state(session, attempt(session))
    preparation.HANDLER.apply(at, work, job, answer)
    assert (session.status, session.next_job, session.due_at) == ("paid", JobName.EXPIRE, session.expires_at)


@pytest.mark.parametrize("job", [verification.HANDLER, expiry.HANDLER])
@pytest.mark.parametrize("reaction", Reaction)
def test_a_failed_inquiry_is_retried(
    work: UnitOfWork, at: WorkerContext, job: AnyJobHandler, reaction: Reaction
) -> None:
    session = due(job.name, status="prepared")
    before = clock.now()
    job.apply(at, work, claimed(job, at), refused(reaction))
    policy = retry_policy.CALL_HUMAN if reaction is Reaction.CALL_HUMAN else retry_policy.TRY_AGAIN
    assert session.due_at is not None
    assert before < session.due_at <= clock.now() + policy.ceiling(1)
    assert (session.status, session.last_error) == ("prepared", f"message of {reaction}")


@pytest.mark.parametrize(
    "job", [preparation.HANDLER, verification.HANDLER, expiry.HANDLER, webhook_inbox.HANDLER, send.HANDLER]
)
def test_an_unexpected_error_is_stored_and_retried_slowly(
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


def test_verifying_a_session_that_awaits_a_deposit_keeps_its_status(work: UnitOfWork, at: WorkerContext) -> None:
    session = rows.session(status="awaiting_deposit")
    verification.request_verification(work, "hana", VerifyRequest(merchant_uid=session.merchant_uid), "r1")
    assert (session.status, session.next_job) == ("awaiting_deposit", JobName.VERIFY)


def test_a_delivery_during_the_call_keeps_the_webhook_due(work: UnitOfWork, at: WorkerContext) -> None:
    session = rows.session()
    row = rows.delivery(merchant_uid=session.merchant_uid)
    job = claimed(webhook_inbox.HANDLER, at)
    row.make_due("r2")
    db.session.flush()
    webhook_inbox.HANDLER.apply(at, work, job, (attempt(session),))
    assert (row.state, session.status) == ("pending", "paid")
    assert row.due_at is not None
    assert row.due_at <= clock.now()


def test_a_webhook_whose_call_failed_stays_pending(work: UnitOfWork, at: WorkerContext) -> None:
    row = rows.delivery(merchant_uid=rows.session().merchant_uid)
    webhook_inbox.HANDLER.apply(at, work, claimed(webhook_inbox.HANDLER, at), refused(Reaction.TRY_AGAIN))
    assert (row.state, row.last_error) == ("pending", "message of try_again")


@pytest.fixture
def refund(tables: None) -> Cancellation:
    """A refund of 500 of 2,000 won that is due."""
    _, payment = rows.purchase()
    return rows.cancellation(payment, amount=500)


def test_a_cancel_is_marked_sent_before_the_call(work: UnitOfWork, at: WorkerContext, refund: Cancellation) -> None:
    (step,) = send.HANDLER.claim(at, work, 5)
    assert (refund.stage, refund.balance, step.send) == ("sent", 2_000, True)
    assert step.order is not None
    assert (step.order.amount, step.order.balance) == (500, 2_000)


def test_portone_is_asked_about_a_sent_cancel(work: UnitOfWork, at: WorkerContext, refund: Cancellation) -> None:
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
def test_only_a_cancel_that_was_certainly_not_executed_is_sent_again_without_asking(
    work: UnitOfWork, at: WorkerContext, refund: Cancellation, reaction: Reaction, stage: str
) -> None:
    send.HANDLER.apply(at, work, claimed(send.HANDLER, at), refused(reaction))
    assert refund.stage == stage
    assert refund.due_at is not None


def test_portone_is_asked_again_after_an_answer_without_the_cancel(
    work: UnitOfWork, at: WorkerContext, refund: Cancellation
) -> None:
    session = db.session.get_one(PaymentSession, refund.session_key)
    step = claimed(send.HANDLER, at)
    send.HANDLER.apply(at, work, step, attempt(session, PAID, provider_id=step.payment.provider_id))  # type: ignore[attr-defined]
    assert (refund.stage, refund.last_error) == ("sent", "PortOne answered, but the cancel does not show yet.")


def test_a_payment_that_portone_does_not_know_any_more(
    work: UnitOfWork, at: WorkerContext, refund: Cancellation
) -> None:
    """Nothing is concluded: operators see the error, and PortOne is asked again."""
    refund.stage = "sent"
    send.HANDLER.apply(at, work, claimed(send.HANDLER, at), None)
    assert (refund.stage, refund.last_error) == ("sent", "PortOne does not know this payment any more.")


def test_a_failed_inquiry_about_a_cancel(work: UnitOfWork, at: WorkerContext, refund: Cancellation) -> None:
    refund.stage = "sent"
    send.HANDLER.apply(at, work, claimed(send.HANDLER, at), refused(Reaction.TRY_AGAIN))
    assert (refund.stage, refund.last_error) == ("sent", "message of try_again")


def test_an_answer_after_the_lease_is_applied_and_does_not_change_the_schedule(
    work: UnitOfWork, at: WorkerContext, refund: Cancellation
) -> None:
    session = db.session.get_one(PaymentSession, refund.session_key)
    step = claimed(send.HANDLER, at)
    refund.due_at = other = clock.now() + timedelta(hours=1)
    db.session.flush()
    send.HANDLER.apply(at, work, step, refused(Reaction.TRY_AGAIN))
    assert (refund.stage, refund.due_at) == ("sent", other)
    answer = attempt(session, CANCELLED, provider_id=step.payment.provider_id, **cancels(500))  # type: ignore[attr-defined]
    send.HANDLER.apply(at, work, step, answer)
    assert (refund.stage, session.status) == ("succeeded", "partially_cancelled")
