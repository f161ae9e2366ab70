"""Waits grow, stay below their cap, and the number of tries is limited."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as some

from pitturu.domain.retry_policy import ASK_FIRST, CALL_HUMAN, NOT_PAID_YET, TRY_AGAIN, UNKNOWN_ORDER, RetryPolicy

policies = some.sampled_from([TRY_AGAIN, ASK_FIRST, CALL_HUMAN, UNKNOWN_ORDER, NOT_PAID_YET])


@given(policies, some.integers(0, 10_000))
def test_a_wait_has_jitter_within_a_tenth_of_its_ceiling_and_the_ceiling(policy: RetryPolicy, attempt: int) -> None:
    wait = policy.wait(attempt)
    assert policy.ceiling(attempt) * 0.1 <= wait <= policy.ceiling(attempt) <= policy.cap


@given(policies, some.integers(1, 100))
def test_ceilings_never_shrink(policy: RetryPolicy, attempt: int) -> None:
    assert policy.ceiling(attempt) <= policy.ceiling(attempt + 1)


@given(policies)
def test_tries_are_exhausted_after_the_last_one(policy: RetryPolicy) -> None:
    assert not policy.exhausted(policy.attempts - 1)
    assert policy.exhausted(policy.attempts)


def test_a_row_survives_an_outage_of_an_hour() -> None:
    certain = sum((TRY_AGAIN.ceiling(attempt) * 0.1 for attempt in range(1, TRY_AGAIN.attempts)), timedelta())
    likely = sum((TRY_AGAIN.ceiling(attempt) * 0.55 for attempt in range(1, TRY_AGAIN.attempts)), timedelta())
    assert certain > timedelta(minutes=15)
    assert likely > timedelta(hours=1)
