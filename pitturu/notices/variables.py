"""The variables of templates: every value is one line of text for people, in the language of the notice."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Final
from urllib.parse import quote

from pitturu.domain import clock
from pitturu.domain.banks import bank_name
from pitturu.domain.languages import Language, and_more
from pitturu.domain.notices import ABOUT_ACCOUNT, ORDER_NUMBERS, NoticeKind, plain_name
from pitturu.domain.provider import PayMethod
from pitturu.domain.text import UNFIT
from pitturu.notices.facts import NoticeFacts, Refund

_DAYS: Final = "월화수목금토일"
_ENGLISH_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS: Final = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October")
_ENGLISH_MONTHS: Final = (*_MONTHS, "November", "December")

_METHODS: Final[Mapping[str, tuple[str, str]]] = {
    PayMethod.CARD: ("카드", "card"),
    PayMethod.KAKAOPAY: ("카카오페이", "KakaoPay"),
    PayMethod.TRANS: ("계좌이체", "bank transfer"),
    PayMethod.VBANK: ("가상계좌", "virtual account"),
    PayMethod.PHONE: ("휴대폰", "mobile phone"),
}
"""Korean and English."""

_BACK_TO: Final[Mapping[str, tuple[str, str]]] = {
    PayMethod.CARD: ("결제하신 카드", "the card you paid with"),
    PayMethod.KAKAOPAY: ("결제하신 카카오페이", "KakaoPay, as you paid"),
    PayMethod.TRANS: ("이체하신 계좌", "the account you paid from"),
    PayMethod.PHONE: ("결제하신 휴대폰 요금", "your mobile phone bill"),
}
_BACK: Final = ("결제하신 수단", "the way you paid")

_ACCOUNT: Final = ("bank", "account_number", "account_holder", "deadline")


def variables(facts: NoticeFacts, shop_name: str, order_url: str) -> dict[str, str]:
    """All variables of a notice of this kind; a value that is unknown is "". Nothing that a buyer typed can be an
    address or a link."""
    korean = facts.language == Language.KO
    values = {
        "kind": facts.kind.value,
        "language": facts.language,
        "shop_name": shop_name,
        "order_number": facts.order_number,
        "reference": facts.reference or "",
        "item_name": facts.item_name + and_more(facts.language, facts.line_count - 1),
        "amount": _won(facts.amount, korean),
        "order_url": address(order_url, facts),
        "buyer_name": plain_name(facts.buyer_name),
    }
    if facts.kind in ABOUT_ACCOUNT:
        values |= _account(facts, korean)
    elif facts.kind is NoticeKind.PAID:
        values["paid_at"] = _time(facts.paid_at, korean)
        values["pay_method"] = _word(_METHODS.get(facts.pay_method, ("", "")), korean)
    elif facts.refund is not None:
        values |= _refund(facts, facts.refund, korean)
    return {name: UNFIT.sub(" ", value).strip() for name, value in values.items()}


def address(template: str, facts: NoticeFacts) -> str:
    """The page of the order; "" where the setting names a number that this order does not have."""
    found = {name: getattr(facts, name) or "" for name in ORDER_NUMBERS}
    if any(f"{{{name}}}" in template and not value for name, value in found.items()):
        return ""
    return re.sub(r"\{(\w+)\}", lambda match: quote(found[match[1]], safe=""), template)


def _account(facts: NoticeFacts, korean: bool) -> dict[str, str]:
    account = facts.account
    if account is None:
        return dict.fromkeys(_ACCOUNT, "")
    bank = account.bank_name or bank_name(account.bank_code)
    texts = plain_name(bank), plain_name(account.number), plain_name(account.holder), _time(account.due_at, korean)
    return dict(zip(_ACCOUNT, texts, strict=True))


def _refund(facts: NoticeFacts, refund: Refund, korean: bool) -> dict[str, str]:
    place = _word(_BACK_TO.get(facts.pay_method, _BACK), korean)
    if refund.account is not None:
        place = f"{bank_name(refund.account.bank)} {refund.account.number}"
    return {
        "refund_amount": _won(refund.amount, korean),
        "remaining_amount": _won(refund.remaining, korean) if refund.remaining else "",
        "refund_to": place,
        "refunded_at": _time(refund.at, korean),
        "extra_payment": "" if refund.paid_order else "yes",
    }


def _won(amount: int, korean: bool) -> str:
    return f"{amount:,}원" if korean else f"KRW {amount:,}"


def _word(words: tuple[str, str], korean: bool) -> str:
    return words[0] if korean else words[1]


def _time(moment: datetime | None, korean: bool) -> str:
    """A time in Korea."""
    if moment is None:
        return ""
    at = moment.astimezone(clock.SEOUL)
    if korean:
        return f"{at.year}년 {at.month}월 {at.day}일({_DAYS[at.weekday()]}) {at:%H:%M}"
    day = f"{_ENGLISH_DAYS[at.weekday()]}, {at.day} {_ENGLISH_MONTHS[at.month - 1]} {at.year}"
    return f"{day}, {at:%H:%M} (Korea time)"
