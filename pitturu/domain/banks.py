"""Korean banks by their three-digit KFTC code, how each PG wants `refund_bank` spelled, and their names in V2.

Source: PortOne's list of bank codes by PG (V1). PGs absent here take the three digits of any bank.
"""

from types import MappingProxyType
from typing import Final

BANKS: Final = MappingProxyType(
    {
        "002": "산업은행",
        "003": "기업은행",
        "004": "국민은행",
        "007": "수협은행",
        "011": "농협은행",
        "012": "지역농축협",
        "020": "우리은행",
        "023": "SC제일은행",
        "027": "씨티은행",
        "031": "iM뱅크(대구)",
        "032": "부산은행",
        "034": "광주은행",
        "035": "제주은행",
        "037": "전북은행",
        "039": "경남은행",
        "045": "새마을금고",
        "048": "신협",
        "071": "우체국",
        "081": "하나은행",
        "088": "신한은행",
        "089": "케이뱅크",
        "090": "카카오뱅크",
        "092": "토스뱅크",
    }
)

V2_NAMES: Final = MappingProxyType(
    {
        "002": "KDB",
        "003": "IBK",
        "004": "KOOKMIN",
        "007": "SUHYUP",
        "011": "NONGHYUP",
        "012": "LOCAL_NONGHYUP",
        "020": "WOORI",
        "023": "STANDARD_CHARTERED",
        "027": "CITI",
        "031": "DAEGU",
        "032": "BUSAN",
        "034": "KWANGJU",
        "035": "JEJU",
        "037": "JEONBUK",
        "039": "KYONGNAM",
        "045": "KFCC",
        "048": "SHINHYUP",
        "071": "POST",
        "081": "HANA",
        "088": "SHINHAN",
        "089": "K_BANK",
        "090": "KAKAO",
        "092": "TOSS",
    }
)
"""What V2's schema calls these banks. PortOne does not document which code each name means."""

_TWO_DIGITS: Final = frozenset({"html5_inicis", "inicis"})
_BK_PREFIX: Final = frozenset({"kcp", "kcp_billing", "kcp_quick"})
_SOME_BANKS: Final = MappingProxyType(
    {
        "nice_v2": frozenset({"003", "004", "011", "020", "023", "031", "032", "034", "071", "081", "088", "089"}),
        "welcome": frozenset({"003", "004", "007", "020", "031", "032", "034", "037", "039", "081", "088", "089"}),
    }
)
_DAOU: Final = MappingProxyType(
    {
        "004": "04",
        "023": "11",
        "003": "03",
        "011": "08",
        "032": "15",
        "088": "10",
        "020": "09",
        "071": "31",
        "081": "12",
    }
)


class BankNotSupported(ValueError):
    """This PG cannot refund to that bank; the buyer has to name another account."""


def refund_bank(pg_provider: str, bank: str) -> str:
    """The PG's own spelling of a KFTC code. Raises BankNotSupported."""
    if bank not in _SOME_BANKS.get(pg_provider, BANKS):
        raise BankNotSupported(bank)
    if pg_provider in _TWO_DIGITS:
        return bank[1:]
    if pg_provider in _BK_PREFIX:
        return "BK" + bank[1:]
    if pg_provider == "daou":
        if bank not in _DAOU:
            raise BankNotSupported(bank)
        return _DAOU[bank]
    return bank
