"""The queueing model agrees with what is known of queues, and its plans hold."""

from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as some

from benchmarks.scale.model import BUSY, KINDS, Purchase, most, needed, plan, wait, waiting

PURCHASE = Purchase(dict(zip(KINDS, (0.02, 0.01, 0.005, 0.0005), strict=True)), calls=2.0, latency=0.2)


def test_with_one_server_as_many_wait_as_it_is_busy() -> None:
    assert waiting(1, 0.7) == pytest.approx(0.7)
    assert wait(1, 70, 0.01) == pytest.approx(0.01 * 0.7 / 0.3)


@pytest.mark.parametrize(("servers", "load", "expected"), [(2, 1.0, 1 / 3), (3, 2.0, 4 / 9), (10, 8.0, 0.4092)])
def test_erlangs_table(servers: int, load: float, expected: float) -> None:
    assert waiting(servers, load) == pytest.approx(expected, abs=1e-4)


def test_too_few_servers_never_catch_up() -> None:
    assert wait(2, 100, 0.02) == inf


@given(some.floats(0.1, 20_000), some.floats(1e-4, 0.05))
def test_the_fewest_servers_are_enough_and_one_less_is_not(rate: float, service: float) -> None:
    servers = needed(rate, service)

    assert rate * service <= BUSY * servers * (1 + 1e-9)
    assert wait(servers, rate, service) <= service
    fewer = servers - 1
    assert fewer == 0 or rate * service > BUSY * fewer or wait(fewer, rate, service) > service


def test_workers_are_counted_by_their_calls_where_these_need_more() -> None:
    slow = Purchase(PURCHASE.seconds, calls=2.0, latency=10.0)

    assert plan(100, PURCHASE, 150).servers["workers"] == 2
    assert plan(100, slow, 150).servers["workers"] == 15
    assert plan(100, slow, 150).in_flight == 2000


def test_there_is_one_redis() -> None:
    assert plan(1000, PURCHASE, 150).redis == pytest.approx(0.5)
    assert plan(1000, PURCHASE, 150).seconds < inf
    assert plan(2000, PURCHASE, 150).seconds == inf


def test_what_saturates_first_has_the_smallest_capacity() -> None:
    capacity = PURCHASE.capacity(150)

    assert min(capacity, key=lambda kind: capacity[kind]) == "web"
    assert capacity == {"web": 50, "workers": 100, "Postgres": 200, "Redis": 2000, "calls": 375}


@pytest.mark.parametrize(("processes", "rate"), [(1, 100), (2, 160), (4, 160)])
def test_a_machine_limits_processes(processes: int, rate: float) -> None:
    assert most(processes, seconds=0.01, cores=2, whole=0.0125) == pytest.approx(rate)
