"""Has PortOne asked about an order once more, settled or not: what a comparison and an operator can do about a doubt.

No status is written here. A worker asks PortOne and the one road applies the answer, under the session's lock, as it
does for a webhook.
"""

from datetime import datetime, timedelta
from typing import Final

from pitturu.domain import clock
from pitturu.domain.jobs import JobName
from pitturu.payments.row_kinds import By, note_replay
from pitturu.store.sessions import PaymentSession
from pitturu.store.unit_of_work import UnitOfWork

SOON: Final = timedelta(seconds=10)
"""A question that is due within this time needs no other one."""


def ask_again(work: UnitOfWork, session: PaymentSession, at: datetime, request_id: str | None) -> bool:
    """Make the locked session due at this time. False for one that is to be verified anyway, or whose amount is still
    to be registered."""
    busy = session.due_at is not None and session.dead_at is None and session.next_job != JobName.EXPIRE
    if busy:
        return False
    session.plan(JobName.EXPIRE, at)
    session.request_id = request_id or session.request_id
    work.wake(JobName.EXPIRE)
    return True


def ask_now(work: UnitOfWork, session: PaymentSession, by: By) -> bool:
    """Have PortOne asked about the locked session now, or its amount registered, if that is to be done. False when a
    worker is doing so, or will within seconds."""
    now = clock.now()
    if session.due_at is not None and session.dead_at is None and (_under_way(session) or session.due_at <= now + SOON):
        return False
    note_replay(work, session, None, by, "PortOne is asked again", session)
    registering = session.next_job == JobName.PREPARE and (session.due_at or session.dead_at) is not None
    if registering or not ask_again(work, session, now, by.request_id):
        # It waits for its next try, whose time has come. Nobody can pay what is not registered yet: that comes first.
        job = JobName(session.next_job or JobName.VERIFY)
        session.plan(job, now)
        session.request_id = by.request_id or session.request_id
        work.wake(job)
    return True


def _under_way(session: PaymentSession) -> bool:
    """Whether a worker has claimed it and has not failed before."""
    return session.attempts > 0 and session.last_error is None
