"""The payment history of a user: newest first, page by page, filtered."""

from datetime import UTC, datetime, timedelta

import pytest

from pitturu.store import history
from pitturu.store.history import Filter, Payment
from pitturu.store.unit_of_work import UnitOfWork
from tests.store import rows

pytestmark = pytest.mark.usefixtures("tables")
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.fixture
def payments(tables: None) -> list[Payment]:
    """Five of hana's, newest first, two of them at the same time; one of minji's."""
    hours = [5, 4, 4, 2, 1]
    mine = [
        rows.payment(
            rows.session(), created_at=NOON + timedelta(hours=hour), status="cancelled" if hour == 4 else "paid"
        )
        for hour in hours
    ]
    rows.payment(rows.session("minji"))
    return sorted(mine, key=lambda payment: (payment.created_at, payment.id), reverse=True)


def test_every_row_appears_on_one_page(payments: list[Payment]) -> None:
    seen: list[Payment] = []
    before = None
    while page := history.page("hana", Filter(before=before), 2):
        seen += page
        before = (page[-1].created_at, page[-1].id)
    assert seen == payments


def test_filtered_by_status_and_time(payments: list[Payment]) -> None:
    assert history.page("hana", Filter(status="cancelled"), 9) == payments[1:3]
    assert history.page("hana", Filter(since=NOON + timedelta(hours=4)), 9) == payments[:3]
    assert history.page("hana", Filter(until=NOON + timedelta(hours=4)), 9) == payments[3:]


def test_the_payment_id_of_a_session() -> None:
    """The accepted one, else the newest, else none."""
    session = rows.session()
    assert history.public_id_of(session.id) is None
    older = rows.payment(session, verdict=None, created_at=NOON)
    newer = rows.payment(session, verdict="duplicate", created_at=NOON + timedelta(hours=1))
    assert history.public_id_of(session.id) == newer.payment_id
    accepted = rows.payment(session, created_at=NOON - timedelta(hours=1))
    assert history.public_id_of(session.id) == accepted.payment_id
    assert history.of_session(session.id) == [accepted, older, newer]
    assert UnitOfWork().payments_of(session.id) == {row.imp_uid: row for row in (older, newer, accepted)}
    assert history.by_public_id(older.payment_id) is older


def test_the_remaining_amount_of_a_payment() -> None:
    payment = rows.payment(rows.session(), cancelled_amount=500)
    assert (payment.amount, payment.remaining, payment.accepted) == (2_000, 1_500, True)
