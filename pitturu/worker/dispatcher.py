"""The batch dispatcher: one wake-up claims all due rows of a kind, asks PortOne about them at once, commits answers.

A process runs one dispatcher for each kind of work. A wake-up that arrives while it runs only signals it to look for
due rows again. So a quiet system claims one row and finishes it at once; under load rows become due while answers are
committed, and are then claimed, asked about and committed together. A slow answer occupies one call slot and delays no
other row. When a worker dies, the lease of its rows runs out and they are due again.
"""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import AbstractContextManager
from contextvars import copy_context
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Any, Final

from pitturu import instruments, logs, spans
from pitturu.domain.errors import AccessRefused, GatewayError
from pitturu.payments.handlers import AnyJobHandler, BatchCall, WorkerContext
from pitturu.store.unit_of_work import UnitOfWork
from pitturu.worker.call_slots import CallSlots
from pitturu.worker.wake_up_signal import Pair, WakeUpSignal

log = logging.getLogger(__name__)

WINDOW: Final = 150
"""Calls that one dispatcher keeps in flight at the most."""

BATCH: Final = 50
"""Answers that are committed in one transaction: it holds locks, so it must be short."""


@dataclass
class Dispatcher:
    """One run of the dispatcher of a kind of work.

    `threads` make the slow calls, as many as there are `call_slots`, `window` of one kind. `stopping` turns true when
    the process is to end. `before_claim` is called before rows are claimed, `wake_another` when more rows may be due
    that this process cannot work on, `access_refused` when PortOne refused our keys. `answers` are those of this run's
    calls, and None for each signal.
    """

    job: AnyJobHandler
    context: WorkerContext
    threads: Executor
    transaction: Callable[[], AbstractContextManager[UnitOfWork]]
    stopping: Callable[[], bool]
    signal: WakeUpSignal
    call_slots: CallSlots
    window: int
    before_claim: Callable[[], None]
    wake_another: Callable[[], None]
    access_refused: Callable[[AccessRefused], None] = lambda _error: None
    in_flight: int = field(default=0, init=False)
    answers: SimpleQueue[Pair | None] = field(default_factory=SimpleQueue, init=False)

    def run(self) -> None:
        """Work until nothing of this kind is due, or the process stops, and every answer is committed."""
        if not self.signal.start_or_signal(self.answers):
            return
        running, more, passed_on = True, True, False
        try:
            while running or self.in_flight:
                if running and self.stopping():
                    running = False
                    self.signal.stop()
                    self.wake_another()
                if running and (more := self.signal.take_signal() or more):
                    room = self.call_slots.acquire(self.window, self.in_flight)
                    if not room and not passed_on:
                        # Only once: another process may have room; if none has, two would wake each other without end.
                        passed_on = True
                        self.wake_another()
                    elif room:
                        # As many rows as requested: there may be more. Rows that become due later come with a signal.
                        more = self._start_calls(room) == room
                        passed_on = passed_on and more
                if self.in_flight:
                    self._commit(self._arrived())
                    more = more or self.job.partial
                elif running and not more:
                    running = not self.signal.stop_unless_signalled()
        finally:
            if running:
                self.signal.stop()

    def _start_calls(self, room: int) -> int:
        """Claim up to `room` rows and start their calls. Returns how many."""
        begun = 0
        try:
            for batch in self._batched(self._claim(room)):
                self._submit(batch)
                begun += len(batch)
        finally:
            self.call_slots.release(room - begun)
        self.in_flight += begun
        if begun:
            instruments.batch_rows.labels(self.job.name, "claimed").observe(begun)
        return begun

    def _batched(self, rows: Sequence[Any]) -> Sequence[Sequence[Any]]:
        """The claimed rows by the call that is made about them; most calls are about one row.

        Only rows of one claim are asked about together, so a row never waits for others to become due.
        """
        batch_call = self.job.batch_call
        batches = batch_call.batches(self.context, rows) if batch_call is not None and len(rows) > 1 else ()
        within = {id(row) for batch in batches for row in batch}
        return [*batches, *([row] for row in rows if id(row) not in within)]

    def _submit(self, batch: Sequence[Any]) -> None:
        batch_call = self.job.batch_call
        if len(batch) > 1 and batch_call is not None:
            self.threads.submit(copy_context().run, self._ask_batch, batch_call, batch)
        else:
            self.threads.submit(copy_context().run, self._ask, batch[0])

    def _claim(self, room: int) -> Sequence[Any]:
        """Due rows. While calls are in flight, an unavailable database must not end the dispatcher, which would lose
        their answers."""
        try:
            self.before_claim()
            with self.transaction() as work:
                return self.job.claim(self.context, work, room)
        except Exception:
            if not self.in_flight:
                raise
            log.exception("claim_broke", extra={"job": self.job.name, "next": "the sweep finds what is due"})
            return ()

    def _ask(self, claimed: Any) -> None:
        """Make the call of one row and queue its answer, or the exception in its place, to be committed."""
        with logs.bind(claimed.request_id), spans.of_requests(f"{self.job.name} ask", [claimed.request_id]):
            try:
                answer = self.job.ask(self.context, claimed)
            except GatewayError as error:
                answer = self._noted(error)
            except Exception as error:
                log.exception("ask_broke", extra=self._about(claimed))
                answer = error
        self._arrive(claimed, answer)

    def _ask_batch(self, batch_call: BatchCall[Any, Any], batch: Sequence[Any]) -> None:
        """Make one call about several rows. Those that its answer does not settle are asked about one by one, at once;
        each row has kept its slot meanwhile."""
        answers: Mapping[Any, Any] = {}
        with spans.of_requests(f"{self.job.name} ask together", [claimed.request_id for claimed in batch]):
            try:
                answers = batch_call.ask(self.context, batch)
            except GatewayError as error:
                answers = dict.fromkeys(batch, self._noted(error))
            except Exception:
                log.exception("ask_broke", extra={"job": self.job.name, "rows": len(batch)})
        for claimed in batch:
            if claimed in answers:
                self._arrive(claimed, answers[claimed])
            else:
                self._submit([claimed])

    def _noted(self, error: GatewayError) -> GatewayError:
        if isinstance(error, AccessRefused):
            self.access_refused(error)
        return error

    def _arrive(self, claimed: Any, answer: Any) -> None:
        self.call_slots.release(1)
        self.answers.put((claimed, answer))

    def _arrived(self) -> list[Pair]:
        """The answers that have arrived, at least one unless a signal came first. Blocks until one of the two
        happens."""
        pairs: list[Pair] = []
        item = self.answers.get()
        try:
            while True:
                if item is not None:
                    pairs.append(item)
                if len(pairs) == BATCH:
                    return pairs
                item = self.answers.get_nowait()
        except Empty:
            return pairs

    def _commit(self, pairs: list[Pair]) -> None:
        """Commit all answers in one transaction; if that fails, each in its own."""
        self.in_flight -= len(pairs)
        if not pairs:
            return
        instruments.batch_rows.labels(self.job.name, "committed").observe(len(pairs))
        try:
            with self._spans_of(claimed for claimed, _ in pairs), self.transaction() as work:
                self.job.prefetch(work, [claimed for claimed, _ in pairs])
                for claimed, answer in pairs:
                    self._apply(work, claimed, answer)
        except Exception:
            log.exception("apply_broke", extra={"job": self.job.name, "rows": len(pairs)})
            for claimed, answer in pairs:
                self._commit_one(claimed, answer)

    def _apply(self, work: UnitOfWork, claimed: Any, answer: Any) -> None:
        with logs.bind(claimed.request_id):
            if isinstance(answer, Exception) and not isinstance(answer, GatewayError):
                self._postpone(work, claimed, answer)
            else:
                self.job.apply(self.context, work, claimed, answer)

    def _commit_one(self, claimed: Any, answer: Any) -> None:
        try:
            with self._spans_of([claimed]), self.transaction() as work:
                self._apply(work, claimed, answer)
        except Exception as error:
            with logs.bind(claimed.request_id):
                log.exception("apply_broke", extra=self._about(claimed) | {"rows": 1})
            try:
                with self.transaction() as work:
                    self._postpone(work, claimed, error)
            except Exception:
                # The database is unavailable: the row is due again when its lease ends.
                log.exception("postpone_broke", extra=self._about(claimed))

    def _spans_of(self, claimed_jobs: Iterable[Any]) -> AbstractContextManager[object]:
        """The spans of applying and committing these answers."""
        return spans.of_requests(f"{self.job.name} commit", [claimed.request_id for claimed in claimed_jobs])

    def _about(self, claimed: Any) -> dict[str, object]:
        """The data of a line about this row; `about` is its order number, which `why` accepts, where it has one."""
        return {"job": self.job.name, "about": getattr(claimed, "merchant_uid", None)}

    def _postpone(self, work: UnitOfWork, claimed: Any, error: Exception) -> None:
        """The text of an unexpected exception is stored with the row for operators."""
        self.job.postpone(work, claimed, f"{type(error).__name__}: {error}")
