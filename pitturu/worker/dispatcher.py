"""The batch dispatcher: one wake-up claims all due rows of a kind, asks PortOne about them at once, commits answers.

A process runs one dispatcher for each kind of work. A wake-up that arrives while it runs only signals it to look for
due rows again. So a quiet system claims one row and finishes it at once; under load rows become due while answers are
committed, and are then claimed, asked about and committed together. A slow answer occupies one call slot and delays no
other row. When a worker dies, the lease of its rows runs out and they are due again.
"""

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Any, Final

from pitturu import logs
from pitturu.domain.errors import GatewayError
from pitturu.payments.handlers import AnyJobHandler, WorkerContext
from pitturu.store.unit_of_work import UnitOfWork
from pitturu.worker.call_slots import CallSlots
from pitturu.worker.wake_up_signal import Pair, WakeUpSignal

log = logging.getLogger(__name__)

WINDOW: Final = 150
"""Calls that one dispatcher keeps in flight at the most."""

BATCH: Final = 50
"""Answers that are committed in one transaction: it holds locks, so it must be short."""


@dataclass(frozen=True)
class DispatcherResources:
    """What the dispatcher of one kind of work runs on.

    `threads` make the slow calls, as many as there are `call_slots`, `window` of one kind. `stopping` turns true when
    the process is to end. `before_claim` is called before rows are claimed, `wake_another` when more rows may be due
    that this process cannot work on.
    """

    threads: Executor
    transaction: Callable[[], AbstractContextManager[UnitOfWork]]
    stopping: Callable[[], bool]
    signal: WakeUpSignal = field(default_factory=WakeUpSignal)
    call_slots: CallSlots = field(default_factory=lambda: CallSlots(WINDOW))
    window: int = WINDOW
    before_claim: Callable[[], None] = lambda: None
    wake_another: Callable[[], None] = lambda: None


def run(job: AnyJobHandler, context: WorkerContext, resources: DispatcherResources) -> None:
    """Work until nothing of this kind is due, or the process stops, and every answer is committed."""
    if not resources.signal.start_or_signal():
        return
    running, in_flight, more, passed_on = True, 0, True, False
    answers = resources.signal.answers
    try:
        while running or in_flight:
            if running and resources.stopping():
                running = False
                resources.signal.stop()
                resources.wake_another()
            if running and (more := resources.signal.take_signal() or more):
                room = resources.call_slots.acquire(resources.window, in_flight)
                if not room and not passed_on:
                    # Only once: another process may have room; if none has, two would wake each other without end.
                    passed_on = True
                    resources.wake_another()
                elif room:
                    begun = _start_calls(job, context, resources, room, in_flight, answers)
                    in_flight += begun
                    # As many rows as requested: there may be more. Rows that become due later come with a signal.
                    more = begun == room
                    passed_on = passed_on and more
            if in_flight:
                pairs = _arrived(answers)
                in_flight -= len(pairs)
                _commit(job, context, resources, pairs)
            elif running and not more:
                running = not resources.signal.stop_unless_signalled()
    finally:
        if running:
            resources.signal.stop()


def _start_calls(
    job: AnyJobHandler,
    context: WorkerContext,
    resources: DispatcherResources,
    room: int,
    in_flight: int,
    answers: "SimpleQueue[Pair | None]",
) -> int:
    """Claim up to `room` rows and start their calls. Returns how many."""
    begun = 0
    try:
        for claimed in _claim(job, context, resources, room, in_flight):
            resources.threads.submit(_ask, job, context, resources.call_slots, claimed, answers)
            begun += 1
    finally:
        resources.call_slots.release(room - begun)
    return begun


def _claim(
    job: AnyJobHandler, context: WorkerContext, resources: DispatcherResources, room: int, in_flight: int
) -> Sequence[Any]:
    """Due rows. While calls are in flight, an unavailable database must not end the dispatcher, which would lose their
    answers."""
    try:
        resources.before_claim()
        with resources.transaction() as work:
            return job.claim(context, work, room)
    except Exception:
        if not in_flight:
            raise
        log.exception("claim_broke", extra={"job": job.name, "next": "the sweep finds what is due"})
        return ()


def _arrived(answers: "SimpleQueue[Pair | None]") -> list[Pair]:
    """The answers that have arrived, at least one unless a signal came first. Blocks until one of the two happens."""
    pairs: list[Pair] = []
    item = answers.get()
    try:
        while True:
            if item is not None:
                pairs.append(item)
            if len(pairs) == BATCH:
                return pairs
            item = answers.get_nowait()
    except Empty:
        return pairs


def _ask(
    job: AnyJobHandler, context: WorkerContext, call_slots: CallSlots, claimed: Any, answers: "SimpleQueue[Pair | None]"
) -> None:
    """Make the call of one row and queue its answer, or the exception in its place, to be committed."""
    with logs.bind(claimed.request_id):
        try:
            answer = job.ask(context, claimed)
        except GatewayError as error:
            answer = error
        except Exception as error:
            log.exception("ask_broke", extra={"job": job.name})
            answer = _Broken(f"{type(error).__name__}: {error}")
    call_slots.release(1)
    answers.put((claimed, answer))


@dataclass(frozen=True)
class _Broken:
    """The call failed with an unexpected exception, whose text is stored with the row for operators."""

    reason: str


def _commit(job: AnyJobHandler, context: WorkerContext, resources: DispatcherResources, pairs: list[Pair]) -> None:
    """Commit all answers in one transaction; if that fails, each in its own."""
    if not pairs:
        return
    try:
        with resources.transaction() as work:
            job.prefetch(work, [claimed for claimed, _ in pairs])
            for claimed, answer in pairs:
                _apply(job, context, work, claimed, answer)
    except Exception:
        log.exception("apply_broke", extra={"job": job.name, "rows": len(pairs)})
        for claimed, answer in pairs:
            _commit_one(job, context, resources, claimed, answer)


def _apply(job: AnyJobHandler, context: WorkerContext, work: UnitOfWork, claimed: Any, answer: Any) -> None:
    with logs.bind(claimed.request_id):
        if isinstance(answer, _Broken):
            job.postpone(work, claimed, answer.reason)
        else:
            job.apply(context, work, claimed, answer)


def _commit_one(
    job: AnyJobHandler, context: WorkerContext, resources: DispatcherResources, claimed: Any, answer: Any
) -> None:
    try:
        with resources.transaction() as work:
            _apply(job, context, work, claimed, answer)
    except Exception as error:
        with logs.bind(claimed.request_id):
            log.exception("apply_broke", extra={"job": job.name, "rows": 1})
        try:
            with resources.transaction() as work:
                job.postpone(work, claimed, f"{type(error).__name__}: {error}")
        except Exception:
            # The database is unavailable: the row is due again when its lease ends.
            log.exception("postpone_broke", extra={"job": job.name})
