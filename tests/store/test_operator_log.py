"""Lines of the operator log: bounded, on one line, and without the names of erased users."""

import pytest

from pitturu.domain.operator_actions import EntryPoint, Operator, OperatorAction, Thing
from pitturu.domain.roles import Role
from pitturu.extensions import db
from pitturu.store import operator_log, retention, users
from pitturu.store.operator_log import LogFilter
from pitturu.store.unit_of_work import UnitOfWork, unit_of_work
from tests.values import settings_for

BOSS = Operator("boss", Role.ADMIN, EntryPoint.HTTP, "127.0.0.1", "r1")


@pytest.mark.usefixtures("tables")
def test_texts_from_outside_stay_on_their_line(work: UnitOfWork) -> None:
    """A name may come from another system; whoever prints the log sees no second line and no hidden text."""
    forger = Operator("eve\nboss\x1b[2K\u202e\u2028", Role.VIEWER, EntryPoint.HTTP, None, None)
    operator_log.write(work, forger, OperatorAction.REPLAY, what=Thing("user", "a\rb"), detail="x\n" + "y" * 999)
    work.flush()

    (line,) = operator_log.page(LogFilter(), 10)
    assert (line.who, line.what_id) == ("eve?boss?[2K??", "a?b")
    assert line.detail == "x?" + "y" * 498


@pytest.mark.usefixtures("tables")
def test_an_erased_user_is_a_pseudonym_in_old_and_new_lines() -> None:
    with unit_of_work() as work:
        for name in ("hana", "duri"):
            users.ensure(work, name)
            operator_log.write(work, BOSS, OperatorAction.READ_PAYMENT, name)
    key = users.key_of("hana")

    retention.erase_user(unit_of_work, settings_for(), "hana", BOSS)

    pseudonym = f"erased-{str(key)[:8]}"
    found = [(line.action, line.whom) for line in operator_log.page(LogFilter(), 10)]
    assert found == [("erase", pseudonym), ("read_payment", "duri"), ("read_payment", pseudonym)]
    assert operator_log.page(LogFilter(whom="hana"), 10) == []
    assert "hana" not in str(db.session.execute(operator_log.select(operator_log.OperatorLogLine.__table__)).all())


@pytest.mark.usefixtures("tables")
def test_a_user_without_a_row_is_not_named(work: UnitOfWork) -> None:
    operator_log.write(work, BOSS, OperatorAction.READ_OPERATOR_LOG, "nobody")
    work.flush()

    (line,) = operator_log.page(LogFilter(who="boss"), 10)
    assert line.whom is None
