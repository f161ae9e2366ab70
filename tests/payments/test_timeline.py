"""Lines of the timeline have the cause of the change."""

import pytest

from pitturu.domain import clock
from pitturu.domain.cause import Cause, CauseKind, EventKind, Origin
from pitturu.payments import timeline
from pitturu.store import events, users
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
    assert (money.cause, money.origin, money.by, money.provider_status) == ("verify", "buyer", None, "ready")
    assert (note.kind, note.amount, note.payment_key, note.detail) == ("cancel_refused", 0, None, "no")
    assert note.request_id == "r1"


@pytest.mark.parametrize(
    ("origin", "name", "by"),
    [(Origin.BUYER, "hana", None), (Origin.OPERATOR, "minji", "minji"), (Origin.OPERATOR, "cli:root", "cli:root")],
)
def test_a_line_names_no_user(work: UnitOfWork, origin: Origin, name: str, by: str | None) -> None:
    """Nobody can change a line; a user may have to be erased. Who works at a terminal is no user."""
    session = rows.session()
    users.ensure(work, "minji")
    timeline.write(work, session, Cause(CauseKind.REPLAY, origin, name, clock.now(), "r1"), EventKind.REPLAYED)
    work.flush()
    line = events.of_session(session.id)[-1]
    assert (line.by, line.name) == (by, by if name.startswith("cli:") else None)
    if name == "minji":
        pseudonym = users.rename(work, "minji")
        work.session.refresh(line)
        assert (line.by, pseudonym[:7]) == (pseudonym, "erased-")
