"""One token for everybody, renewed once, in time, and thrown away only when it was the one refused."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from redis import Redis

from pitturu.domain.errors import GatewayError, Reaction
from pitturu.portone.shelf import Shelf
from pitturu.portone.tokens import MARGIN, PAUSE, Tokens

ACCOUNT = "api.iamport.kr imp_key"
NOWHERE = "redis://127.0.0.1:1"


class Office:
    """PortOne's rule for tokens, by a clock that the test turns: 1800 s, repeated, prolonged in the last minute."""

    def __init__(self) -> None:
        self.now, self.asked, self.failing = 1000.0, 0, False
        self._number, self._dies_at = 0, 0.0

    def ask(self) -> tuple[str, float]:
        """`POST /users/getToken`."""
        self.asked += 1
        if self.failing:
            raise GatewayError(Reaction.TRY_AGAIN, "PortOne is in trouble.")
        left = self._dies_at - self.now
        if left <= 0:
            self._number, self._dies_at = self._number + 1, self.now + 1800
        elif left <= 60:
            self._dies_at += 300
        return f"token{self._number}", self._dies_at - self.now

    def revoke(self) -> None:
        """The living token dies."""
        self._dies_at = self.now

    def accepts(self, token: str) -> bool:
        """Whether a call with this token gets through."""
        return token == f"token{self._number}" and self.now < self._dies_at

    def client(self, redis: Redis) -> Tokens:
        """The tokens of one more process."""
        return Tokens(self.ask, Shelf(redis, ACCOUNT), now=lambda: self.now)


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.fixture
def alone(office: Office) -> Tokens:
    """A process whose Redis is away."""
    return office.client(Redis.from_url(NOWHERE))


def test_a_fresh_token_in_memory_needs_nobody(office: Office, empty_redis: Redis) -> None:
    tokens = office.client(empty_redis)
    first = tokens.current()
    empty_redis.config_resetstat()
    assert [tokens.current() for _ in range(50)] == [first] * 50
    assert set(empty_redis.info("commandstats")) <= {"cmdstat_info", "cmdstat_config|resetstat"}
    assert office.asked == 1


def test_processes_share_a_token(office: Office, empty_redis: Redis) -> None:
    assert len({office.client(empty_redis).current().token for _ in range(5)}) == 1
    assert office.asked == 1


def test_three_hours_of_calls_never_carries_a_dead_token_and_seldom_asks(office: Office, alone: Tokens) -> None:
    for _ in range(3 * 3600):
        office.now += 1
        assert office.accepts(alone.current().token)
    assert office.asked < 3 * 3600 / (300 - MARGIN) + 5


@pytest.mark.parametrize("life", [-5.0, 0.0, 1.0, MARGIN, MARGIN + 1])
def test_no_answer_of_portone_makes_every_call_ask(empty_redis: Redis, life: float) -> None:
    asked = []
    tokens = Tokens(lambda: (asked.append(1) or "token", life), Shelf(empty_redis, ACCOUNT), now=lambda: 0.0)
    for _ in range(20):
        tokens.current()
    assert len(asked) == 1


def test_a_token_that_lives_for_ever_is_not_believed(empty_redis: Redis) -> None:
    asked, times = [], iter([0.0, 0.0, 0.0, 0.0, 7200.0, 7200.0, 7200.0, 7200.0])
    tokens = Tokens(lambda: (str(asked.append(1)), 1e15), Shelf(empty_redis, ACCOUNT), now=lambda: next(times))
    tokens.current()
    empty_redis.flushdb()
    list(zip(iter(tokens.current, None), range(1), strict=False))
    assert len(asked) == 2


def test_the_token_refused_is_the_only_one_thrown_away(office: Office, empty_redis: Redis) -> None:
    early, late = office.client(empty_redis), office.client(empty_redis)
    old = early.current()
    assert late.current().tag == old.tag
    office.revoke()
    early.refused(old)
    new = early.current()
    assert new.token != old.token
    late.refused(old)
    assert late.current().tag == new.tag
    assert office.asked == 2


def test_the_same_token_given_again_is_not_thrown_away_for_an_old_refusal(office: Office, empty_redis: Redis) -> None:
    tokens = office.client(empty_redis)
    old = tokens.current()
    tokens.refused(old)
    again = tokens.current()
    assert again.token == old.token
    tokens.refused(old)
    assert tokens.current() == again
    assert office.asked == 2


def test_a_token_that_redis_could_not_forget_is_not_taken_from_it_again(office: Office, empty_redis: Redis) -> None:
    tokens = office.client(empty_redis)
    old = tokens.current()
    (key,) = empty_redis.keys()
    shelved = empty_redis.get(key)
    office.revoke()
    tokens.refused(old)
    empty_redis.set(key, shelved, px=1_000_000)
    assert office.accepts(tokens.current().token)


def test_a_hundred_threads_cause_one_question(office: Office, empty_redis: Redis) -> None:
    processes = [office.client(empty_redis) for _ in range(4)]
    together = threading.Barrier(100)

    def ask(number: int) -> str:
        together.wait()
        return processes[number % 4].current().token

    with ThreadPoolExecutor(100) as threads:
        assert set(threads.map(ask, range(100))) == {"token1"}
    assert office.asked == 1


def test_a_living_token_bridges_an_outage(office: Office, alone: Tokens) -> None:
    old = alone.current()
    office.now += 1800 - MARGIN
    office.failing = True
    assert alone.current().token == old.token
    assert alone.current().token == old.token
    assert office.asked == 2, "the outage is not asked about on every call"
    office.now += PAUSE
    assert alone.current().token == old.token
    assert office.asked == 3
    office.now += MARGIN
    with pytest.raises(GatewayError) as caught:
        alone.current()
    assert caught.value.reaction is Reaction.TRY_AGAIN


def test_others_use_the_living_token_while_one_renews(office: Office, empty_redis: Redis) -> None:
    renewing, go_on = threading.Event(), threading.Event()

    def slow() -> tuple[str, float]:
        if office.asked == 1:
            renewing.set()
            assert go_on.wait(20)
        return office.ask()

    tokens = Tokens(slow, Shelf(empty_redis, ACCOUNT), now=lambda: office.now)
    other_process = office.client(empty_redis)
    old = tokens.current()
    assert other_process.current().tag == old.tag
    office.now += 1800 - MARGIN
    empty_redis.flushdb()
    with ThreadPoolExecutor(1) as threads:
        renewed = threads.submit(tokens.current)
        assert renewing.wait(20)
        assert tokens.current() == old
        assert other_process.current().tag == old.tag
        go_on.set()
        assert renewed.result(20).dies_at > old.dies_at


def test_everybody_who_waited_hears_of_the_failure(office: Office) -> None:
    office.failing = True
    entered, go_on = threading.Event(), threading.Event()
    ask = office.ask

    def slow() -> tuple[str, float]:
        entered.set()
        assert go_on.wait(20)
        return ask()

    tokens = Tokens(slow, Shelf(Redis.from_url(NOWHERE), ACCOUNT), now=lambda: office.now)
    with ThreadPoolExecutor(8) as threads:
        first = threads.submit(tokens.current)
        assert entered.wait(20)
        waiting = [threads.submit(tokens.current) for _ in range(7)]
        _until(lambda: all(one.running() for one in waiting))
        go_on.set()
        errors = [one.exception(20) for one in (first, *waiting)]
    assert {type(error) for error in errors} == {GatewayError}
    assert len({id(error) for error in errors}) == 8


def test_a_renewal_that_is_cut_off_does_not_block_the_next(office: Office) -> None:
    def interrupted() -> tuple[str, float]:
        raise KeyboardInterrupt

    answers: list[Callable[[], tuple[str, float]]] = [interrupted, office.ask]
    tokens = Tokens(lambda: answers.pop(0)(), Shelf(Redis.from_url(NOWHERE), ACCOUNT), now=lambda: office.now)
    with pytest.raises(KeyboardInterrupt):
        tokens.current()
    assert tokens.current().token == "token1"


def test_the_lock_of_a_dead_worker_is_waited_for_and_then_ignored(office: Office, empty_redis: Redis) -> None:
    assert Shelf(empty_redis, ACCOUNT).claim()
    ticks = iter(range(1000, 2000))
    tokens = Tokens(office.ask, Shelf(empty_redis, ACCOUNT), now=lambda: float(next(ticks)))
    assert tokens.current().token == "token1"


def test_what_another_worker_fetched_meanwhile_is_taken(office: Office, empty_redis: Redis) -> None:
    other = Shelf(empty_redis, ACCOUNT)
    assert other.claim()
    tokens = office.client(empty_redis)
    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(tokens.current)
        other.put("tag theirs", 1800)
        assert waiting.result(20).token == "theirs"
    assert office.asked == 0


def test_the_shelf_tells_nothing_about_the_keys(office: Office, empty_redis: Redis) -> None:
    office.client(empty_redis).current()
    (key,) = empty_redis.keys()
    assert b"imp_key" not in key
    assert b"iamport" not in key
    assert 0 < empty_redis.ttl(key) <= 1800


def _until(condition: Callable[[], bool]) -> None:
    pause = threading.Event()
    while not condition():
        pause.wait(0.01)
