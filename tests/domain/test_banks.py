"""Bank codes as each PG expects them."""

import pytest

from pitturu.domain.banks import BANKS, BankNotSupported, refund_bank


@pytest.mark.parametrize(
    ("pg", "bank", "expected"),
    [
        ("html5_inicis", "088", "88"),
        ("kcp", "088", "BK88"),
        ("tosspayments", "088", "088"),
        ("danal", "004", "004"),
        ("daou", "088", "10"),
        ("daou", "004", "04"),
        ("unknown_pg", "088", "088"),
    ],
)
def test_code_of_a_bank_at_a_pg(pg: str, bank: str, expected: str) -> None:
    assert refund_bank(pg, bank) == expected


@pytest.mark.parametrize(("pg", "bank"), [("html5_inicis", "999"), ("daou", "092"), ("kcp", ""), ("kcp", "88")])
def test_an_unknown_bank_is_refused_before_anything_is_sent(pg: str, bank: str) -> None:
    with pytest.raises(BankNotSupported):
        refund_bank(pg, bank)


def test_codes_are_three_digits() -> None:
    assert all(len(code) == 3 and code.isdigit() for code in BANKS)
