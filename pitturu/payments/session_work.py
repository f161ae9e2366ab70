"""What the jobs over sessions have in common: how they are claimed, and how a broken try is noted."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from pitturu.domain import backoff
from pitturu.domain.jobs import JobName
from pitturu.payments.desk import Desk
from pitturu.store import claims, sessions
from pitturu.store.sessions import PaymentSession


class Claimed(Protocol):
    """A question about one session, with the end of our claim."""

    @property
    def key(self) -> UUID:
        """The session's row."""

    @property
    def until(self) -> datetime:
        """The end of the lease, which is also the claim's token."""


def claim_sessions(job: JobName, desk: Desk, room: int) -> Sequence[tuple[PaymentSession, datetime]]:
    """Due sessions for this job with the end of the lease."""
    rows = claims.claim(PaymentSession, room, desk.settings.lease, PaymentSession.next_job == job)
    return [(row, row.due_at) for row in rows if row.due_at is not None]


def postpone(question: Claimed, words: str) -> None:
    """Something broke that nobody foresaw: keep the words, try again slowly."""
    sessions.lock(question.key).again(question.until, backoff.CALL_HUMAN, words, for_ever=True)
