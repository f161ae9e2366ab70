"""The calls of a dispatcher: which rows are asked about together, and how many calls are made at once."""

import threading
from collections.abc import Callable, Mapping, Sequence

from pitturu.domain.errors import AccessRefused, Reaction
from pitturu.payments.handlers import BatchCall, WorkerContext
from pitturu.worker.calls import ROWS_PER_SLOT
from tests.worker.backlog import TIMEOUT, WINDOW, Backlog, Row


def in_groups(ask: Callable[[Sequence[Row]], Mapping[Row, int]], asked: list[list[int]]) -> BatchCall[Row, int]:
    """Even rows are asked about in groups of four."""

    def batches(_: WorkerContext, rows: Sequence[Row]) -> list[list[Row]]:
        even = [row for row in rows if row.number % 2 == 0]
        return [even[start : start + 4] for start in range(0, len(even) - 3, 4)]

    def noted(_: WorkerContext, rows: Sequence[Row]) -> Mapping[Row, int]:
        asked.append([row.number for row in rows])
        return ask(rows)

    return BatchCall(batches, noted)


def test_rows_that_were_claimed_together_are_asked_about_together() -> None:
    asked, alone = list[list[int]](), list[int]()

    def ask(row: Row) -> int:
        alone.append(row.number)
        return -row.number

    backlog = Backlog(10, ask, batch_call=in_groups(lambda rows: {row: row.number for row in rows}, asked))
    backlog.run()

    assert (asked, sorted(alone)) == ([[0, 2, 4, 6]], [1, 3, 5, 7, 8, 9])
    assert backlog.written == {number: number if number in (0, 2, 4, 6) else -number for number in range(10)}


def test_one_row_has_its_own_call() -> None:
    asked = list[list[int]]()
    backlog = Backlog(1, batch_call=BatchCall(lambda _, rows: [list(rows)], lambda _, rows: asked.append([]) or {}))
    backlog.run()
    assert (asked, backlog.written) == ([], {0: 0})


def test_rows_that_an_answer_does_not_settle_are_asked_about_alone() -> None:
    backlog = Backlog(8, lambda row: -row.number, batch_call=in_groups(lambda rows: {rows[1]: 99}, []))
    backlog.run()
    assert backlog.written == {number: 99 if number == 2 else -number for number in range(8)}
    assert backlog.call_slots.of_kind(2 * WINDOW).acquire(2 * WINDOW) == WINDOW, "every slot is free again"


def test_a_bug_in_asking_together_loses_no_row() -> None:
    def broken(rows: Sequence[Row]) -> Mapping[Row, int]:
        raise ZeroDivisionError("unexpected")

    backlog = Backlog(8, batch_call=in_groups(broken, []))
    backlog.run()
    assert backlog.written == {number: number for number in range(8)}


def test_an_error_about_all_rows_is_the_answer_of_each() -> None:
    refusal = AccessRefused(Reaction.CALL_HUMAN, "the keys")

    def refuse(rows: Sequence[Row]) -> Mapping[Row, int]:
        raise refusal

    backlog = Backlog(8, batch_call=in_groups(refuse, []))
    backlog.run()
    assert [backlog.written[number] for number in (0, 1, 2)] == [refusal, 1, refusal]
    assert backlog.refusals == [refusal]


def groups_of(size: int) -> Callable[[WorkerContext, Sequence[Row]], list[Sequence[Row]]]:
    """All claimed rows, in groups of this size."""
    return lambda _, rows: [rows[start : start + size] for start in range(0, len(rows), size)]


def test_a_call_about_several_rows_holds_one_slot() -> None:
    second = threading.Event()

    def ask(_: WorkerContext, rows: Sequence[Row]) -> Mapping[Row, int]:
        if rows[0].number:
            assert second.wait(TIMEOUT), "nothing more was claimed"
        return {row: row.number for row in rows}

    backlog = Backlog(3 * WINDOW, batch_call=BatchCall(groups_of(10), ask))
    backlog.claimed = lambda: second.set() if len(backlog.rooms) == 2 else None
    backlog.run()
    assert backlog.rooms[:2] == [WINDOW, WINDOW - 2], "of three calls the first one has ended"
    assert len(backlog.written) == 3 * WINDOW
    assert backlog.call_slots.of_kind(2 * WINDOW).acquire(2 * WINDOW) == WINDOW, "every slot is free again"


def test_the_rows_in_flight_are_limited() -> None:
    """However many of them one call is about: the database has to take in their answers within the lease."""
    most, full = ROWS_PER_SLOT * WINDOW, threading.Event()
    in_flight: list[int] = []

    def batches(_: WorkerContext, rows: Sequence[Row]) -> list[Sequence[Row]]:
        return [group for group in (rows[:2], rows[2:]) if len(group) > 1]

    def ask(_: WorkerContext, rows: Sequence[Row]) -> Mapping[Row, int]:
        # The first answers of each claim have the dispatcher claim again.
        assert len(rows) == 2 or full.wait(TIMEOUT), f"never more than {max(in_flight)} rows"
        return {row: row.number for row in rows}

    def claimed() -> None:
        in_flight.append(backlog.taken - len(backlog.written) + backlog.rooms[-1])
        if in_flight[-1] >= most:
            full.set()

    backlog = Backlog(10 * WINDOW, claimed=claimed, batch_call=BatchCall(batches, ask))
    backlog.run()
    assert max(in_flight) == most
    assert len(backlog.written) == 10 * WINDOW


def test_rows_that_are_not_settled_wait_for_free_slots() -> None:
    """Three calls about twenty rows each settle none: sixty calls are to be made, of which only some at once."""
    claimed, full, lock = threading.Event(), threading.Event(), threading.Lock()
    now = most = 0

    def ask_batch(_: WorkerContext, rows: Sequence[Row]) -> Mapping[Row, int]:
        if len(rows) < 20:
            return {row: row.number for row in rows}
        assert claimed.wait(TIMEOUT), "not four claims"
        return {}

    def ask(row: Row) -> int:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
            if now == WINDOW:
                full.set()
        assert full.wait(TIMEOUT), f"never more than {most} calls"
        with lock:
            now -= 1
        return row.number

    backlog = Backlog(3 * WINDOW + 15, ask, batch_call=BatchCall(groups_of(20), ask_batch))
    backlog.claimed = lambda: claimed.set() if len(backlog.rooms) == 4 else None
    backlog.run()
    assert backlog.written == {number: number for number in range(3 * WINDOW + 15)}
    assert most == WINDOW
    assert backlog.call_slots.of_kind(2 * WINDOW).acquire(2 * WINDOW) == WINDOW, "every slot is free again"


def test_no_call_begins_that_could_outlast_the_lease() -> None:
    """The row is due again when its lease ends; nothing is written about it, and the dispatcher goes on."""
    alone = list[int]()

    def ask(row: Row) -> int:
        alone.append(row.number)
        return row.number

    backlog = Backlog(8, ask, batch_call=in_groups(lambda rows: {rows[1]: 99}, []), start_within=0)
    backlog.run()
    assert sorted(alone) == [1, 3, 5, 7]
    assert backlog.written == {1: 1, 2: 99, 3: 3, 5: 5, 7: 7}
    assert backlog.call_slots.of_kind(2 * WINDOW).acquire(2 * WINDOW) == WINDOW, "every slot is free again"
