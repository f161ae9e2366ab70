"""Claims: each due row is claimed by one worker, the longest waiting first, until its lease ends."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from pitturu.domain import clock
from pitturu.domain.cancellation import CancelStage
from pitturu.domain.jobs import JobName
from pitturu.extensions import db
from pitturu.store import claims
from pitturu.store.cancellations import Cancellation
from pitturu.store.sessions import PaymentSession
from pitturu.store.unit_of_work import UnitOfWork
from pitturu.store.webhooks import WebhookDelivery
from tests.store import rows

LEASE = timedelta(seconds=90)


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def test_two_workers_at_once_claim_different_rows(app: Flask) -> None:
    """Both transactions are open at the same time; neither waits for the other."""
    with app.app_context():
        all_keys = {rows.delivery().id for _ in range(20)}
        db.session.commit()
    both = threading.Barrier(2)

    def work() -> set[UUID]:
        with app.app_context():
            both.wait(20)
            taken = {row.id for row in claims.claim(UnitOfWork(), WebhookDelivery, 10, LEASE)}
            both.wait(20)
            db.session.commit()
        return taken

    with ThreadPoolExecutor(2) as threads:
        one, other = [future.result() for future in [threads.submit(work), threads.submit(work)]]
    assert len(one) == len(other) == 10
    assert one | other == all_keys


@pytest.mark.usefixtures("tables")
def test_the_longest_waiting_rows_are_claimed_first_up_to_the_limit(work: UnitOfWork) -> None:
    keys = [rows.delivery(due_at=clock.now() - minutes(age)).id for age in (1, 3, 2)]
    assert [row.id for row in claims.claim(work, WebhookDelivery, 1, LEASE)] == [keys[1]]
    assert {row.id for row in claims.claim(work, WebhookDelivery, 5, LEASE)} == {keys[0], keys[2]}
    assert list(claims.claim(work, WebhookDelivery, 5, LEASE)) == []


@pytest.mark.usefixtures("tables")
def test_a_claim_counts_the_try_and_returns_the_end_of_the_lease(work: UnitOfWork) -> None:
    rows.delivery()
    before = clock.now()
    (row,) = claims.claim(work, WebhookDelivery, 1, LEASE)
    assert row.attempts == 1
    assert row.due_at is not None
    assert before + LEASE <= row.due_at <= clock.now() + LEASE


@pytest.mark.usefixtures("tables")
def test_rows_that_are_not_due_are_not_claimed(work: UnitOfWork) -> None:
    rows.delivery(due_at=clock.now() + minutes(1))
    rows.delivery(due_at=None)
    assert list(claims.claim(work, WebhookDelivery, 5, LEASE)) == []
    assert claims.due_count(WebhookDelivery, 5) == 0


@pytest.mark.usefixtures("tables")
def test_a_row_can_be_claimed_again_after_its_lease(work: UnitOfWork) -> None:
    rows.delivery()
    claims.claim(work, WebhookDelivery, 1, -LEASE)
    (again,) = claims.claim(work, WebhookDelivery, 1, LEASE)
    assert again.attempts == 2


@pytest.mark.usefixtures("tables")
def test_only_sessions_that_match_the_condition(work: UnitOfWork) -> None:
    wanted = rows.session(next_job=JobName.VERIFY, due_at=clock.now())
    rows.session(next_job=JobName.EXPIRE, due_at=clock.now())
    assert claims.due_count(PaymentSession, 9, PaymentSession.next_job == JobName.VERIFY) == 1
    assert list(claims.claim(work, PaymentSession, 9, LEASE, PaymentSession.next_job == JobName.VERIFY)) == [wanted]


@pytest.mark.usefixtures("tables")
def test_a_claim_does_not_change_the_version_of_a_session(work: UnitOfWork) -> None:
    """It changes `due_at` only, and not the version that ETags and optimistic locks use."""
    session = rows.session(next_job=JobName.VERIFY, due_at=clock.now())
    claims.claim(work, PaymentSession, 1, LEASE)
    assert db.session.scalar(select(PaymentSession.version)) == 1
    session.buyer_name = "changed"
    db.session.flush()
    assert db.session.scalar(select(PaymentSession.version)) == 2


@pytest.mark.usefixtures("tables")
def test_a_claim_alone_is_one_statement_and_committed(statements: list[str]) -> None:
    """A rollback of the unit of work does not undo it, and no other worker claims the row."""
    session = rows.session(next_job=JobName.VERIFY, due_at=clock.now())
    rows.session(next_job=JobName.EXPIRE, due_at=clock.now())
    db.session.commit()
    statements.clear()
    columns = PaymentSession.id, PaymentSession.due_at, PaymentSession.attempts
    wanted = PaymentSession.next_job == JobName.VERIFY
    (claimed,) = claims.claim_alone(PaymentSession, columns, 9, LEASE, wanted)
    assert [statement.split()[0] for statement in statements] == ["WITH"]
    assert tuple(claimed) == (session.id, claimed.due_at, 1)
    assert claimed.due_at > clock.now() + LEASE / 2
    db.session.rollback()
    db.session.refresh(session)
    assert (session.due_at, session.attempts, session.version) == (claimed.due_at, 1, 1)
    assert claims.claim_alone(PaymentSession, columns, 9, LEASE, wanted) == []


@pytest.mark.usefixtures("tables")
def test_counting_stops_at_the_limit() -> None:
    for _ in range(4):
        rows.delivery()
    assert (claims.due_count(WebhookDelivery, 3), claims.due_count(WebhookDelivery, 9)) == (3, 4)


@pytest.mark.usefixtures("tables")
@pytest.mark.parametrize(
    ("stage", "free"),
    [
        (CancelStage.NEEDS_ACCOUNT, False),
        (CancelStage.REQUESTED, False),
        (CancelStage.SENT, False),
        (CancelStage.SUCCEEDED, True),
        (CancelStage.REFUSED, True),
    ],
)
def test_cancels_of_one_payment_go_one_after_the_other(work: UnitOfWork, stage: CancelStage, free: bool) -> None:
    payment = rows.payment(rows.session())
    rows.cancellation(payment, amount=1, stage=stage, due_at=None)
    later = rows.cancellation(payment, amount=2)
    assert claims.due_count(Cancellation, 9) == int(free)
    assert list(claims.claim(work, Cancellation, 9, LEASE)) == ([later] if free else [])


@pytest.mark.usefixtures("tables")
def test_cancels_of_different_payments_do_not_wait_for_each_other(work: UnitOfWork) -> None:
    for _ in range(3):
        rows.cancellation(rows.payment(rows.session()))
    assert len(claims.claim(work, Cancellation, 9, LEASE)) == 3
