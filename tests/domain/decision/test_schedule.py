"""When PortOne is asked although nobody requested it, and what follows a claimed job."""

from datetime import timedelta

import pytest

from pitturu.domain import retry_policy
from pitturu.domain.decision import Claim, Due, Effect, Order, evolve
from pitturu.domain.decision.effects import Finish, Move, Prepared, ReleaseStock, Retry, Schedule, Wake
from pitturu.domain.decision.facts import Facts
from pitturu.domain.decision.schedule import (
    SECOND_LOOK,
    after_cancel_step,
    after_expiry,
    after_preparation,
    after_verification,
    look_again,
)
from pitturu.domain.errors import GatewayError, Reaction
from pitturu.domain.jobs import JobName
from pitturu.domain.lifecycle import HOLDS_GOODS, SessionStatus
from tests.domain.decision.orders import BEGAN as NOW
from tests.domain.decision.orders import order, policy

HOUR, QUARTER, SOON = timedelta(hours=1), timedelta(minutes=15), timedelta(minutes=1)
RULES = policy()
LEASE = NOW + timedelta(seconds=90)
CLAIM, LAST_TRY = Claim(LEASE, 1), Claim(LEASE, retry_policy.NOT_PAID_YET.attempts)


def next_look(status: str, expires_in: timedelta, paid: bool = False) -> timedelta | None:
    """How long from now until the next look."""
    deadline = NOW + expires_in
    of = order(status=SessionStatus(status), expires_at=deadline, watch_until=deadline, paid_at=NOW if paid else None)
    after = evolve(Facts(of), look_again(of, RULES, NOW)).order
    assert after.due is None or after.due.job is JobName.EXPIRE
    return None if after.due is None else after.due.at - NOW


@pytest.mark.parametrize("status", ["created", "prepared", "verifying"])
def test_an_open_order_at_its_deadline(status: str) -> None:
    assert next_look(status, SOON) == SOON
    assert next_look(status, -HOUR) == timedelta(0)


def test_a_buyers_yes_that_the_pg_has_not_decided_about_is_asked_about_again() -> None:
    of = order(status=SessionStatus.VERIFYING, provider_status="PAY_PENDING", expires_at=NOW)
    assert look_again(of, RULES, NOW) == (Schedule(Due(JobName.EXPIRE, NOW + QUARTER)),)


def test_an_account_every_quarter_of_an_hour_and_at_its_end() -> None:
    assert next_look("awaiting_deposit", 5 * HOUR) == QUARTER
    assert next_look("awaiting_deposit", SOON) == SOON
    assert next_look("awaiting_deposit", -HOUR) == timedelta(0)


@pytest.mark.parametrize("status", ["failed", "expired", "cancelled"])
def test_what_was_never_paid_once_at_its_deadline_and_once_after(status: str) -> None:
    assert next_look(status, SOON) == SOON
    assert next_look(status, -SOON) == HOUR - SOON
    assert next_look(status, -HOUR) is None


@pytest.mark.parametrize("status", ["paid", "partially_cancelled", "cancelled"])
def test_what_was_paid_once_at_its_deadline_for_a_second_window_may_be_open(status: str) -> None:
    assert next_look(status, SOON, paid=True) == SOON
    assert next_look(status, -SOON, paid=True) is None


def test_a_mismatch_like_what_was_never_paid() -> None:
    assert next_look("mismatched", SOON) == SOON
    assert next_look("mismatched", -SOON) == HOUR - SOON


def test_as_long_as_an_account_may_be_paid_into() -> None:
    of = order(status=SessionStatus.PAID, expires_at=NOW - HOUR, watch_until=NOW + HOUR, paid_at=NOW)
    assert look_again(of, RULES, NOW) == (Schedule(Due(JobName.EXPIRE, NOW + HOUR)),)


@pytest.mark.parametrize(
    ("status", "job"),
    [
        *((status, JobName.PREPARE) for status in SessionStatus),
        *((status, JobName.VERIFY) for status in SessionStatus if status not in HOLDS_GOODS),
    ],
)
def test_a_planned_job_comes_first(status: SessionStatus, job: JobName) -> None:
    assert look_again(order(status=status, due=Due(job, NOW + SOON)), RULES, NOW) == ()
    assert look_again(order(status=status, due=Due(job, NOW)), RULES, NOW) == (Wake(job),)


@pytest.mark.parametrize("status", sorted(HOLDS_GOODS))
def test_a_paid_order_is_not_verified_again(status: SessionStatus) -> None:
    due = Due(JobName.VERIFY, NOW)
    of = order(status=status, due=due, expires_at=NOW + HOUR, watch_until=NOW + HOUR, paid_at=NOW)
    assert look_again(of, RULES, NOW) == (Schedule(Due(JobName.EXPIRE, NOW + HOUR)),)


def claimed(job: JobName, **changes: object) -> Order:
    """An order whose job a worker holds."""
    return order(due=Due(job, LEASE), **changes)


def test_a_verification_that_found_no_payment_is_retried() -> None:
    effects = after_verification(claimed(JobName.VERIFY, status=SessionStatus.VERIFYING), CLAIM, RULES, NOW)
    assert effects == (Retry(CLAIM, retry_policy.NOT_PAID_YET, "PortOne knows of no payment yet."),)


def test_the_last_try_leaves_the_order_waiting_for_the_buyer() -> None:
    of = claimed(JobName.VERIFY, status=SessionStatus.VERIFYING)
    effects = after_verification(of, LAST_TRY, RULES, NOW)
    assert effects[:2] == (Move(SessionStatus.PREPARED), Finish(LAST_TRY))
    assert evolve(Facts(of), effects).order.due == Due(JobName.EXPIRE, of.expires_at)


@pytest.mark.parametrize("known", [None, "ready", "READY", "failed", "FAILED"])
def test_a_closed_window_is_decided_by_one_answer_and_looked_after_once(known: str | None) -> None:
    of = claimed(JobName.VERIFY, provider_status=known)
    effects = after_verification(of, CLAIM, RULES, NOW)
    assert effects == (Finish(CLAIM), Schedule(Due(JobName.EXPIRE, NOW + SECOND_LOOK)))
    ending = of._replace(expires_at=NOW + timedelta(seconds=1))
    assert after_verification(ending, CLAIM, RULES, NOW)[-1] == Schedule(Due(JobName.EXPIRE, ending.expires_at))


@pytest.mark.parametrize("known", ["PAY_PENDING", "PENDING", "SOMETHING_NEW"])
def test_a_closed_window_that_may_have_been_paid_is_verified(known: str) -> None:
    of = claimed(JobName.VERIFY, provider_status=known)
    effects = after_verification(of, CLAIM, RULES, NOW)
    assert effects == (
        Move(SessionStatus.VERIFYING),
        Retry(CLAIM, retry_policy.NOT_PAID_YET, "PortOne knows of no payment yet."),
    )


def test_a_payment_that_the_pg_has_not_decided_about_stays_verified() -> None:
    of = claimed(JobName.VERIFY, status=SessionStatus.VERIFYING, provider_status="PAY_PENDING")
    after = evolve(Facts(of), after_verification(of, LAST_TRY, RULES, NOW)).order
    assert (after.status, after.due) == (SessionStatus.VERIFYING, Due(JobName.EXPIRE, of.expires_at))


def test_a_preparation_that_was_skipped_is_made_up_for() -> None:
    of = claimed(JobName.VERIFY, status=SessionStatus.VERIFYING, prepared_at=None)
    after = evolve(Facts(of), after_verification(of, LAST_TRY, RULES, NOW)).order
    assert (after.status, after.due) == (SessionStatus.CREATED, Due(JobName.PREPARE, NOW))


def test_a_demand_that_arrived_meanwhile_stays_due() -> None:
    of = order(status=SessionStatus.VERIFYING, due=Due(JobName.VERIFY, NOW))
    assert Wake(JobName.VERIFY) in after_verification(of, LAST_TRY, RULES, NOW)
    for effects in (after_expiry(of, CLAIM, RULES, NOW), after_preparation(of, CLAIM, None, RULES, NOW)):
        assert evolve(Facts(of), effects).order.due == of.due


def test_a_prepared_order_waits_for_its_deadline() -> None:
    of = claimed(JobName.PREPARE, status=SessionStatus.CREATED, prepared_at=None)
    effects = after_preparation(of, CLAIM, None, RULES, NOW)
    after = evolve(Facts(of), effects).order
    assert Prepared(NOW) in effects
    assert (after.status, after.due) == (SessionStatus.PREPARED, Due(JobName.EXPIRE, of.expires_at))


def test_an_order_that_portone_refuses_has_failed_and_returns_its_stock() -> None:
    of = claimed(JobName.PREPARE, status=SessionStatus.CREATED)
    effects = after_preparation(of, CLAIM, GatewayError(Reaction.STOP, "no such store"), RULES, NOW)
    assert Move(SessionStatus.FAILED, "no such store") in effects
    assert ReleaseStock() in effects


@pytest.mark.parametrize("reaction", [Reaction.TRY_AGAIN, Reaction.ASK_FIRST, Reaction.CALL_HUMAN])
def test_a_preparation_is_retried_until_the_deadline(reaction: Reaction) -> None:
    of = claimed(JobName.PREPARE, status=SessionStatus.CREATED)
    policy_of = retry_policy.after_error(reaction)
    effects = after_preparation(of, CLAIM, GatewayError(reaction, "away"), RULES, NOW)
    assert effects == (Retry(CLAIM, policy_of, "away", Due(JobName.EXPIRE, of.expires_at)),)


def test_an_error_of_an_order_that_went_on_is_of_no_interest() -> None:
    of = claimed(JobName.PREPARE, status=SessionStatus.VERIFYING)
    effects: tuple[Effect, ...] = after_preparation(of, CLAIM, GatewayError(Reaction.STOP, "no"), RULES, NOW)
    assert not any(isinstance(effect, Move | Retry) for effect in effects)


def test_one_attempt_says_nothing_about_the_others() -> None:
    assert after_cancel_step(order(), RULES, NOW) == (Schedule(Due(JobName.VERIFY, NOW)), Wake(JobName.VERIFY))
    paid = order(status=SessionStatus.PAID, paid_at=NOW)
    assert after_cancel_step(paid, RULES, NOW) == look_again(paid, RULES, NOW)
