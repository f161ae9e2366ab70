"""What one answer about several orders settles, and what it must not."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

import pytest

from pitturu.domain.batch import Question, Settled, Several
from pitturu.domain.decision.batch import settled, unasked
from pitturu.domain.provider import ProviderCancellation, ProviderPayment, ProviderStatus, VirtualAccount
from pitturu.domain.verdict import Environment

AT: Final = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
A, B = Question("order-a", 1000, "KRW"), Question("order-b", 1000, "KRW")
PAID = ProviderPayment("imp_a", "order-a", ProviderStatus.PAID, "paid", 1000, 0, "KRW", False, paid_at=AT)
OPENED = replace(PAID, provider_id="imp_0", status=ProviderStatus.READY, word="ready", paid_at=None)
DECLINED = replace(OPENED, provider_id="imp_1", status=ProviderStatus.FAILED, word="failed")
ACCOUNT = VirtualAccount("088", "신한은행", "56211900012345", "", AT)


def of(*shown: ProviderPayment, question: Question = A, unclear: tuple[str, ...] = ()) -> ProviderPayment | None:
    """The payment that settles order A, if this answer says so."""
    found = settled([question, B], Several(shown, frozenset(unclear)), Environment.LIVE)
    assert found.keys() <= {"order-a"}
    return found["order-a"].payment if found else None


@pytest.mark.parametrize("others", [(), (OPENED,), (DECLINED, OPENED)])
def test_the_payment_of_all_money_settles_its_order(others: tuple[ProviderPayment, ...]) -> None:
    assert of(*others, PAID) == of(PAID, *others) == PAID


@pytest.mark.parametrize(
    "shown",
    [
        (),
        (OPENED,),
        (DECLINED,),
        (replace(PAID, status=ProviderStatus.READY, paid_at=None, virtual_account=ACCOUNT),),
        (replace(PAID, amount=900),),
        (replace(PAID, amount=1100),),
        (replace(PAID, currency="USD"),),
        (replace(PAID, sandbox=True),),
        (replace(PAID, paid_at=None),),
        (replace(PAID, cancelled_amount=1),),
        (replace(PAID, status=ProviderStatus.CANCELLED, cancelled_amount=1000),),
        (replace(PAID, status=ProviderStatus.UNKNOWN),),
        (replace(PAID, cancellations=(ProviderCancellation("c", 1, "", AT),)),),
        (PAID, replace(PAID, provider_id="imp_2")),
        (PAID, replace(PAID, provider_id="imp_2", amount=900)),
        (PAID, replace(DECLINED, status=ProviderStatus.CANCELLED)),
        (PAID, replace(DECLINED, status=ProviderStatus.UNKNOWN)),
        (PAID, replace(OPENED, virtual_account=ACCOUNT)),
        (PAID, PAID),
    ],
)
def test_everything_else_is_asked_about_alone(shown: tuple[ProviderPayment, ...]) -> None:
    assert of(*shown) is None


def test_a_payment_under_two_order_numbers_settles_neither() -> None:
    assert of(PAID, replace(PAID, order_id="order-b")) is None


def test_a_payment_of_another_order_settles_that_order_only() -> None:
    answer = Several((replace(PAID, order_id="order-b"),))
    assert settled([A, B], answer, Environment.LIVE) == {"order-b": Settled(answer.shown[0])}


def test_an_entry_that_cannot_be_read_makes_its_order_unclear() -> None:
    assert of(PAID, unclear=("order-a",)) is None
    assert of(PAID, unclear=("order-b", "")) == PAID


@pytest.mark.parametrize(("provider_id", "settles"), [("imp_a", True), ("imp_9", False)])
def test_a_question_about_one_attempt(provider_id: str, settles: bool) -> None:
    assert (of(PAID, question=A._replace(provider_id=provider_id)) == PAID) is settles


def test_test_payments_are_for_tests() -> None:
    paid = replace(PAID, sandbox=True)
    assert settled([A], Several((paid,)), Environment.TEST) == {"order-a": Settled(paid)}


def test_payments_that_were_not_asked_about() -> None:
    stranger = replace(PAID, order_id="order-c")
    assert unasked([A, B], Several((PAID, stranger))) == (stranger,)
    assert settled([A], Several((stranger,)), Environment.LIVE) == {}
