"""What the jobs over sessions have in common: how they are claimed, and how a broken try is noted."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, Protocol
from uuid import UUID

from pitturu.domain import retry_policy
from pitturu.domain.jobs import JobName
from pitturu.payments.handlers import Asked, Desk
from pitturu.store import claims, history, sessions
from pitturu.store.sessions import PaymentSession

COLUMNS: Final = (
    PaymentSession.id,
    PaymentSession.due_at,
    PaymentSession.generation,
    PaymentSession.merchant_uid,
    PaymentSession.amount,
    PaymentSession.request_id,
)


class Claimed(Protocol):
    """A question about one session, with the end of our claim."""

    @property
    def key(self) -> UUID:
        """The session's row."""

    @property
    def until(self) -> datetime:
        """The end of the lease, which is also the claim's token."""


def claim_sessions(job: JobName, desk: Desk, room: int) -> Sequence[Any]:
    """Due sessions for this job: rows with what questions about them need, `due_at` being the end of the lease."""
    return claims.claim_columns(PaymentSession, COLUMNS, room, desk.settings.lease, PaymentSession.next_job == job)


def gather(questions: Sequence[Asked]) -> None:
    """Lock the sessions of these questions and read their payments."""
    sessions.hurry()
    keys = {question.session_key for question in questions if question.session_key is not None}
    sessions.lock_all(keys)
    history.read_all(keys)


def postpone(question: Claimed, words: str) -> None:
    """Something broke that nobody foresaw: keep the words, try again slowly."""
    sessions.lock(question.key).again(question.until, retry_policy.CALL_HUMAN, words, for_ever=True)
