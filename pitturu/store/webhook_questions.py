"""Bounds the questions to PortOne that webhooks of one order cause: one in flight at a time, and a few a minute.

V1's webhooks are unsigned, so anybody who knows an order number, like its buyer, can post thousands of them. They wait
in the inbox while the order is being asked about or its budget is used up; the next answer closes all that came before
the question. Verification and expiry have questions of their own, which this budget does not count; a webhook waits for
the answer to a verification that is in flight, and a verification for that to a webhook, as one call often serves both.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select, update

from pitturu.domain import clock
from pitturu.domain.jobs import JobName
from pitturu.store.base import any_of
from pitturu.store.sessions import PaymentSession
from pitturu.store.unit_of_work import UnitOfWork
from pitturu.store.webhooks import WebhookDelivery

BUDGET: Final = 10
"""Questions about one order within `WINDOW`. An honest order has few webhooks: paid, an account, some cancels."""

WINDOW: Final = timedelta(minutes=1)

LONGEST_WAIT: Final = timedelta(seconds=5)
"""How long a webhook and a verification of one order wait for each other's question, half of a lease at most.

Most answers come within a second; a worker may have died with the question.
"""


def being_asked(lease: timedelta) -> ColumnElement[bool]:
    """SQL for: a webhook's question about this session is in flight. One whose budget is used up has none in flight."""
    asked = PaymentSession.webhooks_wait_until > _claimed_lately(lease)
    return and_(PaymentSession.webhooks_wait_until.is_not(None), asked, PaymentSession.webhook_questions < BUDGET)


def being_verified(lease: timedelta) -> ColumnElement[bool]:
    """SQL for: the question of this session's verification is in flight, for the first time."""
    first = PaymentSession.attempts > 0, PaymentSession.last_error.is_(None)
    return and_(PaymentSession.next_job == JobName.VERIFY, PaymentSession.due_at > _claimed_lately(lease), *first)


def _claimed_lately(lease: timedelta) -> datetime:
    """The end of a lease that began as long ago as anybody waits."""
    return clock.now() + lease - min(LONGEST_WAIT, lease / 2)


def begin(work: UnitOfWork, session_keys: Collection[UUID], until: datetime) -> set[UUID]:
    """Reserve the question about each of these orders until `until`. Returns those that may be asked about now: no
    other webhook's question and no verification of it is in flight.

    A session that another transaction has locked is left out instead of waited for: the caller holds locks of
    deliveries, which are taken after those of sessions elsewhere.
    """
    waits = PaymentSession.webhooks_wait_until
    free = (
        select(PaymentSession.id)
        .where(PaymentSession.id == any_of(session_keys), or_(waits.is_(None), waits <= clock.now()))
        .where(~being_verified(until - clock.now()))
        .with_for_update(skip_locked=True)
        .cte("free")
    )
    taking = update(PaymentSession).where(PaymentSession.id.in_(select(free.c.id))).values(webhooks_wait_until=until)
    found = work.session.scalars(taking.returning(PaymentSession.id).execution_options(synchronize_session=False))
    return set(found)


def release(work: UnitOfWork, delivery_keys: Collection[UUID]) -> None:
    """End the claim of these deliveries without a try: they are due as before."""
    if delivery_keys:
        undone = {"due_at": clock.now(), "attempts": WebhookDelivery.attempts - 1}
        work.session.execute(update(WebhookDelivery).where(WebhookDelivery.id == any_of(delivery_keys)).values(undone))


def end(session: PaymentSession) -> None:
    """Count the question that was asked, and release the order's webhooks: at once, or when the minute is over."""
    now, since = clock.now(), session.webhook_questions_since
    if since is None or now - since >= WINDOW:
        since = session.webhook_questions_since = now
        session.webhook_questions = 0
    session.webhook_questions += 1
    session.webhooks_wait_until = since + WINDOW if session.webhook_questions >= BUDGET else None
