"""A dispatcher over rows in a list."""

from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, cast
from uuid import UUID, uuid4

from pitturu.domain.errors import AccessRefused, GatewayError
from pitturu.domain.jobs import Queue
from pitturu.payments.handlers import BatchCall, JobHandler, WorkerContext
from pitturu.payments.session_rows import SESSIONS
from pitturu.store.unit_of_work import UnitOfWork
from pitturu.worker.call_slots import CallSlots
from pitturu.worker.calls import Calls
from pitturu.worker.dispatcher import Dispatcher
from pitturu.worker.wake_up_signal import WakeUpSignal

CONTEXT, WORK = cast(WorkerContext, None), cast(UnitOfWork, None)
WINDOW = 25
"""Calls that may be in flight in these tests."""
TIMEOUT = 20
"""Seconds to wait for something that should happen immediately."""


@dataclass(frozen=True)
class Row:
    """One piece of work."""

    number: int
    session_key: UUID = field(default_factory=uuid4)

    @property
    def request_id(self) -> str:
        """The request that asked for it."""
        return f"request-{self.number}"


def echo(row: Row) -> int:
    """PortOne's answer to a row is its number."""
    return row.number


class AtOnce(Executor):
    """Makes each call on submission, so that all answers arrive together."""

    def submit(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """A finished future."""
        future: Future[Any] = Future()
        future.set_result(function(*args, **kwargs))
        return future


@dataclass
class Backlog:
    """Rows that are due, and what was done with them; a failed transaction is rolled back."""

    count: int
    ask: Callable[[Row], int] = echo
    rooms: list[int] = field(default_factory=list)
    written: dict[int, Any] = field(default_factory=dict)
    batches: list[list[Row]] = field(default_factory=list)
    postponed: dict[int, str] = field(default_factory=dict)
    failing: set[int] = field(default_factory=set)
    failing_to_postpone: set[int] = field(default_factory=set)
    taken: int = 0
    stop: Callable[[], bool] = lambda: False
    claimed: Callable[[], None] = lambda: None
    threads: Callable[[], Executor] = lambda: ThreadPoolExecutor(2 * WINDOW)
    signal: WakeUpSignal = field(default_factory=WakeUpSignal)
    call_slots: CallSlots = field(default_factory=lambda: CallSlots(WINDOW))
    batch_call: BatchCall[Row, int] | None = None
    start_within: float = TIMEOUT
    claims: int = 0
    woken: int = 0
    refusals: list[AccessRefused] = field(default_factory=list)
    prefetched: list[int] = field(default_factory=list)

    def run(self) -> None:
        """Dispatch until no row is due or `stop` returns true."""
        job: JobHandler[Row, int] = JobHandler(
            name="payments.verify",
            queue=Queue.BUYERS,
            rows=SESSIONS,
            doing="counting",
            claim=self._claim,
            ask=lambda _, row: self.ask(row),
            apply=self._apply,
            postpone=self._postpone,
            prefetch=lambda _, rows: self.prefetched.append(len(rows)),
            batch_call=self.batch_call,
        )
        with self.threads() as threads:
            slots = self.call_slots.of_kind(WINDOW)
            calls = Calls(job, CONTEXT, threads, slots, self.start_within, self.refusals.append)
            Dispatcher(
                job,
                CONTEXT,
                calls,
                transaction=self._transaction,
                stopping=self.stop,
                signal=self.signal,
                before_claim=self._before_claim,
                wake_another=self._wake_another,
            ).run()

    def _before_claim(self) -> None:
        self.claims += 1

    def _wake_another(self) -> None:
        self.woken += 1

    @contextmanager
    def _transaction(self) -> Iterator[UnitOfWork]:
        before = dict(self.written), dict(self.postponed)
        self.batches.append([])
        try:
            yield WORK
        except BaseException:
            self.written, self.postponed = before
            self.batches.pop()
            raise

    def _claim(self, _: WorkerContext, __: UnitOfWork, room: int) -> list[Row]:
        self.rooms.append(room)
        self.claimed()
        first, self.taken = self.taken, min(self.taken + room, self.count)
        return [Row(number) for number in range(first, self.taken)]

    def _apply(self, _: WorkerContext, __: UnitOfWork, row: Row, answer: int | GatewayError) -> None:
        assert row.number not in self.written, "committed twice"
        self.written[row.number] = answer
        self.batches[-1].append(row)
        if row.number in self.failing:
            raise LookupError(f"row {row.number} cannot be applied")

    def _postpone(self, _: UnitOfWork, row: Row, reason: str) -> None:
        if row.number in self.failing_to_postpone:
            raise ConnectionError("the database is unavailable")
        self.postponed[row.number] = reason
