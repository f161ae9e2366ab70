"""Waits grow, stay under their cap, and end."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as some

from pitturu.domain.retry_policy import ASK_FIRST, CALL_HUMAN, NOT_YET, STRANGER, TRY_AGAIN, RetryPolicy

curves = some.sampled_from([TRY_AGAIN, ASK_FIRST, CALL_HUMAN, STRANGER, NOT_YET])


@given(curves, some.integers(0, 10_000))
def test_a_wait_is_jittered_but_never_above_the_cap_nor_a_hot_loop(policy: RetryPolicy, attempt: int) -> None:
    wait = policy.wait(attempt)
    assert policy.ceiling(attempt) * 0.1 <= wait <= policy.ceiling(attempt) <= policy.cap


@given(curves, some.integers(1, 100))
def test_ceilings_never_shrink(policy: RetryPolicy, attempt: int) -> None:
    assert policy.ceiling(attempt) <= policy.ceiling(attempt + 1)


@given(curves)
def test_the_last_try_is_the_last(policy: RetryPolicy) -> None:
    assert not policy.exhausted(policy.attempts - 1)
    assert policy.exhausted(policy.attempts)


def test_an_outage_of_an_hour_kills_no_row() -> None:
    certain = sum((TRY_AGAIN.ceiling(attempt) * 0.1 for attempt in range(1, TRY_AGAIN.attempts)), timedelta())
    likely = sum((TRY_AGAIN.ceiling(attempt) * 0.55 for attempt in range(1, TRY_AGAIN.attempts)), timedelta())
    assert certain > timedelta(minutes=15)
    assert likely > timedelta(hours=1)
