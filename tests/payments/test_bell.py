"""One pump a kind of work: whoever else is woken rings, and is served."""

import threading
from concurrent.futures import ThreadPoolExecutor

from tests.payments.pile import PATIENCE, Pile, Row


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
