"""A deadline has come, or a waiting session is looked after. Nothing expires before PortOne was asked."""

from pitturu.domain.jobs import JobName
from pitturu.payments import inquiry
from pitturu.payments.handlers import Desk
from pitturu.payments.inquiry import Inquiry
from pitturu.payments.recheck import watch
from pitturu.store.sessions import PaymentSession


def _then(desk: Desk, session: PaymentSession, question: Inquiry) -> None:
    session.done(question.until)
    watch(session, desk.settings)


JOB = inquiry.job(JobName.EXPIRE, "expire", _then)
