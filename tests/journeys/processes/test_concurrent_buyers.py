"""Concurrent buyers of both of PortOne's APIs, while processes die: each gets what they paid for, once."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from tests.journeys.processes.buyer import Buyer
from tests.system import System
from tests.waiting import until

PURCHASES = 3
FINE = {200, 201, 202, 304}
"""Statuses that a buyer expects."""
SESSIONS = "SELECT count(*) FROM payment_sessions WHERE user_username = %s"

Buyers = list[Buyer]


def test_the_database_dies_during_purchases(system: System) -> None:
    with shopping(system, patient=True) as buyers:
        system.kill("postgres")
        until(lambda: any(503 in buyer.statuses for buyer in buyers), "a buyer gets a 503")
        system.start("postgres")

    assert statuses(buyers) - FINE == {503}


def test_redis_dies_during_purchases(system: System) -> None:
    with shopping(system) as buyers:
        system.kill("valkey")
        until(more_answers(buyers, 8), "everybody is served meanwhile")
        system.start("valkey")

    assert statuses(buyers) <= FINE


def test_one_of_two_workers_and_one_of_two_beats_die_during_purchases(system: System) -> None:
    with system.another("worker"), system.another("beat"), shopping(system) as buyers:
        system.kill("worker", "beat")

    assert statuses(buyers) <= FINE


@contextmanager
def shopping(system: System, patient: bool = False) -> Iterator[Buyers]:
    """Buyers in the middle of their purchases; at the end each has exactly what it bought."""
    ways = ["v1", "v2"] * 2
    buyers = [Buyer(system.url, system.portone, patient=patient, generation=way) for way in ways]
    with ThreadPoolExecutor(len(buyers)) as threads:
        visits = [threads.submit(visit, buyer) for buyer in buyers]
        until(more_answers(buyers, 12), "the buyers is shopping")
        yield buyers
        for one in visits:
            one.result()
    assert [buyer.owned() for buyer in buyers] == [PURCHASES - 1] * len(buyers)
    assert [system.rows(SESSIONS, buyer.name) for buyer in buyers] == [[(PURCHASES,)]] * len(buyers)


def visit(buyer: Buyer) -> None:
    """Some purchases, one of which is refunded."""
    sessions = [buyer.paid() for _ in range(PURCHASES)]
    buyer.cancel(sessions[0])
    buyer.wait_for(sessions[0], "cancelled")


def more_answers(buyers: Buyers, count: int) -> Callable[[], bool]:
    """Whether all buyers together have received so many more responses than now."""
    before = sum(len(buyer.statuses) for buyer in buyers)
    return lambda: sum(len(buyer.statuses) for buyer in buyers) >= before + count


def statuses(buyers: Buyers) -> set[int]:
    """The statuses of all responses."""
    return {status for buyer in buyers for status in buyer.statuses}
