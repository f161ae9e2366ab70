"""The pump over rows in a list: what it begins, what it waits for, and what it does when something breaks."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, cast
from uuid import UUID, uuid4

import pytest

from pitturu import logs
from pitturu.domain.errors import GatewayError, Reaction
from pitturu.domain.jobs import JobName
from pitturu.payments import pump
from pitturu.payments.desk import Desk, Job
from pitturu.payments.pump import BATCH, Bell, Engine

DESK = cast(Desk, None)
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
class Pile:
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
    bell: Bell = field(default_factory=Bell)
    looked: int = 0
    handed_over: int = 0
    gathered: list[int] = field(default_factory=list)

    def run(self) -> None:
        """Pump until the pile is done or `stop` says so."""
        job: Job[Row, int] = Job(
            JobName.VERIFY,
            self._claim,
            lambda _, row: self.ask(row),
            self._apply,
            self._postpone,
            lambda rows: self.gathered.append(len(rows)),
        )
        with self.threads() as threads:
            engine = Engine(threads, self._transaction, self.stop, self.bell, WINDOW, self._look, self._hand_over)
            pump.run(job, DESK, engine)

    def _look(self) -> None:
        self.looked += 1

    def _hand_over(self) -> None:
        self.handed_over += 1

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        before = dict(self.written), dict(self.postponed)
        self.batches.append([])
        try:
            yield
        except BaseException:
            self.written, self.postponed = before
            self.batches.pop()
            raise

    def _claim(self, _: Desk, room: int) -> list[Row]:
        self.rooms.append(room)
        self.claimed()
        first, self.taken = self.taken, min(self.taken + room, self.count)
        return [Row(number) for number in range(first, self.taken)]

    def _apply(self, _: Desk, row: Row, answer: int | GatewayError) -> None:
        assert row.number not in self.written, "written down twice"
        self.written[row.number] = answer
        self.batches[-1].append(row)
        if row.number in self.spoiled:
            raise LookupError(f"row {row.number} is spoiled")

    def _postpone(self, row: Row, words: str) -> None:
        if row.number in self.doomed:
            raise ConnectionError("the database is away")
        self.postponed[row.number] = words


def test_nothing_is_due() -> None:
    pile = Pile(0)
    pile.run()
    assert pile.rooms == [WINDOW]
    assert (pile.looked, pile.handed_over) == (1, 0)


@pytest.mark.parametrize("count", [1, WINDOW - 1, WINDOW, WINDOW + 1, 3 * WINDOW])
def test_everything_is_asked_and_written_down_once(count: int) -> None:
    pile = Pile(count)
    pile.run()
    assert pile.written == {number: number for number in range(count)}
    assert pile.postponed == {}


def test_a_window_is_never_exceeded() -> None:
    """WINDOW rows are asked about at once; as many more are claimed as have been answered."""
    everyone, more = threading.Barrier(WINDOW), threading.Event()

    def ask(row: Row) -> int:
        if row.number < WINDOW:
            everyone.wait(PATIENCE)
        if 0 < row.number < WINDOW:
            assert more.wait(PATIENCE), "the one that was answered made no room"
        return row.number

    pile = Pile(3 * WINDOW, ask)
    pile.claimed = lambda: more.set() if len(pile.rooms) > 1 else None
    pile.run()
    assert pile.rooms[:2] == [WINDOW, 1]
    assert len(pile.written) == 3 * WINDOW


def test_a_straggler_holds_nobody_back() -> None:
    others = 2 * WINDOW
    done = threading.Event()
    pile = Pile(others + 1)

    def ask(row: Row) -> int:
        if row.number == 0:
            assert done.wait(PATIENCE), "the others waited for the straggler"
        return row.number

    write = pile._apply

    def apply(desk: Desk, row: Row, answer: int | GatewayError) -> None:
        write(desk, row, answer)
        if len(pile.written) == others and 0 not in pile.written:
            done.set()

    pile.ask, pile._apply = ask, apply  # type: ignore[method-assign]
    pile.run()
    assert pile.written[0] == 0
    assert len(pile.written) == others + 1


def test_stopping_begins_nothing_new_and_finishes_what_is_in_flight() -> None:
    asked = threading.Event()

    def ask(row: Row) -> int:
        asked.set()
        return row.number

    pile = Pile(3 * WINDOW, ask)
    pile.stop = asked.is_set
    pile.run()
    assert pile.handed_over == 1, "more is due, somebody else should go on"
    assert pile.taken == len(pile.written) == WINDOW
    assert pile.rooms == [WINDOW]


def test_stopped_before_it_began() -> None:
    pile = Pile(5, stop=lambda: True)
    pile.run()
    assert (pile.taken, pile.rooms, pile.handed_over) == (0, [], 1)


def test_answers_that_come_together_are_committed_together() -> None:
    pile = Pile(WINDOW, threads=AtOnce)
    pile.run()
    assert [len(batch) for batch in pile.batches if batch] == [WINDOW]
    assert pile.gathered == [WINDOW]


def test_a_transaction_is_kept_short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pump, "BATCH", 10)
    pile = Pile(WINDOW, threads=AtOnce)
    pile.run()
    assert [len(batch) for batch in pile.batches if batch] == [10, 10, 5]
    assert BATCH <= pump.WINDOW


def test_one_who_rings_is_served_by_the_one_who_pumps() -> None:
    """The bell rings when nothing was left to claim: the pump looks again, and the one who rang has nothing to do."""
    pile = Pile(1)

    def ask(row: Row) -> int:
        if row.number == 0:
            pile.count = 2
            other = Pile(5, bell=pile.bell)
            other.run()
            assert other.rooms == [], "two pump at once"
        return row.number

    pile.ask = ask
    pile.run()
    assert pile.written == {0: 0, 1: 1}
    assert pile.looked == 2


def test_a_ring_at_the_last_moment_is_heard() -> None:
    pile = Pile(0)

    def ring_once() -> None:
        if len(pile.rooms) == 1:
            assert not pile.bell.attend()

    pile.claimed = ring_once
    pile.run()
    assert len(pile.rooms) == 2


def test_the_next_one_may_pump_while_a_straggler_is_waited_for() -> None:
    pile, over = Pile(1), threading.Event()

    def ask(row: Row) -> int:
        over.set()
        assert next_one.wait(PATIENCE), "nobody could go on"
        return row.number

    next_one = threading.Event()
    pile.ask, pile.stop = ask, over.is_set
    other = Pile(3, bell=pile.bell)
    with ThreadPoolExecutor(1) as thread:
        first = thread.submit(pile.run)
        while not pile.handed_over:
            pile.bell.answers.put(None)
        other.run()
        next_one.set()
        first.result()
    assert len(other.written) == 3
    assert pile.written == {0: 0}


def test_a_database_that_is_away_while_answers_come_in_loses_none_of_them() -> None:
    pile = Pile(2 * WINDOW)

    def fail_later() -> None:
        if len(pile.rooms) > 1:
            raise ConnectionError("the database is away")

    pile.claimed = fail_later
    pile.run()
    assert len(pile.written) == WINDOW


def test_one_answer_that_cannot_be_written_spoils_only_its_own_row() -> None:
    pile = Pile(5, spoiled={3}, threads=AtOnce)
    pile.run()
    assert set(pile.written) == {0, 1, 2, 4}
    assert pile.postponed == {3: "LookupError: row 3 is spoiled"}


def test_a_row_that_cannot_even_be_postponed_is_left_to_its_lease() -> None:
    pile = Pile(4, spoiled={1}, doomed={1})
    pile.run()
    assert set(pile.written) == {0, 2, 3}
    assert pile.postponed == {}


def test_portone_refusing_is_an_answer_and_breaking_is_not() -> None:
    refusal = GatewayError(Reaction.STOP, "no")

    def ask(row: Row) -> int:
        if row.number == 1:
            raise refusal
        if row.number == 2:
            raise ZeroDivisionError("nobody foresaw this")
        return row.number

    pile = Pile(3, ask)
    pile.run()
    assert pile.written == {0: 0, 1: refusal}
    assert pile.postponed == {2: "ZeroDivisionError: nobody foresaw this"}


def test_a_rows_request_id_is_on_every_line_that_is_logged_about_it() -> None:
    pile = Pile(3, ask=lambda row: int(str(logs.request_id()).removeprefix("request-")) * 10)

    pile.run()

    assert pile.written == {0: 0, 1: 10, 2: 20}
    assert logs.request_id() is None
