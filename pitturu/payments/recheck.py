"""When to look again at a session that nobody is asking about: webhooks get lost, so silence proves nothing."""

from datetime import datetime

from pitturu.config.settings import Settings
from pitturu.domain import clock
from pitturu.domain.jobs import JobName
from pitturu.domain.lifecycle import SessionStatus
from pitturu.domain.provider import PENDING_WORDS
from pitturu.store.sessions import PaymentSession
from pitturu.store.unit_of_work import UnitOfWork


def watch(work: UnitOfWork, session: PaymentSession, settings: Settings) -> None:
    """Plan the next look, or none. A preparation or verification that is still due comes first and is left alone."""
    if session.due_at is not None and session.next_job != JobName.EXPIRE:
        if session.due_at <= clock.now():
            # It was asked for while we held the row, and whoever was woken then could not take it.
            work.wake(JobName(session.next_job or JobName.VERIFY))
        return
    look = _next_look(session, settings)
    if look is None:
        session.due_at = None
    else:
        session.plan(JobName.EXPIRE, look)


def _next_look(session: PaymentSession, settings: Settings) -> datetime | None:
    now = clock.now()
    if session.state is SessionStatus.AWAITING_DEPOSIT:
        return max(min(now + settings.deposit_recheck, session.expires_at), now)
    if session.is_open:
        undecided = session.provider_status in PENDING_WORDS and session.expires_at <= now
        return now + settings.deposit_recheck if undecided else max(session.expires_at, now)
    # A second window may be approved after the first was paid, and a virtual account paid into until its deadline.
    looks = [session.expires_at, session.watch_until]
    if session.paid_at is None:
        looks += [session.expires_at + settings.late_look, session.watch_until + settings.late_look]
    return min((look for look in looks if look > now), default=None)
