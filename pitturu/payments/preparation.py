"""The amount of an order is registered with PortOne, so that a window opened with another amount is refused there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pitturu.domain import clock
from pitturu.domain.errors import GatewayError, Reaction
from pitturu.domain.jobs import JobName
from pitturu.domain.lifecycle import SessionStatus
from pitturu.payments import inventory, timeline
from pitturu.payments.handlers import Desk, Job
from pitturu.payments.inquiry import curve_for
from pitturu.payments.recheck import watch
from pitturu.payments.session_handlers import claim_sessions, gather, postpone
from pitturu.payments.timeline import News
from pitturu.store import sessions
from pitturu.store.sessions import PaymentSession


@dataclass(frozen=True)
class Registration:
    """One session whose amount is to be registered. `until` is the end of our claim."""

    key: UUID
    until: datetime
    generation: str
    merchant_uid: str
    amount: int
    request_id: str | None

    @property
    def session_key(self) -> UUID:
        """The session is what is registered."""
        return self.key


def _claim(desk: Desk, room: int) -> Sequence[Registration]:
    rows = claim_sessions(JobName.PREPARE, desk, room)
    return [
        Registration(row.id, row.due_at, row.generation, row.merchant_uid, row.amount, row.request_id) for row in rows
    ]


def _ask(desk: Desk, question: Registration) -> None:
    desk.gateway(question.generation).prepare(question.merchant_uid, question.amount)


def _apply(desk: Desk, question: Registration, answer: GatewayError | None) -> None:
    session = sessions.lock(question.key)
    news = News("prepare", "system", clock.now(), question.request_id)
    if isinstance(answer, GatewayError) and session.state is SessionStatus.CREATED:
        _not_prepared(session, question, answer, news)
    else:
        session.done(question.until)
    if not isinstance(answer, GatewayError):
        session.prepared_at = session.prepared_at or clock.now()
        if session.state is SessionStatus.CREATED:
            timeline.move(session, SessionStatus.PREPARED, news)
    watch(session, desk.settings)


def _not_prepared(session: PaymentSession, question: Registration, error: GatewayError, news: News) -> None:
    if error.reaction is Reaction.STOP:
        session.fail_reason = error.words
        timeline.move(session, SessionStatus.FAILED, news, error.words)
        inventory.release(session)
        session.done(question.until)
        return
    session.again(question.until, curve_for(error), error.words)
    too_late = session.due_at is None or session.due_at >= session.expires_at
    if too_late and session.next_job == JobName.PREPARE:
        # The deadline asks PortOne what became of the order, prepared or not, so nothing is forgotten here.
        session.plan(JobName.EXPIRE, max(session.expires_at, clock.now()))


JOB: Job[Registration, None] = Job(JobName.PREPARE, _claim, _ask, _apply, postpone, gather)
