"""A pump over rows in a list."""

from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, cast
from uuid import UUID, uuid4

from pitturu.domain.errors import GatewayError
from pitturu.domain.jobs import Queue
from pitturu.payments.handlers import JobHandler, WorkerContext
from pitturu.payments.session_rows import SESSIONS
from pitturu.store.unit_of_work import UnitOfWork
from pitturu.worker import dispatcher
from pitturu.worker.call_slots import CallSlots
from pitturu.worker.dispatcher import DispatcherResources
from pitturu.worker.wake_up_signal import WakeUpSignal

DESK, WORK = cast(WorkerContext, None), cast(UnitOfWork, None)
WINDOW = 25
"""Calls in flight here."""
PATIENCE = 20
"""Seconds after which something that should have happened long ago counts as not happening."""


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
    """PortOne's answer about a row is its number."""
    return row.number


class AtOnce(Executor):
    """Answers everything on submission, so that all answers come back together."""

    def submit(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """A future that is over."""
        future: Future[Any] = Future()
        future.set_result(function(*args, **kwargs))
        return future


@dataclass
class Backlog:
    """Rows that are due, and what became of them; a transaction that breaks leaves nothing behind."""

    count: int
    ask: Callable[[Row], int] = echo
    rooms: list[int] = field(default_factory=list)
    written: dict[int, Any] = field(default_factory=dict)
    batches: list[list[Row]] = field(default_factory=list)
    postponed: dict[int, str] = field(default_factory=dict)
    spoiled: set[int] = field(default_factory=set)
    doomed: set[int] = field(default_factory=set)
    taken: int = 0
    stop: Callable[[], bool] = lambda: False
    claimed: Callable[[], None] = lambda: None
    threads: Callable[[], Executor] = lambda: ThreadPoolExecutor(2 * WINDOW)
    signal: WakeUpSignal = field(default_factory=WakeUpSignal)
    call_slots: CallSlots = field(default_factory=lambda: CallSlots(WINDOW))
    looked: int = 0
    handed_over: int = 0
    gathered: list[int] = field(default_factory=list)

    def run(self) -> None:
        """Pump until the pile is done or `stop` says so."""
        job: JobHandler[Row, int] = JobHandler(
            name="payments.verify",
            queue=Queue.BUYERS,
            rows=SESSIONS,
            doing="counting",
            claim=self._claim,
            ask=lambda _, row: self.ask(row),
            apply=self._apply,
            postpone=self._postpone,
            prefetch=lambda _, rows: self.gathered.append(len(rows)),
        )
        with self.threads() as threads:
            engine = DispatcherResources(
                threads=threads,
                transaction=self._transaction,
                stopping=self.stop,
                signal=self.signal,
                call_slots=self.call_slots,
                window=WINDOW,
                looking=self._look,
                handing_over=self._hand_over,
            )
            dispatcher.run(job, DESK, engine)

    def _look(self) -> None:
        self.looked += 1

    def _hand_over(self) -> None:
        self.handed_over += 1

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
        assert row.number not in self.written, "written down twice"
        self.written[row.number] = answer
        self.batches[-1].append(row)
        if row.number in self.spoiled:
            raise LookupError(f"row {row.number} is spoiled")

    def _postpone(self, _: UnitOfWork, row: Row, words: str) -> None:
        if row.number in self.doomed:
            raise ConnectionError("the database is away")
        self.postponed[row.number] = words
