"""Which methods are offered follows from the shop's choice and its channels; PortOne's words become one name each."""

import pytest

from pitturu.domain.pay_methods import EASY_PAY, offered, smallest_amount, v1_method
from pitturu.domain.provider import PayMethod


@pytest.mark.parametrize(
    ("wanted", "channels", "expected"),
    [
        ((), {}, "card kakaopay trans vbank phone"),
        ((), {"payco": "c", "naverpay": "c"}, "card naverpay kakaopay payco trans vbank phone"),
        ((), {"naverpay": ""}, "card kakaopay trans vbank phone"),
        (("trans", "naverpay", "card"), {"naverpay": "c"}, "trans naverpay card"),
        (("trans", "naverpay"), {}, "trans"),
    ],
)
def test_what_is_offered(wanted: tuple[str, ...], channels: dict[str, str], expected: str) -> None:
    assert " ".join(offered(wanted, channels)) == expected


@pytest.mark.parametrize(
    ("word", "embedded", "expected"),
    [
        ("card", "", "card"),
        ("card", "naverpay", "naverpay"),
        ("card", "samsung", "samsungpay"),
        ("samsung", "", "samsungpay"),
        ("naverpay_point", "", "naverpay"),
        ("tosspay_money", "tosspay", "tosspay"),
        ("point", "newpay", "point"),
        ("", "", ""),
    ],
)
def test_one_name_for_each_easy_pay(word: str, embedded: str, expected: str) -> None:
    assert v1_method(word, embedded) == expected


def test_every_method_is_usual_or_an_easy_pay_with_an_own_channel() -> None:
    assert set(offered((), dict.fromkeys(EASY_PAY, "c"))) == set(PayMethod)
    assert (smallest_amount(PayMethod.NAVERPAY), smallest_amount(PayMethod.CARD)) == (10, 1)
