"""Korean banks by their three-digit KFTC code, how each PG wants `refund_bank` spelled, and their names in V2.

Source: PortOne's list of bank codes by PG (V1). PGs absent here, and every PG behind V2, take the three digits of any
bank.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

from pitturu.domain import inicis


class Bank(NamedTuple):
    """`v2_name` is what V2's schema calls it. PortOne does not document which code each of those names means."""

    name: str
    v2_name: str


BANKS: Final[Mapping[str, Bank]] = {
    "002": Bank("산업은행", "KDB"),
    "003": Bank("기업은행", "IBK"),
    "004": Bank("국민은행", "KOOKMIN"),
    "007": Bank("수협은행", "SUHYUP"),
    "011": Bank("농협은행", "NONGHYUP"),
    "012": Bank("지역농축협", "LOCAL_NONGHYUP"),
    "020": Bank("우리은행", "WOORI"),
    "023": Bank("SC제일은행", "STANDARD_CHARTERED"),
    "027": Bank("씨티은행", "CITI"),
    "031": Bank("iM뱅크(대구)", "DAEGU"),
    "032": Bank("부산은행", "BUSAN"),
    "034": Bank("광주은행", "KWANGJU"),
    "035": Bank("제주은행", "JEJU"),
    "037": Bank("전북은행", "JEONBUK"),
    "039": Bank("경남은행", "KYONGNAM"),
    "045": Bank("새마을금고", "KFCC"),
    "048": Bank("신협", "SHINHYUP"),
    "071": Bank("우체국", "POST"),
    "081": Bank("하나은행", "HANA"),
    "088": Bank("신한은행", "SHINHAN"),
    "089": Bank("케이뱅크", "K_BANK"),
    "090": Bank("카카오뱅크", "KAKAO"),
    "092": Bank("토스뱅크", "TOSS"),
}

_BK_PREFIX: Final = frozenset({"kcp", "kcp_billing", "kcp_quick"})
_ALL_BUT_JEJU: Final = frozenset(BANKS) - {"035"}
_SOME_BANKS: Final[Mapping[str, frozenset[str]]] = {
    **dict.fromkeys((*inicis.CODES, *_BK_PREFIX), _ALL_BUT_JEJU),
    **dict.fromkeys(("tosspayments", "danal", "nice", "kicc", "smartro", "settle"), _ALL_BUT_JEJU),
    "nice_v2": frozenset({"003", "004", "011", "020", "023", "031", "032", "034", "071", "081", "088", "089"}),
    "welcome": frozenset({"003", "004", "007", "020", "031", "032", "034", "037", "039", "081", "088", "089"}),
}
_DAOU: Final[Mapping[str, str]] = {
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


class BankNotSupported(ValueError):
    """This PG cannot refund to that bank; the buyer has to name another account."""


def bank_name(code: str) -> str:
    """The bank's name for people; the code itself where it is unknown."""
    return BANKS[code].name if code in BANKS else code


def refund_bank(pg_provider: str, bank: str) -> str:
    """The PG's own spelling of a KFTC code. Raises BankNotSupported."""
    if bank not in _SOME_BANKS.get(pg_provider, BANKS):
        raise BankNotSupported(bank)
    if pg_provider in inicis.CODES:
        return bank[1:]
    if pg_provider in _BK_PREFIX:
        return "BK" + bank[1:]
    if pg_provider == "daou":
        if bank not in _DAOU:
            raise BankNotSupported(bank)
        return _DAOU[bank]
    return bank
