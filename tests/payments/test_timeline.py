"""No status changes without its line; hearing the same again writes none."""

import pytest

from pitturu.domain import clock
from pitturu.domain.cause import Cause, CauseKind, EventKind, Origin
from pitturu.domain.lifecycle import IllegalMove, SessionStatus
from pitturu.payments import timeline
from pitturu.store import events
from pitturu.store.unit_of_work import UnitOfWork
from tests.store import rows

pytestmark = pytest.mark.usefixtures("tables")


def cause() -> Cause:
    """Hana verifies."""
    return Cause(CauseKind.VERIFY, Origin.BUYER, "hana", clock.now(), "r1")


def test_a_move_is_one_line(work: UnitOfWork) -> None:
    session = rows.session(provider_status="ready")
    assert timeline.move(work, session, SessionStatus.PREPARED, cause(), "because")
    work.flush()
    (line,) = events.of_session(session.id)
    assert (line.kind, line.from_status, line.to_status, line.amount) == ("status", "created", "prepared", 0)
    assert (line.cause, line.origin, line.name, line.provider_status) == ("verify", "buyer", "hana", "ready")
    assert (line.detail, line.request_id) == ("because", "r1")


def test_the_same_again_is_no_line(work: UnitOfWork) -> None:
    session = rows.session()
    assert not timeline.move(work, session, SessionStatus.CREATED, cause())
    work.flush()
    assert events.of_session(session.id) == []


def test_an_impossible_move_changes_nothing(work: UnitOfWork) -> None:
    session = rows.session(status="mismatched")
    with pytest.raises(IllegalMove):
        timeline.move(work, session, SessionStatus.PAID, cause())
    assert session.status == "mismatched"
    assert events.of_session(session.id) == []


def test_money_and_notes(work: UnitOfWork) -> None:
    session, payment = rows.purchase()
    before = len(events.of_session(session.id))
    timeline.money(work, session, payment, -300, cause())
    timeline.note(work, session, None, cause(), EventKind.CANCEL_REFUSED, "no")
    work.flush()
    money, note = events.of_session(session.id)[before:]
    assert (money.kind, money.amount, money.payment_key, money.to_status) == ("money", -300, payment.id, None)
    assert (note.kind, note.amount, note.payment_key, note.detail) == ("cancel_refused", 0, None, "no")
