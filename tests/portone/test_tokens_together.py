"""Threads and processes that want a token at the same time: one asks, nobody is forgotten, nobody waits for ever."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from redis import Redis

from pitturu.domain.errors import GatewayError
from pitturu.portone.token_cache import Shelf
from pitturu.portone.tokens import MARGIN, Tokens
from tests.portone.token_issuer import ACCOUNT, NOWHERE, TokenIssuer


def test_a_hundred_threads_cause_one_question(token_issuer: TokenIssuer, empty_redis: Redis) -> None:
    processes = [token_issuer.client(empty_redis) for _ in range(4)]
    together = threading.Barrier(100)

    def ask(number: int) -> str:
        together.wait()
        return processes[number % 4].current().token

    with ThreadPoolExecutor(100) as threads:
        assert set(threads.map(ask, range(100))) == {"token1"}
    assert token_issuer.asked == 1


def test_others_use_the_living_token_while_one_renews(token_issuer: TokenIssuer, empty_redis: Redis) -> None:
    renewing, go_on = threading.Event(), threading.Event()

    def slow() -> tuple[str, float]:
        if token_issuer.asked == 1:
            renewing.set()
            assert go_on.wait(20)
        return token_issuer.ask()

    tokens = Tokens(slow, Shelf(empty_redis, ACCOUNT), now=lambda: token_issuer.now)
    other_process = token_issuer.client(empty_redis)
    old = tokens.current()
    assert other_process.current().tag == old.tag
    token_issuer.now += 1800 - MARGIN
    empty_redis.flushdb()
    with ThreadPoolExecutor(1) as threads:
        renewed = threads.submit(tokens.current)
        assert renewing.wait(20)
        assert tokens.current() == old
        assert other_process.current().tag == old.tag
        go_on.set()
        assert renewed.result(20).dies_at > old.dies_at


def test_everybody_who_waited_hears_of_the_failure(token_issuer: TokenIssuer) -> None:
    token_issuer.failing = True
    entered, go_on = threading.Event(), threading.Event()
    ask = token_issuer.ask

    def slow() -> tuple[str, float]:
        entered.set()
        assert go_on.wait(20)
        return ask()

    tokens = Tokens(slow, Shelf(Redis.from_url(NOWHERE), ACCOUNT), now=lambda: token_issuer.now)
    with ThreadPoolExecutor(8) as threads:
        first = threads.submit(tokens.current)
        assert entered.wait(20)
        waiting = [threads.submit(tokens.current) for _ in range(7)]
        _until(lambda: all(one.running() for one in waiting))
        go_on.set()
        errors = [one.exception(20) for one in (first, *waiting)]
    assert {type(error) for error in errors} == {GatewayError}
    assert len({id(error) for error in errors}) == 8


def test_a_renewal_that_is_cut_off_does_not_block_the_next(token_issuer: TokenIssuer) -> None:
    def interrupted() -> tuple[str, float]:
        raise KeyboardInterrupt

    answers: list[Callable[[], tuple[str, float]]] = [interrupted, token_issuer.ask]
    tokens = Tokens(lambda: answers.pop(0)(), Shelf(Redis.from_url(NOWHERE), ACCOUNT), now=lambda: token_issuer.now)
    with pytest.raises(KeyboardInterrupt):
        tokens.current()
    assert tokens.current().token == "token1"


def test_the_lock_of_a_dead_worker_is_waited_for_and_then_ignored(
    token_issuer: TokenIssuer, empty_redis: Redis
) -> None:
    assert Shelf(empty_redis, ACCOUNT).claim()
    ticks = iter(range(1000, 2000))
    tokens = Tokens(token_issuer.ask, Shelf(empty_redis, ACCOUNT), now=lambda: float(next(ticks)))
    assert tokens.current().token == "token1"


def test_what_another_worker_fetched_meanwhile_is_taken(token_issuer: TokenIssuer, empty_redis: Redis) -> None:
    other = Shelf(empty_redis, ACCOUNT)
    assert other.claim()
    tokens = token_issuer.client(empty_redis)
    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(tokens.current)
        other.put("tag theirs", 1800)
        assert waiting.result(20).token == "theirs"
    assert token_issuer.asked == 0


def _until(condition: Callable[[], bool]) -> None:
    pause = threading.Event()
    while not condition():
        pause.wait(0.01)
