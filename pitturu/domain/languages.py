"""The languages of payment windows, and which of them a buyer gets.

Source: PortOne's guides to PGs. Those that only Paymentwall's window speaks are left out.
"""

from collections.abc import Collection
from enum import StrEnum
from typing import Final


class Language(StrEnum):
    """A language of a window, as in BCP 47. The words of V1 and V2 are in the modules of their checkouts."""

    KO = "ko"
    EN = "en"
    ZH_CN = "zh-CN"
    ZH_TW = "zh-TW"
    JA = "ja"
    RU = "ru"
    TH = "th"
    VI = "vi"
    ID = "id"
    FR = "fr"
    NL = "nl"
    ES = "es"
    PT = "pt"
    DE = "de"
    IT = "it"
    PL = "pl"
    AR = "ar"


_TRADITIONAL: Final = frozenset({"tw", "hk", "mo", "hant"})
"""Regions and the script of traditional Chinese."""

_BY_NAME: Final = {language.partition("-")[0]: language for language in reversed(Language)} | {"jp": Language.JA}
"""By the first part of a tag. `jp` is V1's word for Japanese."""


def language_of(tag: str) -> Language | None:
    """The language of a tag like `en`, `en-US` or V2's `EN_US`; None for one that no window knows."""
    name, *rest = tag.strip().lower().replace("_", "-").split("-")
    language = _BY_NAME.get(name)
    if language is Language.ZH_CN and _TRADITIONAL & set(rest):
        return Language.ZH_TW
    return language


def shown_in(wanted: str | None, spoken: Collection[str]) -> Language:
    """The language of a window that speaks these: what the buyer wants, else English, else Korean.

    Without a wish it is Korean, which every window speaks.
    """
    for language in (wanted or Language.KO, Language.EN):
        if language in spoken:
            return Language(language)
    return Language.KO


def and_more(language: str, more: int) -> str:
    """What follows the name of the first item: that there are so many more lines; "" if there are none."""
    if not more:
        return ""
    return f" 외 {more}건" if language == Language.KO else f" and {more} more"
