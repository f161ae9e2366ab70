"""The dispatcher over rows in a list: what it claims, what it waits for, and how it handles failures."""

import threading
from collections.abc import Callable, Mapping, Sequence

import pytest

from pitturu import logs
from pitturu.domain.errors import AccessRefused, GatewayError, Reaction
from pitturu.payments.handlers import BatchCall, WorkerContext
from pitturu.store.unit_of_work import UnitOfWork
from pitturu.worker import dispatcher
from pitturu.worker.dispatcher import BATCH
from tests.worker.backlog import TIMEOUT, WINDOW, AtOnce, Backlog, Row


def test_no_due_row() -> None:
    backlog = Backlog(0)
    backlog.run()
    assert backlog.rooms == [WINDOW]
    assert (backlog.claims, backlog.woken) == (1, 0)


@pytest.mark.parametrize("count", [1, WINDOW - 1, WINDOW, WINDOW + 1, 3 * WINDOW])
def test_each_row_is_asked_about_and_committed_once(count: int) -> None:
    backlog = Backlog(count)
    backlog.run()
    assert backlog.written == {number: number for number in range(count)}
    assert backlog.postponed == {}


def test_no_more_calls_than_the_window_are_in_flight() -> None:
    """WINDOW rows are asked about at once; as many more are claimed as have been answered."""
    everyone, more = threading.Barrier(WINDOW), threading.Event()

    def ask(row: Row) -> int:
        if row.number < WINDOW:
            everyone.wait(TIMEOUT)
        if 0 < row.number < WINDOW:
            assert more.wait(TIMEOUT), "the answered row freed no slot"
        return row.number

    backlog = Backlog(3 * WINDOW, ask)
    backlog.claimed = lambda: more.set() if len(backlog.rooms) > 1 else None
    backlog.run()
    assert backlog.rooms[:2] == [WINDOW, 1]
    assert len(backlog.written) == 3 * WINDOW


def test_a_slow_answer_delays_no_other_row() -> None:
    others = 2 * WINDOW
    done = threading.Event()
    backlog = Backlog(others + 1)

    def ask(row: Row) -> int:
        if row.number == 0:
            assert done.wait(TIMEOUT), "the others waited for the slow row"
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


def test_stopping_claims_nothing_new_and_finishes_calls_in_flight() -> None:
    asked = threading.Event()

    def ask(row: Row) -> int:
        asked.set()
        return row.number

    backlog = Backlog(3 * WINDOW, ask)
    backlog.stop = asked.is_set
    backlog.run()
    assert backlog.woken == 1, "more rows are due, another worker is woken"
    assert backlog.taken == len(backlog.written) == WINDOW
    assert backlog.rooms == [WINDOW]


def test_stopped_before_the_first_claim() -> None:
    backlog = Backlog(5, stop=lambda: True)
    backlog.run()
    assert (backlog.taken, backlog.rooms, backlog.woken) == (0, [], 1)


def test_answers_that_arrive_together_are_committed_together() -> None:
    backlog = Backlog(WINDOW, threads=AtOnce)
    backlog.run()
    assert [len(batch) for batch in backlog.batches if batch] == [WINDOW]
    assert backlog.prefetched == [WINDOW]


def test_a_transaction_commits_a_limited_number_of_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dispatcher, "BATCH", 10)
    backlog = Backlog(WINDOW, threads=AtOnce)
    backlog.run()
    assert [len(batch) for batch in backlog.batches if batch] == [10, 10, 5]
    assert BATCH <= dispatcher.WINDOW


def test_a_failed_claim_loses_no_answer_in_flight() -> None:
    backlog = Backlog(2 * WINDOW)

    def fail_later() -> None:
        if len(backlog.rooms) > 1:
            raise ConnectionError("the database is unavailable")

    backlog.claimed = fail_later
    backlog.run()
    assert len(backlog.written) == WINDOW


def test_one_answer_that_cannot_be_committed_postpones_only_its_own_row() -> None:
    backlog = Backlog(5, failing={3}, threads=AtOnce)
    backlog.run()
    assert set(backlog.written) == {0, 1, 2, 4}
    assert backlog.postponed == {3: "LookupError: row 3 cannot be applied"}


def test_a_row_that_cannot_be_postponed_keeps_its_lease() -> None:
    backlog = Backlog(4, failing={1}, failing_to_postpone={1})
    backlog.run()
    assert set(backlog.written) == {0, 2, 3}
    assert backlog.postponed == {}


def test_a_gateway_error_is_applied_and_another_exception_postpones_the_row() -> None:
    refusal = GatewayError(Reaction.STOP, "no")

    def ask(row: Row) -> int:
        if row.number == 1:
            raise refusal
        if row.number == 2:
            raise ZeroDivisionError("unexpected")
        return row.number

    backlog = Backlog(3, ask)
    backlog.run()
    assert backlog.written == {0: 0, 1: refusal}
    assert backlog.postponed == {2: "ZeroDivisionError: unexpected"}


def test_a_call_runs_with_the_request_id_of_its_row() -> None:
    backlog = Backlog(3, ask=lambda row: int(str(logs.request_id()).removeprefix("request-")) * 10)

    backlog.run()

    assert backlog.written == {0: 0, 1: 10, 2: 20}
    assert logs.request_id() is None


def test_refused_keys_are_reported_and_other_failures_are_not() -> None:
    def ask(row: Row) -> int:
        kind = AccessRefused if row.number == 1 else GatewayError
        raise kind(Reaction.CALL_HUMAN, f"row {row.number}")

    backlog = Backlog(3, ask)
    backlog.run()
    assert [error.message for error in backlog.refusals] == ["row 1"]
    assert len(backlog.written) == 3


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
    assert backlog.call_slots.acquire(WINDOW, 0) == WINDOW, "every slot is free again"


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
