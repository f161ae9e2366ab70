"""Comparisons of our payments with PortOne's, in both directions, a page at a time.

A comparison is a row of work. Each step claims it, makes at most one call, and commits its findings together with the
position of the next step, so that after a killed worker another one neither skips nor repeats anything.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from pitturu.config.settings import Settings
from pitturu.domain import clock, retry_policy
from pitturu.domain.errors import GatewayError
from pitturu.domain.jobs import JobName, Queue
from pitturu.domain.retry_policy import RetryPolicy
from pitturu.payments.handlers import JobHandler, WorkerContext
from pitturu.reconciliation import listings as walks
from pitturu.reconciliation.discrepancies import Findings
from pitturu.reconciliation.listings import Answer, Step
from pitturu.reconciliation.rows import COMPARISONS
from pitturu.reconciliation.window import Window, due_by_now, webhooks_due_by_now
from pitturu.store import claims, reconciliation_rows
from pitturu.store.reconciliations import ReconciliationRun, Scope, Walk
from pitturu.store.unit_of_work import UnitOfWork

SCHEDULE: Final = "schedule"
"""`asked_by` of scheduled comparisons."""

AT_ONCE: Final = 2
"""Comparisons that run at once: one of payments and one of webhooks. Others wait."""

SETTLING: Final = RetryPolicy(first=timedelta(seconds=1), cap=timedelta(seconds=30), attempts=100_000)
"""How often a comparison checks whether its findings were verified. It stops at a time limit, not after some tries."""


@dataclass(frozen=True)
class ReconciliationRequest:
    """What is to be compared. With `heal` the sessions of differences are verified, otherwise only reported."""

    window: Window
    asked_by: str
    heal: bool = True
    scope: Scope = Scope.FULL

    @property
    def summary(self) -> str:
        """For the operator log."""
        window, what = self.window, "differences are corrected" if self.heal else "report only"
        return f"{window.since:%Y-%m-%dT%H:%MZ} to {window.until:%Y-%m-%dT%H:%MZ}, {what}"


def begin(
    work: UnitOfWork, request: ReconciliationRequest, settings: Settings, request_id: str | None
) -> ReconciliationRun:
    """Begin a comparison, or continue an unfinished one of the same window."""
    window = request.window
    row = reconciliation_rows.unfinished(work, request.scope, window.since, window.until, request.heal)
    if row is None:
        row = ReconciliationRun(**_values(request, settings, request_id))
        work.session.add(row)
        work.session.flush()
    elif row.dead_at is not None:
        row.make_due(request_id)
    work.wake(JobName.COMPARE)
    return row


def begin_on_time(work: UnitOfWork, settings: Settings) -> None:
    """Begin the scheduled comparisons that are due, unless they were begun. Safe to repeat."""
    requests = (
        ReconciliationRequest(due_by_now(settings), SCHEDULE),
        ReconciliationRequest(webhooks_due_by_now(), SCHEDULE, scope=Scope.WEBHOOKS),
    )
    for request in requests:
        if reconciliation_rows.keep_once(work, _values(request, settings, None)):
            work.wake(JobName.COMPARE)


def _values(request: ReconciliationRequest, settings: Settings, request_id: str | None) -> dict[str, object]:
    """The columns of a new comparison."""
    generations = " ".join(settings.generations)
    return {
        "scope": request.scope,
        "asked_by": request.asked_by,
        "heal": request.heal,
        "generations": generations,
        **vars(request.window),
        "walk": walks.of(request.scope, generations)[0],
        "due_at": clock.now(),
        "request_id": request_id,
    }


def _claim(context: WorkerContext, work: UnitOfWork, room: int) -> Sequence[Step]:
    rows = claims.claim(work, ReconciliationRun, min(room, AT_ONCE), context.settings.lease)
    return [_step(row, row.due_at, context.settings) for row in rows if row.due_at is not None]


def _step(row: ReconciliationRun, until: datetime, settings: Settings) -> Step:
    """The next step. The pause before a call limits the rate of calls of all workers."""
    page, unlisted, now = walks.page(row), walks.unlisted(row, settings), clock.now()
    pause = 0.0
    if page or unlisted:
        apart = timedelta(seconds=1) / settings.comparison_rate
        rest = min((row.called_at or now - apart) + apart - now, apart)
        row.called_at = now + max(rest, timedelta())
        pause = max(rest.total_seconds(), 0.0)
    return Step(row.id, until, Walk(row.walk), now, pause, page, unlisted, row.request_id)


def _ask(context: WorkerContext, step: Step) -> Answer:
    if step.pause:
        time.sleep(step.pause)
    return walks.ask(context, step)


def _apply(context: WorkerContext, work: UnitOfWork, step: Step, answer: Answer | GatewayError) -> None:
    row = reconciliation_rows.lock(work, step.key)
    if row.due_at != step.until:
        # The lease of this worker ended: another one has read this page since, and continued.
        return
    row.calls += step.calls
    if isinstance(answer, GatewayError):
        row.retry(step.until, retry_policy.after_error(answer.reaction), answer.message)
        if row.due_at is not None and answer.retry_after is not None:
            row.due_at = max(row.due_at, clock.now() + answer.retry_after)
        return
    findings = Findings(work, row, context.settings)
    if step.walk is Walk.SETTLE and not findings.settled(datetime.fromisoformat(row.cursor)):
        row.retry(step.until, SETTLING, "Not all sessions with differences have been verified yet.")
        return
    _save_step(findings, step, answer)
    row.attempts, row.last_error = 0, None
    if row.walk == Walk.END:
        row.ended_at, row.due_at = clock.now(), None
        reconciliation_rows.delete_sightings(work, row.id)
        # The next comparison, if there is one, waits for this one to end.
    else:
        row.due_at = clock.now()
    work.wake(JobName.COMPARE)


def _save_step(findings: Findings, step: Step, answer: Answer) -> None:
    """Save what this step found, and the position of the next one."""
    row = findings.run
    if step.unlisted is not None and not isinstance(answer, tuple):
        walks.apply_unlisted(findings, step, step.unlisted, answer)
        span, elapsed = row.until - row.since, step.unlisted.at - row.since
        walks.advance(row, f"{step.unlisted.at.isoformat()} {step.unlisted.key}", elapsed / span)
    elif isinstance(answer, tuple):
        walks.apply_answer(findings, step, answer)
    else:
        if step.walk is Walk.WEBHOOKS:
            findings.unannounced()
        walks.advance(row, "")


def _postpone(work: UnitOfWork, step: Step, reason: str) -> None:
    reconciliation_rows.lock(work, step.key).retry(step.until, retry_policy.CALL_HUMAN, reason)


HANDLER: Final = JobHandler(
    name=JobName.COMPARE,
    queue=Queue.HOUSEKEEPING,
    rows=COMPARISONS,
    doing="reading PortOne's lists",
    claim=_claim,
    ask=_ask,
    apply=_apply,
    postpone=_postpone,
)
