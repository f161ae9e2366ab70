"""What the constraints of the database reject, whatever the code does."""

from collections.abc import Callable

import pytest
from psycopg.errors import CheckViolation, UniqueViolation
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError, IntegrityError

from pitturu.domain.cancellation import CancelStage
from pitturu.extensions import db
from pitturu.store.operator_log import OperatorLogLine
from pitturu.store.users import User
from tests.store import rows

pytestmark = pytest.mark.usefixtures("tables")

REFUSED_VALUES: list[tuple[str, Callable[[], object]]] = [
    ("ck_items_price_positive", lambda: rows.item(price=0)),
    ("ck_items_stock_not_negative", lambda: rows.item(stock=-1)),
    ("ck_users_role", lambda: rows.add(User(username="x", role="king"))),
    ("ck_users_role", lambda: rows.add(User(username="x", role="operator"))),
    ("ck_users_role_limit", lambda: rows.add(User(username="x", role_limit="king"))),
    ("ck_operator_log_role", lambda: rows.add(OperatorLogLine(who="x", role="king", entry_point="http", action="x"))),
    ("ck_operator_log_entry_point", lambda: rows.add(OperatorLogLine(who="x", entry_point="elsewhere", action="x"))),
    ("ck_payment_sessions_amount", lambda: rows.session(amount=1_999, items_total=2_000)),
    ("ck_payment_sessions_amount", lambda: rows.session(amount=2_000, items_total=2_000, shipping=1)),
    ("ck_payment_sessions_amount", lambda: rows.session(amount=2_000, items_total=2_000, discount=1)),
    ("ck_payment_sessions_amount", lambda: rows.session(amount=0, quantity=0)),
    ("ck_payment_sessions_amount", lambda: rows.session(amount=-2_000, quantity=-2)),
    ("ck_payment_sessions_totals", lambda: rows.session(amount=1_999, items_total=2_000, shipping=-1)),
    ("ck_payment_sessions_totals", lambda: rows.session(amount=2_001, items_total=2_000, discount=-1)),
    ("ck_payment_sessions_one_line", lambda: rows.session(amount=3_000)),
    ("ck_payment_sessions_totals", lambda: rows.session(amount=1_000, line_count=2)),
    ("ck_payment_cancellations_taxes", lambda: rows.cancellation(rows.payment(rows.session()), tax_free=2_001)),
    ("ck_payment_cancellations_taxes", lambda: rows.cancellation(rows.payment(rows.session()), vat=-1)),
    ("ck_payment_cancellations_pieces", lambda: rows.cancellation(rows.payment(rows.session()), pieces={})),
    ("ck_payment_sessions_tax_free_amount", lambda: rows.session(tax_free_amount=2_001)),
    ("ck_payment_sessions_stock_held", lambda: rows.session(stock_held=-1)),
    ("ck_payment_lines_stock_held", lambda: rows.session(stock_held=3)),
    ("ck_payment_sessions_status", lambda: rows.session(status="half_paid")),
    ("ck_payment_sessions_paid", lambda: rows.session(status="paid", imp_uid="imp_1")),
    ("ck_payment_sessions_due_job", lambda: rows.session(due_at=rows.clock.now())),
    ("ck_payment_history_status", lambda: rows.payment(rows.session(), status="?")),
    ("ck_payment_history_cancelled_amount", lambda: rows.payment(rows.session(), cancelled_amount=2_001)),
    ("ck_payment_history_cancelled_amount", lambda: rows.payment(rows.session(), cancelled_amount=-1)),
    ("ck_payment_cancellations_amount", lambda: rows.cancellation(rows.payment(rows.session()), amount=0)),
    ("ck_payment_cancellations_amount", lambda: rows.cancellation(rows.payment(rows.session()), amount=-1)),
    ("ck_payment_cancellations_kind", lambda: rows.cancellation(rows.payment(rows.session()), kind="gift")),
    ("ck_payment_cancellations_stage", lambda: rows.cancellation(rows.payment(rows.session()), stage="?")),
    ("ck_webhook_deliveries_state", lambda: rows.delivery(state="lost")),
    ("ck_inventory_entries_kind", lambda: rows.entry(rows.session(), 1, kind="return")),
    ("ck_inventory_entries_kind", lambda: rows.entry(rows.session(), -1, kind="grant")),
]


@pytest.mark.parametrize(("constraint", "write"), REFUSED_VALUES)
def test_an_invalid_value_is_rejected(constraint: str, write: Callable[[], object]) -> None:
    with pytest.raises(IntegrityError) as refusal:
        write()
    assert isinstance(refusal.value.orig, CheckViolation)
    assert refusal.value.orig.diag.constraint_name == constraint


def twice_accepted() -> None:
    session = rows.session()
    rows.payment(session)
    rows.payment(session)


def same_payment_in_two_sessions() -> None:
    rows.payment(rows.session(), imp_uid="imp_1")
    rows.payment(rows.session(), imp_uid="imp_1")


def same_order_twice() -> None:
    rows.session(merchant_uid="ord1")
    rows.session(merchant_uid="ord1")


def granted_twice() -> None:
    session = rows.session()
    rows.entry(session, 2)
    rows.entry(session, 2)


def taken_back_twice_for_one_cancel() -> None:
    session = rows.session()
    cancel = rows.cancellation(rows.payment(session))
    rows.entry(session, -1, cancellation_key=cancel.id)
    rows.entry(session, -1, cancellation_key=cancel.id)


def refunded_automatically_twice() -> None:
    payment = rows.payment(rows.session())
    rows.cancellation(payment, origin="system")
    rows.cancellation(payment, origin="system")


def one_cancel_of_portone_written_down_twice() -> None:
    payment = rows.payment(rows.session())
    for _ in range(2):
        rows.cancellation(payment, provider_cancellation_id="c1", stage=CancelStage.SUCCEEDED)


def one_name_for_two_people() -> None:
    rows.add(User(username="hana"))
    rows.add(User(username="hana"))


REFUSED_REPEATS: list[tuple[str, Callable[[], None]]] = [
    ("uq_payment_history_one_accepted", twice_accepted),
    ("uq_payment_history_imp_uid", same_payment_in_two_sessions),
    ("uq_payment_sessions_merchant_uid", same_order_twice),
    ("uq_inventory_entries_one_grant", granted_twice),
    ("uq_inventory_entries_cancellation_key_line_key", taken_back_twice_for_one_cancel),
    ("uq_payment_cancellations_one_automatic", refunded_automatically_twice),
    ("uq_payment_cancellations_provider", one_cancel_of_portone_written_down_twice),
    ("uq_users_username", one_name_for_two_people),
]


@pytest.mark.parametrize(("index", "write"), REFUSED_REPEATS)
def test_a_repetition_is_rejected(index: str, write: Callable[[], None]) -> None:
    with pytest.raises(IntegrityError) as refusal:
        write()
    assert isinstance(refusal.value.orig, UniqueViolation)
    assert refusal.value.orig.diag.constraint_name == index


def test_allowed_repetitions() -> None:
    """A buyer's cancels, rejected payments, a revoke beside a refund, returns without a cancel."""
    session = rows.session()
    payment = rows.payment(session)
    rows.payment(session, verdict="duplicate")
    rows.payment(session, verdict="duplicate")
    rows.cancellation(payment, amount=1)
    rows.cancellation(payment, amount=1)
    rows.cancellation(payment, origin="system")
    rows.cancellation(payment, origin="system", kind="revoke", amount=0)
    rows.entry(session, -1)
    rows.entry(session, -1)


@pytest.mark.parametrize("change", ["UPDATE {} SET amount = 5", "DELETE FROM {}", "TRUNCATE {}"])
def test_the_timeline_is_append_only(change: str) -> None:
    rows.event(rows.session(), to_status="created")
    with pytest.raises(DatabaseError, match="append-only"):
        db.session.execute(text(change.format("payment_events")))


@pytest.mark.parametrize("change", ["UPDATE {} SET who = 'x'", "DELETE FROM {}", "TRUNCATE {}"])
def test_the_operator_log_is_append_only(change: str) -> None:
    rows.add(OperatorLogLine(who="boss", entry_point="http", action="replay"))
    with pytest.raises(DatabaseError, match="append-only"):
        db.session.execute(text(change.format("operator_log")))
