"""One dispatcher a kind of work: other threads that are woken signal it."""

import threading
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue

from pitturu.worker.call_slots import RESERVED, CallSlots
from tests.waiting import until
from tests.worker.backlog import TIMEOUT, WINDOW, Backlog, Row


def test_a_second_wake_up_signals_the_running_dispatcher() -> None:
    """A signal arrives when no row was left to claim: the dispatcher claims again, the other thread does not."""
    backlog = Backlog(1)

    def ask(row: Row) -> int:
        if row.number == 0:
            backlog.count = 2
            other = Backlog(5, signal=backlog.signal)
            other.run()
            assert other.rooms == [], "two dispatchers at once"
        return row.number

    backlog.ask = ask
    backlog.run()
    assert backlog.written == {0: 0, 1: 1}
    assert backlog.claims == 2


def test_a_signal_during_the_last_claim_is_not_lost() -> None:
    backlog = Backlog(0)

    def signal_once() -> None:
        if len(backlog.rooms) == 1:
            assert not backlog.signal.start_or_signal(SimpleQueue())

    backlog.claimed = signal_once
    backlog.run()
    assert len(backlog.rooms) == 2


def test_another_dispatcher_may_start_while_a_stopping_one_waits_for_an_answer() -> None:
    backlog, over = Backlog(1), threading.Event()

    def ask(row: Row) -> int:
        over.set()
        assert next_one.wait(TIMEOUT), "no other dispatcher could start"
        return row.number

    next_one = threading.Event()
    backlog.ask, backlog.stop = ask, over.is_set
    other = Backlog(3, signal=backlog.signal)
    with ThreadPoolExecutor(1) as thread:
        first = thread.submit(backlog.run)
        while not backlog.woken:
            backlog.signal.answers.put(None)
        other.run()
        next_one.set()
        first.result()
    assert len(other.written) == 3
    assert backlog.written == {0: 0}


def test_a_full_dispatcher_wakes_another_worker_once() -> None:
    """All slots have slow calls: an idle worker should claim; two full ones must not wake each other repeatedly."""
    slow = threading.Event()

    def ask(row: Row) -> int:
        assert slow.wait(TIMEOUT), "the slow calls were not released"
        return row.number

    backlog = Backlog(3 * WINDOW, ask)
    with ThreadPoolExecutor(1) as thread:
        running = thread.submit(backlog.run)
        until(lambda: backlog.taken == WINDOW, "the dispatcher is full")
        for _ in range(3):
            assert not backlog.signal.start_or_signal(SimpleQueue())
        until(lambda: backlog.woken, "the full dispatcher wakes another worker")
        slow.set()
        running.result()
    assert backlog.woken == 1
    assert len(backlog.written) == 3 * WINDOW


def test_no_call_waits_for_a_thread() -> None:
    """Two kinds share the slots; a few are reserved for each, and together they have no more calls than threads."""
    call_slots, both = CallSlots(WINDOW), threading.Barrier(2)
    now, most, lock = 0, 0, threading.Lock()

    def ask(row: Row) -> int:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        if row.number < RESERVED:
            both.wait(TIMEOUT)
        with lock:
            now -= 1
        return row.number

    with ThreadPoolExecutor(2) as thread:
        one, other = (Backlog(4 * WINDOW, ask, call_slots=call_slots) for _ in range(2))
        for run in [thread.submit(backlog.run) for backlog in (one, other)]:
            run.result()
    assert len(one.written) == len(other.written) == 4 * WINDOW
    assert most <= WINDOW + RESERVED
    assert call_slots.of_kind(WINDOW).acquire(WINDOW) == WINDOW, "every slot was released"
