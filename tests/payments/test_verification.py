"""A report of the browser schedules a verification, and nothing else."""

import pytest

from pitturu.domain import clock
from pitturu.domain.errors import Conflict, NotFound, Unprocessable
from pitturu.domain.jobs import JobName
from pitturu.domain.lifecycle import HOLDS_GOODS, OPEN, SessionStatus
from pitturu.payments import verification
from pitturu.payments.verification import VerifyRequest
from pitturu.store.sessions import PaymentSession
from pitturu.store.unit_of_work import UnitOfWork
from tests.payments.provider_payments import story
from tests.store import rows

pytestmark = pytest.mark.usefixtures("tables")


def verify(session: PaymentSession) -> PaymentSession:
    """Hana's browser reports a payment."""
    return verification.request_verification(UnitOfWork(), "hana", VerifyRequest("imp_1", session.merchant_uid), "r1")


@pytest.mark.parametrize("status", sorted(OPEN - {SessionStatus.AWAITING_DEPOSIT}))
def test_an_open_session_is_verified(status: SessionStatus) -> None:
    session = verify(rows.session(status=status))
    assert (session.status, session.next_job, session.request_id) == ("verifying", JobName.VERIFY, "r1")
    assert session.due_at is not None
    assert session.due_at <= clock.now()
    assert session.imp_uid is None, "the report proves nothing"


@pytest.mark.parametrize("status", sorted(set(SessionStatus) - OPEN - HOLDS_GOODS))
def test_a_closed_session_is_verified_too(status: SessionStatus) -> None:
    """A late payment may exist; the status does not change before PortOne has answered."""
    session = verify(rows.session(status=status))
    assert (session.status, session.next_job, story(session)) == (status, JobName.VERIFY, [])


@pytest.mark.parametrize("status", sorted(HOLDS_GOODS))
def test_a_paid_session_is_not_verified(status: SessionStatus) -> None:
    session = verify(rows.session(status=status, paid_at=clock.now(), imp_uid="imp_9"))
    assert (session.status, session.next_job, session.due_at) == (status, None, None)


def test_a_request_without_ids_is_refused(work: UnitOfWork) -> None:
    with pytest.raises(Unprocessable) as refusal:
        verification.request_verification(work, "hana", VerifyRequest(), "r1")
    assert refusal.value.code == "nothing_to_verify"


def test_a_session_is_found_by_payment_alone_if_only_one_is_open(work: UnitOfWork) -> None:
    """The only open session is verified; several are ambiguous."""
    with pytest.raises(NotFound):
        verification.request_verification(work, "hana", VerifyRequest("imp_1"), "r1")
    session = rows.session()
    assert verification.request_verification(work, "hana", VerifyRequest("imp_1"), "r1") is session
    rows.session()
    with pytest.raises(Conflict) as refusal:
        verification.request_verification(work, "hana", VerifyRequest("imp_1"), "r1")
    assert refusal.value.code == "several_sessions"


def test_another_users_order_is_not_found() -> None:
    with pytest.raises(NotFound):
        verify(rows.session("minji"))
