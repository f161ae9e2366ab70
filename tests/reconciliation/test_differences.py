"""Differences between our row and PortOne's answer: our row is behind, or ahead without a newer change."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pitturu.domain.provider import ProviderEvent, ProviderPayment, ProviderStatus, VirtualAccount
from pitturu.reconciliation import differences
from pitturu.store.history import Payment
from pitturu.store.reconciliation_ours import Ours
from pitturu.store.reconciliations import Kind

ASKED = datetime(2026, 11, 26, 4, tzinfo=UTC)
BEFORE, AFTER = ASKED - timedelta(hours=1), ASKED + timedelta(seconds=1)
ACCOUNT = VirtualAccount("088", "신한은행", "110123456789", "피뚜루", None)

THEIRS = ProviderPayment("imp_1", "ord1", ProviderStatus.PAID, "paid", 10_000, 0, "KRW", False, "card", paid_at=BEFORE)
READY = replace(THEIRS, status=ProviderStatus.READY, paid_at=None)


ALL = [Kind.AMOUNT, Kind.CANCELLED_AMOUNT, Kind.METHOD]


def ours(cancelled_at: datetime | None = None, **changes: Any) -> Ours:
    """Our row of a paid payment."""
    values = {"amount": 10_000, "cancelled_amount": 0, "status": "paid", "pay_method": "card", "paid_at": BEFORE}
    return Ours(Payment(**(values | changes)), cancelled_at, {"known"})


def kinds(mine: Ours | None, theirs: ProviderPayment) -> list[Kind]:
    return [one.kind for one in differences.between(mine, theirs, ASKED)]


@pytest.mark.parametrize(
    ("mine", "theirs", "found"),
    [
        (ours(), THEIRS, []),
        (None, THEIRS, [Kind.MISSING_HERE]),
        (None, replace(READY, virtual_account=ACCOUNT), [Kind.MISSING_HERE]),
        (None, READY, []),
        (None, replace(READY, status=ProviderStatus.FAILED), []),
        (ours(paid_at=None, status="awaiting_deposit"), THEIRS, [Kind.STATUS]),
        (ours(paid_at=None, status="failed"), THEIRS, [Kind.STATUS]),
        (ours(paid_at=None, status="awaiting_deposit"), replace(READY, status=ProviderStatus.FAILED), [Kind.STATUS]),
        (ours(paid_at=None, status="awaiting_deposit"), replace(READY, virtual_account=ACCOUNT), []),
        (ours(), READY, [Kind.STATUS]),
        (ours(paid_at=AFTER), READY, []),
        (ours(amount=9_000), THEIRS, [Kind.AMOUNT]),
        (ours(), replace(THEIRS, cancelled_amount=1), [Kind.CANCELLED_AMOUNT]),
        (ours(BEFORE, cancelled_amount=1), THEIRS, [Kind.CANCELLED_AMOUNT]),
        (ours(AFTER, cancelled_amount=1), THEIRS, []),
        (ours(AFTER, cancelled_amount=1), replace(THEIRS, cancelled_amount=2), [Kind.CANCELLED_AMOUNT]),
        (ours(), replace(THEIRS, pay_method="trans"), [Kind.METHOD]),
        (ours(), replace(THEIRS, pay_method=""), []),
        (ours(amount=9_000), replace(THEIRS, pay_method="trans", cancelled_amount=1), ALL),
    ],
)
def test_differences_from_a_listed_payment(mine: Ours | None, theirs: ProviderPayment, found: list[Kind]) -> None:
    assert kinds(mine, theirs) == found


def event(amount: int, cancellation_id: str = "") -> ProviderEvent:
    return ProviderEvent("imp_1", "ord1", amount, BEFORE, cancellation_id)


@pytest.mark.parametrize(
    ("mine", "moved", "found"),
    [
        (ours(), event(10_000), None),
        (None, event(10_000), (Kind.MISSING_HERE, "paid", 10_000)),
        (None, event(-400, "c1"), (Kind.MISSING_HERE, "paid", 0)),
        (ours(paid_at=None, status="failed"), event(10_000), (Kind.MISSING_HERE, "paid", 10_000)),
        (ours(), event(-400, "known"), None),
        (ours(cancelled_amount=300), event(-400, "c1"), (Kind.CANCELLED_AMOUNT, "700", 400)),
    ],
)
def test_differences_from_an_event(
    mine: Ours | None, moved: ProviderEvent, found: tuple[Kind, str, int] | None
) -> None:
    one = differences.with_event(mine, moved)

    assert (one and (one.kind, one.theirs, one.amount)) == found


@pytest.mark.parametrize(
    ("kind", "before", "theirs", "mine", "healed"),
    [
        (Kind.MISSING_HERE, "", "paid", None, False),
        (Kind.MISSING_HERE, "", "paid", ours(), True),
        (Kind.MISSING_HERE, "", "paid", ours(paid_at=None), False),
        (Kind.MISSING_HERE, "", "ready", ours(paid_at=None, status="awaiting_deposit"), True),
        (Kind.STATUS, "failed", "paid", ours(), True),
        (Kind.STATUS, "failed", "paid", ours(paid_at=None), False),
        (Kind.STATUS, "awaiting_deposit", "failed", ours(paid_at=None, status="failed"), True),
        (Kind.STATUS, "awaiting_deposit", "failed", ours(paid_at=None, status="awaiting_deposit"), False),
        (Kind.STATUS, "paid", "ready", ours(), False),
        (Kind.AMOUNT, "9000", "10000", ours(), True),
        (Kind.AMOUNT, "9000", "10000", ours(amount=9_000), False),
        (Kind.CANCELLED_AMOUNT, "0", "400", ours(cancelled_amount=400), True),
        (Kind.CANCELLED_AMOUNT, "0", "400", ours(cancelled_amount=500), True),
        (Kind.CANCELLED_AMOUNT, "0", "400", ours(), False),
        (Kind.CANCELLED_AMOUNT, "400", "0", ours(cancelled_amount=400), False),
        (Kind.METHOD, "card", "trans", ours(), False),
        (Kind.MISSING_THERE, "paid", "", ours(), False),
    ],
)
def test_whether_a_difference_is_resolved(
    kind: Kind, before: str, theirs: str, mine: Ours | None, healed: bool
) -> None:
    assert differences.agrees(kind, before, theirs, mine) is healed
