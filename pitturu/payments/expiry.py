"""A deadline has come, or a waiting session is looked after. Nothing expires before PortOne was asked."""

from pitturu.domain.jobs import JobName
from pitturu.payments import inquiry
from pitturu.payments.handlers import WorkerContext
from pitturu.payments.inquiry import Inquiry
from pitturu.payments.recheck import watch
from pitturu.store.sessions import PaymentSession


def _then(context: WorkerContext, session: PaymentSession, claimed: Inquiry) -> None:
    session.done(claimed.until)
    watch(session, context.settings)


HANDLER = inquiry.job(JobName.EXPIRE, "expire", _then)
