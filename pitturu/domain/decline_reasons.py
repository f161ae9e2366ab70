"""Why a payment was declined, as one of a few reasons that can be counted.

PortOne passes on the words of the PG or the card company, and no source lists them: what matches no pattern is OTHER.
"""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class DeclineReason(StrEnum):
    """The reasons that are counted."""

    LEFT_BY_BUYER = "left_by_buyer"
    BALANCE_TOO_LOW = "balance_too_low"
    LIMIT_EXCEEDED = "limit_exceeded"
    CARD_INVALID = "card_invalid"
    CARD_BLOCKED = "card_blocked"
    NOT_AUTHENTICATED = "not_authenticated"
    STOPPED_BY_SHOP = "stopped_by_shop"
    TIMED_OUT = "timed_out"
    OTHER = "other"


_PATTERNS: Final[Mapping[DeclineReason, re.Pattern[str]]] = {
    DeclineReason.TIMED_OUT: re.compile(r"시간\s?(?:초과|만료|경과)|timed?.?out|session expired"),
    DeclineReason.STOPPED_BY_SHOP: re.compile(r"고객사 요청|가맹점 요청|confirm.?process"),
    DeclineReason.LEFT_BY_BUYER: re.compile(
        r"결제포기|(?:결제|사용자|고객).{0,12}(?:취소|중단)"
        r"|pay_process_canceled|user.?cancel|(?:closed|cancelled) by user"
    ),
    DeclineReason.NOT_AUTHENTICATED: re.compile(r"비밀번호|인증|본인|cvc|authenticat|password"),
    DeclineReason.BALANCE_TOO_LOW: re.compile(r"잔액|잔고|insufficient|balance"),
    DeclineReason.LIMIT_EXCEEDED: re.compile(r"한도|초과|limit"),
    DeclineReason.CARD_BLOCKED: re.compile(r"정지|도난|분실|사고|거래\s?불가|suspended|stolen|lost card|blocked"),
    DeclineReason.CARD_INVALID: re.compile(r"유효\s?기간|카드\s?번호|만료|유효하지|expired|invalid card|card number"),
}
"""The first pattern that is found decides: a time that is exceeded is no limit that is exceeded."""


def decline_reason(words: str | None) -> DeclineReason:
    """The reason in PortOne's words (V1 `fail_reason`, V2 `pgMessage` or `reason`), upper and lower case alike."""
    text = (words or "").lower()
    return next((reason for reason, pattern in _PATTERNS.items() if pattern.search(text)), DeclineReason.OTHER)
