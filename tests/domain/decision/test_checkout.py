"""What a buyer may do before money arrived."""

from datetime import timedelta

import pytest

from pitturu.domain.decision import Due, NeedsStock, Stock
from pitturu.domain.decision.checkout import Refusal, close, confirm, give_up, prepare_again
from pitturu.domain.decision.effects import EndNow, Move, Reopen, Schedule, Wake
from pitturu.domain.jobs import JobName
from pitturu.domain.lifecycle import OPEN, SessionStatus
from tests.domain.decision.orders import AMOUNT, EXPIRES, IN_TIME, LATE, order

FAILED, VERIFYING, CREATED = SessionStatus.FAILED, SessionStatus.VERIFYING, SessionStatus.CREATED
AWAITING = SessionStatus.AWAITING_DEPOSIT
OVER = [status for status in SessionStatus if status not in OPEN and status is not FAILED]


def test_a_declined_order_opens_again_with_its_stock() -> None:
    assert prepare_again(order(status=FAILED, stock=Stock.RELEASED), False, IN_TIME) == NeedsStock(slot=True)
    effects = prepare_again(order(status=FAILED), False, IN_TIME)
    prepare = Schedule(Due(JobName.PREPARE, IN_TIME)), Wake(JobName.PREPARE)
    assert effects == (Reopen(IN_TIME), Move(CREATED), *prepare)


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
