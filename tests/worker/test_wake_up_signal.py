"""One pump a kind of work: whoever else is woken rings, and is served."""

import threading
from concurrent.futures import ThreadPoolExecutor

from pitturu.worker.call_slots import RESERVED, CallSlots
from tests.waiting import until
from tests.worker.backlog import PATIENCE, WINDOW, Backlog, Row


def test_one_who_rings_is_served_by_the_one_who_pumps() -> None:
    """The bell rings when nothing was left to claim: the pump looks again, and the one who rang has nothing to do."""
    backlog = Backlog(1)

    def ask(row: Row) -> int:
        if row.number == 0:
            backlog.count = 2
            other = Backlog(5, signal=backlog.signal)
            other.run()
            assert other.rooms == [], "two pump at once"
        return row.number

    backlog.ask = ask
    backlog.run()
    assert backlog.written == {0: 0, 1: 1}
    assert backlog.looked == 2


def test_a_ring_at_the_last_moment_is_heard() -> None:
    backlog = Backlog(0)

    def ring_once() -> None:
        if len(backlog.rooms) == 1:
            assert not backlog.signal.start_or_signal()

    backlog.claimed = ring_once
    backlog.run()
    assert len(backlog.rooms) == 2


def test_the_next_one_may_pump_while_a_straggler_is_waited_for() -> None:
    backlog, over = Backlog(1), threading.Event()

    def ask(row: Row) -> int:
        over.set()
        assert next_one.wait(PATIENCE), "nobody could go on"
        return row.number

    next_one = threading.Event()
    backlog.ask, backlog.stop = ask, over.is_set
    other = Backlog(3, signal=backlog.signal)
    with ThreadPoolExecutor(1) as thread:
        first = thread.submit(backlog.run)
        while not backlog.handed_over:
            backlog.signal.answers.put(None)
        other.run()
        next_one.set()
        first.result()
    assert len(other.written) == 3
    assert backlog.written == {0: 0}


def test_a_full_pump_passes_the_wake_up_on_once() -> None:
    """All its places are taken by slow calls: somebody idle should look, and two full ones must not play ping-pong."""
    slow = threading.Event()

    def ask(row: Row) -> int:
        assert slow.wait(PATIENCE), "nobody let the slow ones go"
        return row.number

    backlog = Backlog(3 * WINDOW, ask)
    with ThreadPoolExecutor(1) as thread:
        running = thread.submit(backlog.run)
        until(lambda: backlog.taken == WINDOW, "the pump is full")
        for _ in range(3):
            assert not backlog.signal.start_or_signal()
        until(lambda: backlog.handed_over, "the full pump passes it on")
        slow.set()
        running.result()
    assert backlog.handed_over == 1
    assert len(backlog.written) == 3 * WINDOW


def test_no_call_waits_for_a_thread() -> None:
    """Two kinds share the places; each keeps a few, and together they never have more calls than there are threads."""
    call_slots, both = CallSlots(WINDOW), threading.Barrier(2)
    now, most, lock = 0, 0, threading.Lock()

    def ask(row: Row) -> int:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        if row.number < RESERVED:
            both.wait(PATIENCE)
        with lock:
            now -= 1
        return row.number

    with ThreadPoolExecutor(2) as thread:
        one, other = (Backlog(4 * WINDOW, ask, call_slots=call_slots) for _ in range(2))
        for run in [thread.submit(backlog.run) for backlog in (one, other)]:
            run.result()
    assert len(one.written) == len(other.written) == 4 * WINDOW
    assert most <= WINDOW + RESERVED
    assert call_slots.acquire(WINDOW, 0) == WINDOW, "every place was given back"
