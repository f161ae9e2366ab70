"""Decline reasons: words of PGs as a few reasons."""

import pytest

from pitturu.domain.decline_reasons import DeclineReason, decline_reason


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("[결제포기] 사용자가 결제를 취소하셨습니다", DeclineReason.LEFT_BY_BUYER),
        ("[PAY_PROCESS_CANCELED] closed by user", DeclineReason.LEFT_BY_BUYER),
        ("고객사 요청에 의해 결제를 중단합니다. (상세사유 : 품절)", DeclineReason.STOPPED_BY_SHOP),
        ("[51] 잔액부족", DeclineReason.BALANCE_TOO_LOW),
        ("1일 사용한도초과", DeclineReason.LIMIT_EXCEEDED),
        ("유효기간 오류", DeclineReason.CARD_INVALID),
        ("거래정지 카드", DeclineReason.CARD_BLOCKED),
        ("비밀번호 오류 횟수 초과", DeclineReason.NOT_AUTHENTICATED),
        ("결제 시간 초과", DeclineReason.TIMED_OUT),
        ("Connection TIMED OUT", DeclineReason.TIMED_OUT),
        ("The payment was declined.", DeclineReason.OTHER),
        ("", DeclineReason.OTHER),
        (None, DeclineReason.OTHER),
    ],
)
def test_words_of_a_pg(words: str | None, reason: DeclineReason) -> None:
    assert decline_reason(words) is reason
