"""What a buyer may do before money arrived."""

from datetime import timedelta

import pytest

from pitturu.domain.decision import Due, Facts, NeedsStock, Order, Stock, decide
from pitturu.domain.decision.checkout import (
    Refusal,
    close,
    confirm,
    give_up,
    open_window,
    prepare_again,
    report_payment,
)
from pitturu.domain.decision.effects import Accept, EndNow, Move, OpenWindow, Reopen, Schedule, Wake, evolve
from pitturu.domain.jobs import JobName
from pitturu.domain.lifecycle import OPEN, SessionStatus
from tests.domain.decision.orders import AMOUNT, BEGAN, EXPIRES, IN_TIME, LATE, READY, answer, attempt, order, policy

FAILED, VERIFYING, CREATED = SessionStatus.FAILED, SessionStatus.VERIFYING, SessionStatus.CREATED
AWAITING = SessionStatus.AWAITING_DEPOSIT
OVER = [status for status in SessionStatus if status not in OPEN and status is not FAILED]


def test_a_declined_order_opens_again_with_its_stock() -> None:
    assert prepare_again(order(status=FAILED, stock=Stock.RELEASED), False, IN_TIME) == NeedsStock(slot=True)
    assert prepare_again(order(status=FAILED), False, IN_TIME) == (Reopen(IN_TIME), Move(SessionStatus.PREPARED))
    prepare = Schedule(Due(JobName.PREPARE, IN_TIME)), Wake(JobName.PREPARE)
    never_registered = prepare_again(order(status=FAILED, prepared_at=None), False, IN_TIME)
    assert never_registered == (Reopen(IN_TIME), Move(CREATED), *prepare)


def test_a_declined_order_out_of_time_stays_closed() -> None:
    assert prepare_again(order(status=FAILED), False, EXPIRES) is Refusal.SESSION_CLOSED


@pytest.mark.parametrize("status", OVER)
def test_what_is_over_is_not_prepared(status: SessionStatus) -> None:
    assert prepare_again(order(status=status), False, IN_TIME) is Refusal.SESSION_CLOSED


def test_a_payment_under_way_keeps_its_method() -> None:
    assert prepare_again(order(status=VERIFYING), True, IN_TIME) is Refusal.PAYMENT_UNDER_WAY
    assert prepare_again(order(status=VERIFYING), False, IN_TIME) == ()


def test_nothing_is_prepared_after_the_deadline() -> None:
    assert prepare_again(order(status=CREATED), False, EXPIRES) is Refusal.TIME_OVER


def test_a_prepared_order_has_nothing_to_prepare() -> None:
    assert prepare_again(order(), True, IN_TIME) == ()


def test_an_account_that_waits_is_not_closed() -> None:
    assert close(order(status=AWAITING), IN_TIME) is Refusal.DEPOSIT_AWAITED


@pytest.mark.parametrize("status", OVER)
def test_what_is_over_is_not_closed_again(status: SessionStatus) -> None:
    assert close(order(status=status), IN_TIME) == ()
    assert close(order(), LATE) == ()


def test_who_gives_up_ends_the_time_and_portone_is_asked() -> None:
    effects = close(order(), IN_TIME)
    assert isinstance(effects, tuple)
    assert (effects[0], effects[2:]) == (
        EndNow(IN_TIME),
        (Schedule(Due(JobName.EXPIRE, IN_TIME)), Wake(JobName.EXPIRE)),
    )


def test_a_verification_is_not_replaced_by_an_expiry() -> None:
    assert Wake(JobName.VERIFY) in give_up(order(status=VERIFYING), "why", IN_TIME)


def test_a_declined_order_only_loses_its_time() -> None:
    assert len(give_up(order(status=FAILED), "why", IN_TIME)) == 2


@pytest.mark.parametrize("status", SessionStatus)
@pytest.mark.parametrize("in_stock", [True, False])
@pytest.mark.parametrize("now", [IN_TIME, EXPIRES + timedelta(seconds=1)])
def test_portone_may_go_ahead_only_with_a_living_order(status: SessionStatus, in_stock: bool, now) -> None:
    answer = confirm(order(status=status), AMOUNT, in_stock, now)
    if now > EXPIRES or status not in {*OPEN, FAILED}:
        assert answer is Refusal.SESSION_CLOSED
    elif status is FAILED and not in_stock:
        assert answer is Refusal.OUT_OF_STOCK
    else:
        assert answer is None
    assert confirm(order(status=status), AMOUNT + 1, in_stock, now) is Refusal.AMOUNT_DIFFERS


UNOPENED = BEGAN + timedelta(minutes=10)


def unopened(**changes: object) -> Order:
    """An order whose window nobody has opened: it ends after ten minutes instead of thirty."""
    return order(expires_at=UNOPENED, window_until=EXPIRES, due=Due(JobName.EXPIRE, UNOPENED), **changes)


def test_a_window_that_is_opened_gives_the_order_its_time_once() -> None:
    effects = open_window(unopened(), IN_TIME)
    assert effects == (OpenWindow(), Schedule(Due(JobName.EXPIRE, EXPIRES)))
    opened = evolve(Facts(unopened()), effects).order
    assert (opened.expires_at, opened.window_until) == (EXPIRES, None)
    assert open_window(opened, IN_TIME) == ()


def test_an_order_that_is_still_prepared_keeps_its_job() -> None:
    prepare = Due(JobName.PREPARE, IN_TIME)
    assert open_window(unopened(status=CREATED)._replace(due=prepare), IN_TIME) == (OpenWindow(),)


@pytest.mark.parametrize("status", [*OVER, FAILED])
def test_a_window_of_a_closed_order_changes_nothing(status: SessionStatus) -> None:
    assert open_window(unopened(status=status), IN_TIME) is Refusal.SESSION_CLOSED


def test_a_window_that_is_opened_too_late_does_not_extend_the_time() -> None:
    assert open_window(unopened(), UNOPENED) is Refusal.TIME_OVER


def test_what_was_given_up_is_not_extended_by_an_attempt() -> None:
    given_up = evolve(Facts(unopened()), give_up(unopened(), "gone", IN_TIME))
    effects = decide(given_up, answer(attempt(status=READY), at=IN_TIME), policy(), IN_TIME)
    assert [effect for effect in effects if isinstance(effect, Move)] == [Move(SessionStatus.EXPIRED)]


def test_an_attempt_at_portone_and_a_reported_payment_prove_that_the_window_was_opened() -> None:
    """A browser's report may be lost."""
    assert report_payment(unopened(), IN_TIME)[0] == OpenWindow()
    after = UNOPENED + timedelta(minutes=1)
    effects = decide(Facts(unopened()), answer(attempt(status=READY), at=after), policy(), after)
    assert (effects[0], [effect for effect in effects if isinstance(effect, Move)]) == (OpenWindow(), [])
    ended = decide(Facts(unopened()), answer(at=after), policy(), after)
    assert [effect for effect in ended if isinstance(effect, Move)] == [Move(SessionStatus.EXPIRED)]


def test_a_payment_of_a_window_that_nobody_reported_is_confirmed_and_in_time() -> None:
    after = UNOPENED + timedelta(minutes=1)
    assert confirm(unopened(), AMOUNT, False, after) is None
    for window_until, kept in ((EXPIRES, True), (None, False)):
        expired = unopened(status=SessionStatus.EXPIRED)._replace(window_until=window_until)
        paid = answer(attempt(paid_at=after), at=after)
        effects = decide(Facts(expired), paid, policy(late_accepted=False), after)
        assert not isinstance(effects, NeedsStock)
        assert any(isinstance(effect, Accept) for effect in effects) is kept
