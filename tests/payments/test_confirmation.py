"""PortOne's last question before it approves."""

from datetime import timedelta

import pytest

from pitturu.domain import clock
from pitturu.domain.errors import Conflict
from pitturu.domain.lifecycle import SessionStatus
from pitturu.payments import confirmation
from tests.store import rows

pytestmark = pytest.mark.usefixtures("tables")

GOES_AHEAD = {SessionStatus.CREATED, SessionStatus.PREPARED, SessionStatus.VERIFYING, SessionStatus.AWAITING_DEPOSIT}
GOES_AHEAD |= {SessionStatus.FAILED}


def refused(merchant_uid: str, amount: int = 2_000) -> str:
    """The code of the refusal."""
    with pytest.raises(Conflict) as refusal:
        confirmation.check(merchant_uid, amount)
    assert "(" in refusal.value.detail, "in Korean, and in English in brackets"
    return refusal.value.code


@pytest.mark.parametrize("status", SessionStatus)
def test_by_status(status: SessionStatus) -> None:
    """What is open goes ahead, and so does a second card in time."""
    session = rows.session(status=status, paid_at=clock.now(), imp_uid="imp_1")
    if status in GOES_AHEAD:
        confirmation.check(session.merchant_uid, session.amount)
    else:
        assert refused(session.merchant_uid) == "session_closed"


@pytest.mark.parametrize("status", sorted(GOES_AHEAD))
def test_too_late(status: SessionStatus) -> None:
    session = rows.session(status=status, expires_at=clock.now() - timedelta(seconds=1))
    assert refused(session.merchant_uid) == "session_closed"


@pytest.mark.parametrize("amount", [1, 1_999, 2_001])
def test_another_amount(amount: int) -> None:
    assert refused(rows.session().merchant_uid, amount) == "amount_differs"


def test_an_order_that_is_not_ours() -> None:
    assert refused("ordstranger") == "unknown_order"


@pytest.mark.parametrize(("stock", "goes"), [(1, False), (2, True), (None, True)])
def test_a_second_card_needs_the_pieces_again(stock: int | None, goes: bool) -> None:
    session = rows.session(thing=rows.item(stock=stock), status="failed")
    if goes:
        confirmation.check(session.merchant_uid, session.amount)
    else:
        assert refused(session.merchant_uid) == "out_of_stock"


def test_an_open_checkout_holds_its_pieces_already() -> None:
    session = rows.session(thing=rows.item(stock=0), stock_held=2)
    confirmation.check(session.merchant_uid, session.amount)
