"""A deadline has come, or a waiting session is looked after. Nothing expires before PortOne was asked."""

from pitturu.domain.cause import CauseKind
from pitturu.domain.jobs import JobName
from pitturu.payments import inquiry
from pitturu.payments.handlers import WorkerContext
from pitturu.payments.inquiry import Inquiry
from pitturu.payments.recheck import watch
from pitturu.store.sessions import PaymentSession
from pitturu.store.unit_of_work import UnitOfWork


def _then(context: WorkerContext, work: UnitOfWork, session: PaymentSession, claimed: Inquiry) -> None:
    session.done(claimed.until)
    watch(work, session, context.settings)


HANDLER = inquiry.job(JobName.EXPIRE, CauseKind.EXPIRE, _then)
