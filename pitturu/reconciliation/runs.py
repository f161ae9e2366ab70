"""Our books against PortOne's, both ways, a page at a time; differences heal on the one road.

A comparison is a row like all other work. Each step claims it, makes one call at most, and writes findings and the
next place down in one transaction: whoever goes on after a killed worker neither skips nor doubles anything.
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
from pitturu.reconciliation import discrepancies as findings
from pitturu.reconciliation import listings as walks
from pitturu.reconciliation.listings import Answer, Step
from pitturu.reconciliation.rows import COMPARISONS
from pitturu.reconciliation.window import Window, due_by_now, webhooks_due_by_now
from pitturu.store import claims, reconciliation_rows
from pitturu.store.reconciliations import ReconciliationRun, Scope, Walk
from pitturu.store.unit_of_work import UnitOfWork

SCHEDULE: Final = "schedule"
"""Who asks for the comparisons that begin by themselves."""

AT_ONCE: Final = 2
"""Comparisons in work: one of payments and one of webhooks. Others wait for their turn."""

SETTLING: Final = RetryPolicy(first=timedelta(seconds=1), cap=timedelta(seconds=30), attempts=100_000)
"""How often a comparison looks whether the answers have come. When to stop looking, it knows by the clock."""


@dataclass(frozen=True)
class ReconciliationRequest:
    """What is to be compared. `heal` has differences asked about; without it they are only reported."""

    window: Window
    asked_by: str
    heal: bool = True
    scope: Scope = Scope.FULL


def begin(
    work: UnitOfWork, wish: ReconciliationRequest, settings: Settings, request_id: str | None
) -> ReconciliationRun:
    """Begin a comparison, or go on with an unfinished one of the same window."""
    window = wish.window
    row = reconciliation_rows.unfinished(work, wish.scope, window.since, window.until, wish.heal)
    if row is None:
        row = ReconciliationRun(**_values(wish, settings, request_id))
        work.session.add(row)
        work.session.flush()
    elif row.dead_at is not None:
        row.ask_now(request_id)
    work.wake(JobName.COMPARE)
    return row


def begin_on_time(work: UnitOfWork, settings: Settings) -> None:
    """Begin the comparisons whose time has come, unless somebody has. Safe to repeat."""
    wishes = (
        ReconciliationRequest(due_by_now(settings), SCHEDULE),
        ReconciliationRequest(webhooks_due_by_now(), SCHEDULE, scope=Scope.WEBHOOKS),
    )
    for wish in wishes:
        if reconciliation_rows.keep_once(work, _values(wish, settings, None)):
            work.wake(JobName.COMPARE)


def _values(wish: ReconciliationRequest, settings: Settings, request_id: str | None) -> dict[str, object]:
    """The row of a comparison that begins."""
    draft = ReconciliationRun(scope=wish.scope, generations=" ".join(settings.generations))
    return {
        "scope": wish.scope,
        "asked_by": wish.asked_by,
        "heal": wish.heal,
        "generations": draft.generations,
        "since": wish.window.since,
        "until": wish.window.until,
        "walk": walks.of(draft)[0],
        "due_at": clock.now(),
        "request_id": request_id,
    }


def _claim(context: WorkerContext, work: UnitOfWork, room: int) -> Sequence[Step]:
    rows = claims.claim(work, ReconciliationRun, min(room, AT_ONCE), context.settings.lease)
    return [_step(row, row.due_at, context.settings) for row in rows if row.due_at is not None]


def _step(row: ReconciliationRun, until: datetime, settings: Settings) -> Step:
    """What is next. The pause before a call keeps to the rate, whichever worker made the last one."""
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
        # A worker that was frozen beyond its lease: somebody else has read this page since, and gone on.
        return
    row.calls += step.calls
    if isinstance(answer, GatewayError):
        row.again(step.until, retry_policy.after_error(answer.reaction), answer.words)
        if row.due_at is not None and answer.retry_after is not None:
            row.due_at = max(row.due_at, clock.now() + answer.retry_after)
        return
    if step.walk is Walk.SETTLE and not findings.settled(row, datetime.fromisoformat(row.cursor), context.settings):
        row.again(step.until, SETTLING, "The answers that were asked for have not all come yet.")
        return
    _walk_on(work, row, step, answer, context.settings)
    row.attempts, row.last_error = 0, None
    if row.walk == Walk.END:
        row.ended_at, row.due_at = clock.now(), None
        reconciliation_rows.forget_sightings(work, row.id)
        # The next comparison, if there is one, has been waiting for this.
    else:
        row.again_at_once(step.until)
    work.wake(JobName.COMPARE)


def _walk_on(work: UnitOfWork, row: ReconciliationRun, step: Step, answer: Answer, settings: Settings) -> None:
    """Write down what this step found, and where the next one begins."""
    if step.unlisted is not None:
        payment = answer if not isinstance(answer, tuple) else None
        walks.answered(work, row, step, step.unlisted, payment, settings)
        span, gone = row.until - row.since, step.unlisted.paid_at - row.since
        walks.go_on(row, f"{step.unlisted.paid_at.isoformat()} {step.unlisted.key}", gone / span)
    elif isinstance(answer, tuple):
        walks.apply_answer(work, row, step, answer, settings)
    else:
        if step.walk is Walk.WEBHOOKS:
            findings.unannounced(work, row)
        walks.go_on(row, "")


def _postpone(work: UnitOfWork, step: Step, words: str) -> None:
    reconciliation_rows.lock(work, step.key).again(step.until, retry_policy.CALL_HUMAN, words)


HANDLER: Final = JobHandler(
    name=JobName.COMPARE,
    queue=Queue.HOUSEKEEPING,
    rows=COMPARISONS,
    doing="reading PortOne's books",
    claim=_claim,
    ask=_ask,
    apply=_apply,
    postpone=_postpone,
)
