"""One pump a kind of work: whoever else is woken rings, and is served."""

import threading
from concurrent.futures import ThreadPoolExecutor

from pitturu.worker.call_slots import RESERVED, CallSlots
from tests.waiting import until
from tests.worker.backlog import PATIENCE, WINDOW, Pile, Row


def test_one_who_rings_is_served_by_the_one_who_pumps() -> None:
    """The bell rings when nothing was left to claim: the pump looks again, and the one who rang has nothing to do."""
    pile = Pile(1)

    def ask(row: Row) -> int:
        if row.number == 0:
            pile.count = 2
            other = Pile(5, signal=pile.signal)
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
            assert not pile.signal.start_or_signal()

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
    other = Pile(3, signal=pile.signal)
    with ThreadPoolExecutor(1) as thread:
        first = thread.submit(pile.run)
        while not pile.handed_over:
            pile.signal.answers.put(None)
        other.run()
        next_one.set()
        first.result()
    assert len(other.written) == 3
    assert pile.written == {0: 0}


def test_a_full_pump_passes_the_wake_up_on_once() -> None:
    """All its places are taken by slow calls: somebody idle should look, and two full ones must not play ping-pong."""
    slow = threading.Event()

    def ask(row: Row) -> int:
        assert slow.wait(PATIENCE), "nobody let the slow ones go"
        return row.number

    pile = Pile(3 * WINDOW, ask)
    with ThreadPoolExecutor(1) as thread:
        running = thread.submit(pile.run)
        until(lambda: pile.taken == WINDOW, "the pump is full")
        for _ in range(3):
            assert not pile.signal.start_or_signal()
        until(lambda: pile.handed_over, "the full pump passes it on")
        slow.set()
        running.result()
    assert pile.handed_over == 1
    assert len(pile.written) == 3 * WINDOW


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
        one, other = (Pile(4 * WINDOW, ask, call_slots=call_slots) for _ in range(2))
        for run in [thread.submit(pile.run) for pile in (one, other)]:
            run.result()
    assert len(one.written) == len(other.written) == 4 * WINDOW
    assert most <= WINDOW + RESERVED
    assert call_slots.acquire(WINDOW, 0) == WINDOW, "every place was given back"
