"""Several buyers at once, through both of PortOne's APIs, while processes die: each gets what they paid for, once."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from tests.journeys.processes.buyer import Buyer
from tests.system import System
from tests.waiting import until

PURCHASES = 3
FINE = {200, 201, 202, 304}
"""Answers that a buyer need not think about."""
SESSIONS = "SELECT count(*) FROM payment_sessions WHERE user_username = %s"

Crowd = list[Buyer]


def test_the_database_dies_under_a_crowd(system: System) -> None:
    with shopping(system, patient=True) as crowd:
        system.kill("postgres")
        until(lambda: any(503 in buyer.heard for buyer in crowd), "somebody hears of it")
        system.start("postgres")

    assert heard(crowd) - FINE == {503}


def test_redis_dies_under_a_crowd(system: System) -> None:
    with shopping(system) as crowd:
        system.kill("valkey")
        until(more_answers(crowd, 8), "everybody is served meanwhile")
        system.start("valkey")

    assert heard(crowd) <= FINE


def test_one_of_two_workers_and_one_of_two_beats_die_under_a_crowd(system: System) -> None:
    with system.another("worker"), system.another("beat"), shopping(system) as crowd:
        system.kill("worker", "beat")

    assert heard(crowd) <= FINE


@contextmanager
def shopping(system: System, patient: bool = False) -> Iterator[Crowd]:
    """A crowd in the middle of its purchases; at the end each has bought exactly what it wanted."""
    ways = ["v1", "v2"] * 2
    crowd = [Buyer(system.url, system.portone, patient=patient, generation=way) for way in ways]
    with ThreadPoolExecutor(len(crowd)) as threads:
        visits = [threads.submit(visit, buyer) for buyer in crowd]
        until(more_answers(crowd, 12), "the crowd is shopping")
        yield crowd
        for one in visits:
            one.result()
    assert [buyer.owned() for buyer in crowd] == [PURCHASES - 1] * len(crowd)
    assert [system.rows(SESSIONS, buyer.name) for buyer in crowd] == [[(PURCHASES,)]] * len(crowd)


def visit(buyer: Buyer) -> None:
    """Some purchases, one of which is returned."""
    sessions = [buyer.paid() for _ in range(PURCHASES)]
    buyer.cancel(sessions[0])
    buyer.wait_for(sessions[0], "cancelled")


def more_answers(crowd: Crowd, count: int) -> Callable[[], bool]:
    """Whether everybody together has heard so many more answers than now."""
    before = sum(len(buyer.heard) for buyer in crowd)
    return lambda: sum(len(buyer.heard) for buyer in crowd) >= before + count


def heard(crowd: Crowd) -> set[int]:
    """Every kind of answer that anybody got."""
    return {status for buyer in crowd for status in buyer.heard}
