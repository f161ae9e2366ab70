"""A payment is accepted only if amount, currency, order and channel are as expected."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from pitturu.domain.decision.attempts import compare
from pitturu.domain.provider import ProviderPayment, ProviderStatus
from pitturu.domain.verdict import Environment, Verdict
from tests.domain.decision.orders import order

EXPECTED = order(order_id="ord1", amount=15_400, currency="KRW")
PAID = ProviderPayment(
    provider_id="imp_763870411022",
    order_id="ord1",
    status=ProviderStatus.PAID,
    word="paid",
    amount=15_400,
    cancelled_amount=0,
    currency="KRW",
    sandbox=False,
    paid_at=datetime(2026, 11, 23, tzinfo=UTC),
)


def test_a_matching_payment_is_accepted() -> None:
    assert compare(EXPECTED, Environment.LIVE, PAID) is Verdict.ACCEPTED


@pytest.mark.parametrize(
    ("change", "verdict"),
    [
        ({"amount": 15_399}, Verdict.AMOUNT_DIFFERS),
        ({"amount": 15_401}, Verdict.AMOUNT_DIFFERS),
        ({"currency": "USD"}, Verdict.CURRENCY_DIFFERS),
        ({"order_id": "ord2"}, Verdict.ORDER_DIFFERS),
        ({"sandbox": True}, Verdict.CHANNEL_DIFFERS),
        ({"sandbox": True, "amount": 1}, Verdict.CHANNEL_DIFFERS),
    ],
)
def test_the_difference_is_the_verdict(change: dict[str, object], verdict: Verdict) -> None:
    assert compare(EXPECTED, Environment.LIVE, replace(PAID, **change)) is verdict


def test_a_test_installation_accepts_no_live_payment() -> None:
    assert compare(EXPECTED, Environment.TEST, PAID) is Verdict.CHANNEL_DIFFERS
    assert compare(EXPECTED, Environment.TEST, replace(PAID, sandbox=True)) is Verdict.ACCEPTED
