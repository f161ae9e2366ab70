"""Lines of the timeline have the cause of the change."""

import pytest

from pitturu.domain import clock
from pitturu.domain.cause import Cause, CauseKind, EventKind, Origin
from pitturu.payments import timeline
from pitturu.store import events
from pitturu.store.unit_of_work import UnitOfWork
from tests.store import rows

pytestmark = pytest.mark.usefixtures("tables")


def test_a_line_has_its_cause(work: UnitOfWork) -> None:
    session, payment = rows.purchase()
    session.provider_status = "ready"
    before = len(events.of_session(session.id))
    cause = Cause(CauseKind.VERIFY, Origin.BUYER, "hana", clock.now(), "r1")
    timeline.write(work, session, cause, EventKind.MONEY, payment_key=payment.id, amount=-300)
    timeline.write(work, session, cause, EventKind.CANCEL_REFUSED, detail="no")
    work.flush()
    money, note = events.of_session(session.id)[before:]
    assert (money.kind, money.amount, money.payment_key, money.to_status) == ("money", -300, payment.id, None)
    assert (money.cause, money.origin, money.name, money.provider_status) == ("verify", "buyer", "hana", "ready")
    assert (note.kind, note.amount, note.payment_key, note.detail) == ("cancel_refused", 0, None, "no")
    assert note.request_id == "r1"
