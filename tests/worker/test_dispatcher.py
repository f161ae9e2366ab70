"""The pump over rows in a list: what it begins, what it waits for, and what it does when something breaks."""

import threading

import pytest

from pitturu import logs
from pitturu.domain.errors import GatewayError, Reaction
from pitturu.payments.handlers import WorkerContext
from pitturu.store.unit_of_work import UnitOfWork
from pitturu.worker import dispatcher
from pitturu.worker.dispatcher import BATCH
from tests.worker.backlog import PATIENCE, WINDOW, AtOnce, Backlog, Row


def test_nothing_is_due() -> None:
    backlog = Backlog(0)
    backlog.run()
    assert backlog.rooms == [WINDOW]
    assert (backlog.looked, backlog.handed_over) == (1, 0)


@pytest.mark.parametrize("count", [1, WINDOW - 1, WINDOW, WINDOW + 1, 3 * WINDOW])
def test_everything_is_asked_and_written_down_once(count: int) -> None:
    backlog = Backlog(count)
    backlog.run()
    assert backlog.written == {number: number for number in range(count)}
    assert backlog.postponed == {}


def test_a_window_is_never_exceeded() -> None:
    """WINDOW rows are asked about at once; as many more are claimed as have been answered."""
    everyone, more = threading.Barrier(WINDOW), threading.Event()

    def ask(row: Row) -> int:
        if row.number < WINDOW:
            everyone.wait(PATIENCE)
        if 0 < row.number < WINDOW:
            assert more.wait(PATIENCE), "the one that was answered made no room"
        return row.number

    backlog = Backlog(3 * WINDOW, ask)
    backlog.claimed = lambda: more.set() if len(backlog.rooms) > 1 else None
    backlog.run()
    assert backlog.rooms[:2] == [WINDOW, 1]
    assert len(backlog.written) == 3 * WINDOW


def test_a_straggler_holds_nobody_back() -> None:
    others = 2 * WINDOW
    done = threading.Event()
    backlog = Backlog(others + 1)

    def ask(row: Row) -> int:
        if row.number == 0:
            assert done.wait(PATIENCE), "the others waited for the straggler"
        return row.number

    write = backlog._apply

    def apply(context: WorkerContext, work: UnitOfWork, row: Row, answer: int | GatewayError) -> None:
        write(context, work, row, answer)
        if len(backlog.written) == others and 0 not in backlog.written:
            done.set()

    backlog.ask, backlog._apply = ask, apply  # type: ignore[method-assign]
    backlog.run()
    assert backlog.written[0] == 0
    assert len(backlog.written) == others + 1


def test_stopping_begins_nothing_new_and_finishes_what_is_in_flight() -> None:
    asked = threading.Event()

    def ask(row: Row) -> int:
        asked.set()
        return row.number

    backlog = Backlog(3 * WINDOW, ask)
    backlog.stop = asked.is_set
    backlog.run()
    assert backlog.handed_over == 1, "more is due, somebody else should go on"
    assert backlog.taken == len(backlog.written) == WINDOW
    assert backlog.rooms == [WINDOW]


def test_stopped_before_it_began() -> None:
    backlog = Backlog(5, stop=lambda: True)
    backlog.run()
    assert (backlog.taken, backlog.rooms, backlog.handed_over) == (0, [], 1)


def test_answers_that_come_together_are_committed_together() -> None:
    backlog = Backlog(WINDOW, threads=AtOnce)
    backlog.run()
    assert [len(batch) for batch in backlog.batches if batch] == [WINDOW]
    assert backlog.gathered == [WINDOW]


def test_a_transaction_is_kept_short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dispatcher, "BATCH", 10)
    backlog = Backlog(WINDOW, threads=AtOnce)
    backlog.run()
    assert [len(batch) for batch in backlog.batches if batch] == [10, 10, 5]
    assert BATCH <= dispatcher.WINDOW


def test_a_database_that_is_away_while_answers_come_in_loses_none_of_them() -> None:
    backlog = Backlog(2 * WINDOW)

    def fail_later() -> None:
        if len(backlog.rooms) > 1:
            raise ConnectionError("the database is away")

    backlog.claimed = fail_later
    backlog.run()
    assert len(backlog.written) == WINDOW


def test_one_answer_that_cannot_be_written_spoils_only_its_own_row() -> None:
    backlog = Backlog(5, spoiled={3}, threads=AtOnce)
    backlog.run()
    assert set(backlog.written) == {0, 1, 2, 4}
    assert backlog.postponed == {3: "LookupError: row 3 is spoiled"}


def test_a_row_that_cannot_even_be_postponed_is_left_to_its_lease() -> None:
    backlog = Backlog(4, spoiled={1}, doomed={1})
    backlog.run()
    assert set(backlog.written) == {0, 2, 3}
    assert backlog.postponed == {}


def test_portone_refusing_is_an_answer_and_breaking_is_not() -> None:
    refusal = GatewayError(Reaction.STOP, "no")

    def ask(row: Row) -> int:
        if row.number == 1:
            raise refusal
        if row.number == 2:
            raise ZeroDivisionError("nobody foresaw this")
        return row.number

    backlog = Backlog(3, ask)
    backlog.run()
    assert backlog.written == {0: 0, 1: refusal}
    assert backlog.postponed == {2: "ZeroDivisionError: nobody foresaw this"}


def test_a_rows_request_id_is_on_every_line_that_is_logged_about_it() -> None:
    backlog = Backlog(3, ask=lambda row: int(str(logs.request_id()).removeprefix("request-")) * 10)

    backlog.run()

    assert backlog.written == {0: 0, 1: 10, 2: 20}
    assert logs.request_id() is None
