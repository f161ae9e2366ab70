"""A token is fetched seldom, used while it lives, and thrown away only when it was the one refused."""

import pytest
from redis import Redis

from pitturu.domain.errors import GatewayError, Reaction
from pitturu.portone.token_cache import Shelf
from pitturu.portone.tokens import MARGIN, PAUSE, Tokens
from tests.portone.token_issuer import ACCOUNT, TokenIssuer


def test_a_fresh_token_in_memory_needs_nobody(token_issuer: TokenIssuer, empty_redis: Redis) -> None:
    tokens = token_issuer.client(empty_redis)
    first = tokens.current()
    empty_redis.config_resetstat()
    assert [tokens.current() for _ in range(50)] == [first] * 50
    assert set(empty_redis.info("commandstats")) <= {"cmdstat_info", "cmdstat_config|resetstat"}
    assert token_issuer.asked == 1


def test_processes_share_a_token(token_issuer: TokenIssuer, empty_redis: Redis) -> None:
    assert len({token_issuer.client(empty_redis).current().token for _ in range(5)}) == 1
    assert token_issuer.asked == 1


def test_three_hours_of_calls_never_carries_a_dead_token_and_seldom_asks(
    token_issuer: TokenIssuer, alone: Tokens
) -> None:
    for _ in range(3 * 3600):
        token_issuer.now += 1
        assert token_issuer.accepts(alone.current().token)
    assert token_issuer.asked < 3 * 3600 / (300 - MARGIN) + 5


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


def test_the_token_refused_is_the_only_one_thrown_away(token_issuer: TokenIssuer, empty_redis: Redis) -> None:
    early, late = token_issuer.client(empty_redis), token_issuer.client(empty_redis)
    old = early.current()
    assert late.current().tag == old.tag
    token_issuer.revoke()
    early.refused(old)
    new = early.current()
    assert new.token != old.token
    late.refused(old)
    assert late.current().tag == new.tag
    assert token_issuer.asked == 2


def test_the_same_token_given_again_is_not_thrown_away_for_an_old_refusal(
    token_issuer: TokenIssuer, empty_redis: Redis
) -> None:
    tokens = token_issuer.client(empty_redis)
    old = tokens.current()
    tokens.refused(old)
    again = tokens.current()
    assert again.token == old.token
    tokens.refused(old)
    assert tokens.current() == again
    assert token_issuer.asked == 2


def test_a_token_that_redis_could_not_forget_is_not_taken_from_it_again(
    token_issuer: TokenIssuer, empty_redis: Redis
) -> None:
    tokens = token_issuer.client(empty_redis)
    old = tokens.current()
    (key,) = empty_redis.keys()
    shelved = empty_redis.get(key)
    token_issuer.revoke()
    tokens.refused(old)
    empty_redis.set(key, shelved, px=1_000_000)
    assert token_issuer.accepts(tokens.current().token)


def test_a_living_token_bridges_an_outage(token_issuer: TokenIssuer, alone: Tokens) -> None:
    old = alone.current()
    token_issuer.now += 1800 - MARGIN
    token_issuer.failing = True
    assert alone.current().token == old.token
    assert alone.current().token == old.token
    assert token_issuer.asked == 2, "the outage is not asked about on every call"
    token_issuer.now += PAUSE
    assert alone.current().token == old.token
    assert token_issuer.asked == 3
    token_issuer.now += MARGIN
    with pytest.raises(GatewayError) as caught:
        alone.current()
    assert caught.value.reaction is Reaction.TRY_AGAIN


def test_the_shelf_tells_nothing_about_the_keys(token_issuer: TokenIssuer, empty_redis: Redis) -> None:
    token_issuer.client(empty_redis).current()
    (key,) = empty_redis.keys()
    assert b"imp_key" not in key
    assert b"iamport" not in key
    assert 0 < empty_redis.ttl(key) <= 1800
