"""A token is fetched seldom, used while it lives, and discarded only when it was the one refused."""

import pytest

from pitturu.domain.errors import GatewayError, Reaction
from pitturu.portone.tokens import LONGEST_LIFE, MARGIN, PAUSE, Tokens
from tests.portone.token_issuer import TokenIssuer


def test_a_fresh_token_is_used_without_asking(issuer: TokenIssuer, tokens: Tokens) -> None:
    assert len({id(tokens.current()) for _ in range(50)}) == 1
    assert len(issuer.requests) == 1


def test_three_hours_of_calls_never_carry_an_expired_token_and_seldom_ask(issuer: TokenIssuer) -> None:
    """In three processes that start minutes apart and use one account."""
    processes = [issuer.client() for _ in range(3)]
    for second in range(3 * 3600):
        issuer.now += 1
        for process in processes[: second // 400 + 1]:
            assert issuer.accepts(process.current().value)
    assert len(issuer.requests) < 3 * (3 * 3600 / (300 - MARGIN) + 5)


@pytest.mark.parametrize("life", [-5.0, 0.0, 1.0, MARGIN, MARGIN + 1])
def test_no_answer_of_portone_makes_every_call_ask(life: float) -> None:
    asked = []
    tokens = Tokens(lambda: (asked.append(1) or "token", life), now=lambda: 0.0)
    for _ in range(20):
        tokens.current()
    assert len(asked) == 1


def test_an_unlimited_lifetime_is_reduced() -> None:
    asked, clock = [], [0.0]
    tokens = Tokens(lambda: (asked.append(1) or "token", 1e15), now=lambda: clock[0])
    tokens.current()
    clock[0] = LONGEST_LIFE
    tokens.current()
    assert len(asked) == 2


def test_a_slow_answer_makes_the_life_shorter(issuer: TokenIssuer) -> None:
    def slow() -> tuple[str, float]:
        answer = issuer.ask()
        issuer.now += 8
        return answer

    token = Tokens(slow, now=lambda: issuer.now).current()
    issuer.now += 1800 - 8
    assert token.expires_at <= issuer.now
    assert not issuer.accepts(token.value)


@pytest.mark.parametrize("revoked", [True, False], ids=["another token", "the same token again"])
def test_a_refused_token_is_discarded_once(issuer: TokenIssuer, tokens: Tokens, revoked: bool) -> None:
    """By the first of the threads that used it; the others find the answer that was fetched since then."""
    old = tokens.current()
    if revoked:
        issuer.revoke()
    tokens.refused(old)
    new = tokens.current()
    assert issuer.accepts(new.value)
    assert (new.value != old.value) is revoked
    tokens.refused(old)
    assert tokens.current() is new
    assert len(issuer.requests) == 2


def test_each_process_replaces_a_revoked_token_once(issuer: TokenIssuer) -> None:
    processes = [issuer.client() for _ in range(3)]
    old = [process.current() for process in processes]
    assert len({token.value for token in old}) == 1
    issuer.revoke()
    for process, token in zip(processes, old, strict=True):
        process.refused(token)
        assert issuer.accepts(process.current().value)
    assert len(issuer.requests) == 6


def test_a_live_token_bridges_an_outage(issuer: TokenIssuer, tokens: Tokens) -> None:
    old = tokens.current()
    issuer.now += 1800 - MARGIN
    issuer.failing = True
    assert tokens.current() is old
    assert tokens.current() is old
    assert len(issuer.requests) == 2, "the outage is not asked about on every call"
    issuer.now += PAUSE
    assert tokens.current() is old
    assert len(issuer.requests) == 3
    issuer.now += MARGIN
    with pytest.raises(GatewayError) as caught:
        tokens.current()
    assert caught.value.reaction is Reaction.TRY_AGAIN


def test_a_refused_token_bridges_no_outage(issuer: TokenIssuer, tokens: Tokens) -> None:
    old = tokens.current()
    issuer.now += 1800 - MARGIN
    issuer.failing = True
    assert tokens.current() is old
    issuer.revoke()
    tokens.refused(old)
    for _ in range(2):
        with pytest.raises(GatewayError):
            tokens.current()
    issuer.failing = False
    assert issuer.accepts(tokens.current().value)
