"""Refused cards: the words depend on the number, as the tests of public clients expect them of the live service."""

import pytest

from tests.portone_simulator.clients import SimulatorClient, refusal

UNKNOWN, WRONG = "유효하지않은 카드번호를 입력하셨습니다.", "거래거절 카드번호틀림"


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("4092-0230-1234-1234", WRONG),
        ("9446-0380-1234-1234", WRONG),
        ("3782822463100050", WRONG),
        ("1234-1234-1234-1234", UNKNOWN),
        ("1111-1111-1111-1111", UNKNOWN),
        ("1111-2222-3333-4444", UNKNOWN),
        ("4092", UNKNOWN),
        ("", UNKNOWN),
    ],
)
@pytest.mark.parametrize(
    ("path", "code", "beginning"),
    [
        ("/subscribe/payments/onetime", -1, "카드정보 인증에 실패하였습니다. "),
        ("/subscribe/payments/foreign", -1, "카드정보 인증에 실패하였습니다. "),
        ("/subscribe/customers/customer_1", -1, "카드정보 인증 및 빌키 발급에 실패하였습니다. "),
    ],
)
def test_the_words_about_a_number(
    simulator: SimulatorClient, path: str, code: int, beginning: str, number: str, words: str
) -> None:
    refused = refusal(simulator.call("POST", path, json={"card_number": number, "expiry": "2022-01"}))

    assert refused[0] == code
    assert refused[1].startswith(beginning)
    assert words in refused[1]


@pytest.mark.parametrize(
    ("card", "words"),
    [
        ({}, "등록된 고객정보가 없습니다."),
        ({"card_number": "9446-0380-1234-1234"}, "카드정보 확인에 실패하였습니다. [F113]거래거절 카드번호틀림"),
        ({"card_number": "1111-2222-3333-4444"}, UNKNOWN),
    ],
)
def test_a_schedule_needs_a_customer_or_a_card(simulator: SimulatorClient, card: dict[str, str], words: str) -> None:
    code, message = refusal(simulator.call("POST", "/subscribe/payments/schedule", json=card))

    assert code == 1
    assert words in message
