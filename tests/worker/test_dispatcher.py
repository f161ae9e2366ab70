"""The dispatcher over rows in a list: what it claims, what it waits for, and how it handles failures."""

import threading

import pytest

from pitturu import logs
from pitturu.domain.errors import AccessRefused, GatewayError, Reaction
from pitturu.payments.handlers import WorkerContext
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
