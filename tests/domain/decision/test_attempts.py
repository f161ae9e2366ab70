"""What is kept of an attempt: brought up to date, never made older."""

import pytest

from pitturu.domain.decision import KnownPayment
from pitturu.domain.decision.attempts import known_from, save_attempt
from pitturu.domain.decision.draft import Draft
from pitturu.domain.provider import ProviderStatus
from tests.domain.decision.orders import (
    CANCELLED,
    FAILED,
    IN_TIME,
    LATE,
    PAID,
    READY,
    UNKNOWN,
    account,
    attempt,
    facts,
)


def saved(draft: Draft, status: ProviderStatus, **changes: object) -> KnownPayment | None:
    """What is known of the attempt after this answer; None when the answer says nothing to keep."""
    shown = attempt(status=status, **changes)
    payment = known_from(draft.facts, shown, LATE)
    if payment is None:
        return None
    save_attempt(draft, payment, shown)
    return draft.payment("imp_a")


@pytest.fixture
def draft() -> Draft:
    return Draft(facts())


@pytest.mark.parametrize("status", [READY, UNKNOWN])
def test_an_open_window_is_not_kept(draft: Draft, status: ProviderStatus) -> None:
    assert saved(draft, status) is None
    assert draft.effects == []


@pytest.mark.parametrize(
    ("status", "changes", "shown"),
    [
        (PAID, {}, "paid"),
        (READY, {"virtual_account": account()}, "awaiting_deposit"),
        (FAILED, {}, "failed"),
        (CANCELLED, {"paid_at": None}, "cancelled"),
    ],
)
def test_what_the_buyer_reads(draft: Draft, status: ProviderStatus, changes: dict[str, object], shown: str) -> None:
    payment = saved(draft, status, **changes)
    assert payment is not None
    assert payment.status == shown


def test_the_amount_of_an_account_may_change_until_the_deposit(draft: Draft) -> None:
    saved(draft, READY, virtual_account=account(), amount=1_500)
    saved(draft, READY, virtual_account=account(), amount=1_600)
    paid = saved(draft, PAID, amount=1_700, paid_at=IN_TIME)
    assert paid is not None
    assert paid.amount == 1_700
    again = saved(draft, PAID, amount=9_999)
    assert again is not None
    assert again.amount == 1_700, "what was charged does not change any more"


def test_an_older_answer_changes_nothing(draft: Draft) -> None:
    saved(draft, PAID, paid_at=IN_TIME, receipt_url="https://receipt.example/1")
    assert saved(draft, FAILED, fail_reason="old") is None
    known = saved(draft, PAID, paid_at=LATE, receipt_url="")
    assert known is not None
    assert (known.paid_at, known.receipt_url, known.fail_reason) == (IN_TIME, "https://receipt.example/1", None)


def test_the_same_answer_twice_is_saved_once(draft: Draft) -> None:
    saved(draft, PAID)
    saved(draft, PAID)
    assert len(draft.effects) == 1


def test_foreign_text_fits_its_column(draft: Draft) -> None:
    long = "x" * 2_000
    payment = saved(draft, FAILED, word=long, fail_reason=long, pay_method=long, pg_provider=long, currency=long)
    assert payment is not None
    lengths = [len(text or "") for text in (payment.provider_status, payment.fail_reason, payment.method)]
    assert [*lengths, len(payment.pg_provider), len(payment.currency)] == [50, 500, 50, 50, 10]
