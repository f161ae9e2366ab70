"""Threads that need a token at the same time: one requests it, all get the outcome, and none waits without limit."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from pitturu.domain.errors import AccessRefused, GatewayError, Reaction
from pitturu.portone import deadline
from pitturu.portone.tokens import LONGEST_RENEWAL, MARGIN, AccessToken, Tokens
from tests.portone.token_issuer import TokenIssuer

LONGEST_REQUEST = LONGEST_RENEWAL - 2
"""Seconds after which a token request fails: a thread that waits for it where it must not gets an error."""


class Process:
    """One process, whose token requests are answered when the test says so; `callers` are threads that want a token."""

    def __init__(self, issuer: TokenIssuer) -> None:
        self.asking, self.go_on, self.callers = threading.Event(), threading.Event(), set[int]()
        self._issuer = issuer
        self.tokens = Tokens(self._ask, now=self._now)

    def _ask(self) -> tuple[str, float]:
        self.asking.set()
        assert self.go_on.wait(LONGEST_REQUEST)
        return self._issuer.ask()

    def _now(self) -> float:
        self.callers.add(threading.get_ident())
        return self._issuer.now

    def fetched(self) -> AccessToken:
        """A token from PortOne; the next request has to wait again."""
        self.go_on.set()
        token = self.tokens.current()
        self.go_on.clear()
        self.asking.clear()
        return token

    def outcomes(self, count: int) -> list[AccessToken | BaseException]:
        """What this many threads get that have all come before PortOne answers the one request."""
        with ThreadPoolExecutor(count) as threads:
            waiting = [threads.submit(self.tokens.current) for _ in range(count)]
            pause = threading.Event()
            while len(self.callers) < count:
                pause.wait(0.01)
            self.go_on.set()
            return [one.exception(20) or one.result() for one in waiting]


@pytest.fixture
def process(issuer: TokenIssuer) -> Process:
    return Process(issuer)


def test_a_hundred_threads_cause_one_request(issuer: TokenIssuer, process: Process) -> None:
    (token,) = set(process.outcomes(100))
    assert issuer.accepts(token.value)
    assert len(issuer.requests) == 1


def test_processes_that_start_at_once_get_the_same_token(issuer: TokenIssuer) -> None:
    processes, together = [issuer.client() for _ in range(4)], threading.Barrier(40)

    def ask(number: int) -> str:
        together.wait(20)
        return processes[number % 4].current().value

    with ThreadPoolExecutor(40) as threads:
        assert len(set(threads.map(ask, range(40)))) == 1
    assert len(issuer.requests) == 4


def test_others_use_the_live_token_while_one_renews(issuer: TokenIssuer, process: Process) -> None:
    old = process.fetched()
    issuer.now += 1800 - MARGIN
    with ThreadPoolExecutor(1) as threads:
        renewed = threads.submit(process.tokens.current)
        assert process.asking.wait(20)
        assert process.tokens.current() is old
        process.go_on.set()
        assert renewed.result(20).expires_at > old.expires_at
    assert len(issuer.requests) == 2


@pytest.mark.parametrize("kind", [GatewayError, AccessRefused])
def test_a_failure_is_the_failure_of_all_who_waited(
    issuer: TokenIssuer, process: Process, kind: type[GatewayError]
) -> None:
    """Otherwise each of them would wait for a request of its own, one after the other."""
    issuer.failing, issuer.failure = True, kind
    errors = process.outcomes(8)
    assert {type(error) for error in errors} == {kind}
    assert {str(error) for error in errors} == {"try_again: PortOne is in trouble."}
    assert {error.retry_after for error in errors} == {timedelta(seconds=7)}
    assert len({id(error) for error in errors}) == 8
    assert len(issuer.requests) == 1
    issuer.failing = False
    assert issuer.accepts(process.tokens.current().value), "who comes later asks again"


def test_a_thread_waits_no_longer_than_its_own_deadline(process: Process) -> None:
    with ThreadPoolExecutor(1) as threads:
        renewed = threads.submit(process.tokens.current)
        assert process.asking.wait(20)
        with deadline.within(0.05), pytest.raises(GatewayError, match="Nothing was sent") as caught:
            process.tokens.current()
        process.go_on.set()
        assert caught.value.reaction is Reaction.TRY_AGAIN
        assert process.tokens.current() is renewed.result(20)


def test_a_renewal_that_is_cut_off_does_not_block_the_next(issuer: TokenIssuer) -> None:
    def interrupted() -> tuple[str, float]:
        raise KeyboardInterrupt

    answers: list[Callable[[], tuple[str, float]]] = [interrupted, issuer.ask]
    tokens = Tokens(lambda: answers.pop(0)(), now=lambda: issuer.now)
    with pytest.raises(KeyboardInterrupt):
        tokens.current()
    assert issuer.accepts(tokens.current().value)


def test_a_token_refused_during_its_renewal_is_not_used_again(issuer: TokenIssuer, process: Process) -> None:
    old = process.fetched()
    issuer.now += 1800 - MARGIN
    issuer.failing = True
    with ThreadPoolExecutor(1) as threads:
        renewed = threads.submit(process.tokens.current)
        assert process.asking.wait(20)
        process.tokens.refused(old)
        process.go_on.set()
        assert isinstance(renewed.exception(20), GatewayError)
