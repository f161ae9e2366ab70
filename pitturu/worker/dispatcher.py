"""The batch dispatcher: one wake-up claims all due rows of a kind, asks PortOne about them at once, commits answers.

A process runs one dispatcher for each kind of work. A wake-up that arrives while it runs only signals it to look for
due rows again. So a quiet system claims one row and finishes it at once; under load rows become due while answers are
committed, and are then claimed, asked about and committed together. A slow answer occupies one call slot and delays no
row that it is not about. When a worker dies, the lease of its rows runs out and they are due again.
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from queue import Empty
from typing import Any, Final

from pitturu import instruments, logs, spans
from pitturu.domain.errors import GatewayError
from pitturu.payments.handlers import AnyJobHandler, WorkerContext
from pitturu.store.unit_of_work import UnitOfWork
from pitturu.worker.calls import NOT_ASKED, Calls, about
from pitturu.worker.wake_up_signal import Pair, WakeUpSignal

log = logging.getLogger(__name__)

WINDOW: Final = 150
"""Calls that one dispatcher keeps in flight at the most."""

BATCH: Final = 50
"""Answers that are committed in one transaction: it holds locks, so it must be short."""


@dataclass
class Dispatcher:
    """One run of the dispatcher of a kind of work.

    `calls` are the slow calls of this run. `stopping` turns true when the process is to end. `before_claim` is called
    before rows are claimed, `wake_another` when more rows may be due that this process cannot work on. `in_flight` is
    how many rows are claimed and not committed.
    """

    job: AnyJobHandler
    context: WorkerContext
    calls: Calls
    transaction: Callable[[], AbstractContextManager[UnitOfWork]]
    stopping: Callable[[], bool]
    signal: WakeUpSignal
    before_claim: Callable[[], None]
    wake_another: Callable[[], None]
    in_flight: int = field(default=0, init=False)

    def run(self) -> None:
        """Work until nothing of this kind is due, or the process stops, and every answer is committed."""
        if not self.signal.start_or_signal(self.calls.answers):
            return
        running, more, passed_on = True, True, False
        try:
            while running or self.in_flight:
                if running and self.stopping():
                    running = False
                    self.signal.stop()
                    self.wake_another()
                if running and (more := self.signal.take_signal() or more):
                    room = self.calls.room(self.in_flight)
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
        """Claim up to `room` rows and start the calls about them. Returns how many rows."""
        rows: Sequence[Any] = ()
        try:
            rows = self._claim(room)
        finally:
            self.calls.start(rows, room)
        self.in_flight += len(rows)
        if rows:
            instruments.batch_rows.labels(self.job.name, "claimed").observe(len(rows))
        return len(rows)

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

    def _arrived(self) -> list[Pair]:
        """The answers that have arrived, at least one unless a signal came first. Blocks until one of the two
        happens. A row that was not asked about is in flight no longer, and has none."""
        pairs: list[Pair] = []
        item = self.calls.answers.get()
        try:
            while True:
                if item is not None and item[1] is NOT_ASKED:
                    self.in_flight -= 1
                elif item is not None:
                    pairs.append(item)
                if len(pairs) == BATCH:
                    return pairs
                item = self.calls.answers.get_nowait()
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
                log.exception("apply_broke", extra=about(self.job, claimed) | {"rows": 1})
            try:
                with self.transaction() as work:
                    self._postpone(work, claimed, error)
            except Exception:
                # The database is unavailable: the row is due again when its lease ends.
                log.exception("postpone_broke", extra=about(self.job, claimed))

    def _spans_of(self, claimed_jobs: Iterable[Any]) -> AbstractContextManager[object]:
        """The spans of applying and committing these answers."""
        return spans.of_requests(f"{self.job.name} commit", [claimed.request_id for claimed in claimed_jobs])

    def _postpone(self, work: UnitOfWork, claimed: Any, error: Exception) -> None:
        """The text of an unexpected exception is stored with the row for operators."""
        self.job.postpone(work, claimed, f"{type(error).__name__}: {error}")
