"""What is remembered of an attempt: one row, brought up to date, never made older."""

from datetime import timedelta

import pytest

from pitturu.domain import clock
from pitturu.domain.provider import ProviderStatus
from pitturu.payments import payment_records
from pitturu.store import history
from pitturu.store.sessions import PaymentSession
from pitturu.store.unit_of_work import UnitOfWork
from tests.payments.provider_payments import ACCOUNT, CANCELLED, FAILED, PAID, READY, UNKNOWN, attempt
from tests.store import rows

pytestmark = pytest.mark.usefixtures("tables")


def remember(session: PaymentSession, status: ProviderStatus, **changes: object) -> history.Payment | None:
    """Write down one attempt."""
    return payment_records.remember(session, UnitOfWork().payments_of(session.id), attempt(session, status, **changes))


@pytest.mark.parametrize("status", [READY, UNKNOWN])
def test_an_open_window_is_not_worth_a_row(status: ProviderStatus) -> None:
    assert remember(rows.session(), status) is None


@pytest.mark.parametrize(
    ("status", "changes", "shown"),
    [
        (PAID, {}, "paid"),
        (READY, {"virtual_account": ACCOUNT}, "awaiting_deposit"),
        (FAILED, {}, "failed"),
        (CANCELLED, {"paid_at": None}, "cancelled"),
    ],
)
def test_what_the_buyer_reads(status: ProviderStatus, changes: dict[str, object], shown: str) -> None:
    payment = remember(rows.session(), status, **changes)
    assert payment is not None
    assert payment.status == shown


def test_the_amount_of_an_account_may_change_until_the_deposit() -> None:
    session = rows.session()
    remember(session, READY, virtual_account=ACCOUNT, amount=1_500)
    remember(session, READY, virtual_account=ACCOUNT, amount=1_600)
    paid = remember(session, PAID, amount=1_700, paid_at=clock.now())
    assert paid is not None
    assert paid.amount == 1_700
    again = remember(session, PAID, amount=9_999)
    assert again is not None
    assert again.amount == 1_700, "what was charged does not change any more"


def test_an_older_answer_changes_nothing() -> None:
    session = rows.session()
    first = clock.now() - timedelta(minutes=1)
    remember(session, PAID, paid_at=first, receipt_url="https://receipt.example/1")
    assert remember(session, FAILED, fail_reason="old") is None
    known = remember(session, PAID, receipt_url="")
    assert known is not None
    assert (known.paid_at, known.receipt_url, known.fail_reason) == (first, "https://receipt.example/1", None)


def test_foreign_text_fits_its_column() -> None:
    long = "x" * 2_000
    payment = remember(
        rows.session(), FAILED, word=long, fail_reason=long, pay_method=long, pg_provider=long, currency=long
    )
    assert payment is not None
    lengths = [len(text or "") for text in (payment.provider_status, payment.fail_reason, payment.pay_method)]
    assert lengths == [50, 500, 50]
