"""The answer to PortOne's confirmation before a payment is approved."""

from datetime import timedelta

import pytest

from pitturu.domain import clock
from pitturu.domain.errors import Conflict
from pitturu.domain.lifecycle import SessionStatus
from pitturu.domain.provider import Generation
from pitturu.payments import confirmation
from tests.store import rows

pytestmark = pytest.mark.usefixtures("tables")

CONFIRMED = {SessionStatus.CREATED, SessionStatus.PREPARED, SessionStatus.VERIFYING, SessionStatus.AWAITING_DEPOSIT}
CONFIRMED |= {SessionStatus.FAILED}


def refused(merchant_uid: str, amount: int = 2_000, generation: Generation = Generation.V1) -> str:
    """The code of the refusal."""
    with pytest.raises(Conflict) as refusal:
        confirmation.check(merchant_uid, amount, generation)
    assert "(" in refusal.value.detail, "in Korean, and in English in brackets"
    return refusal.value.code


@pytest.mark.parametrize("status", SessionStatus)
def test_confirmation_by_status(status: SessionStatus) -> None:
    """Open sessions are confirmed, and failed ones for another try before the deadline."""
    session = rows.session(status=status, paid_at=clock.now(), imp_uid="imp_1")
    if status in CONFIRMED:
        confirmation.check(session.merchant_uid, session.amount, Generation.V1)
    else:
        assert refused(session.merchant_uid) == "session_closed"


@pytest.mark.parametrize("status", sorted(CONFIRMED))
def test_a_session_past_its_deadline_is_refused(status: SessionStatus) -> None:
    session = rows.session(status=status, expires_at=clock.now() - timedelta(seconds=1))
    assert refused(session.merchant_uid) == "session_closed"


@pytest.mark.parametrize("amount", [1, 1_999, 2_001])
def test_another_amount_is_refused(amount: int) -> None:
    assert refused(rows.session().merchant_uid, amount) == "amount_differs"


def test_an_unknown_order_is_refused() -> None:
    assert refused("ordunknown") == "unknown_order"


@pytest.mark.parametrize("generation", Generation)
def test_an_order_is_unknown_to_the_other_generation(generation: Generation) -> None:
    (other,) = set(Generation) - {generation}
    session = rows.session(generation=generation)

    confirmation.check(session.merchant_uid, session.amount, generation)
    assert refused(session.merchant_uid, session.amount, other) == "unknown_order"


@pytest.mark.parametrize(("stock", "confirmed"), [(1, False), (2, True), (None, True)])
def test_another_try_needs_stock_again(stock: int | None, confirmed: bool) -> None:
    session = rows.session(thing=rows.item(stock=stock), status="failed")
    if confirmed:
        confirmation.check(session.merchant_uid, session.amount, Generation.V1)
    else:
        assert refused(session.merchant_uid) == "out_of_stock"


def test_an_open_session_has_reserved_its_pieces() -> None:
    session = rows.session(thing=rows.item(stock=0), stock_held=2)
    confirmation.check(session.merchant_uid, session.amount, Generation.V1)
