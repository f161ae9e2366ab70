"""What an operator types to find an order: the spellings and numbers that it may stand for."""

import re
import string
import unicodedata
from dataclasses import dataclass
from typing import Final

from pitturu.domain.errors import Unprocessable

SHORTEST: Final = 2
"""Characters. A Korean name has two or three; one would be the beginning of every tenth name."""

SHORTEST_NUMBER: Final = 4
"""Digits of a telephone. People name the last four."""

LONGEST_NUMBER: Final = 15
"""Digits of a telephone, by E.164."""

_LOWER: Final = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)
"""Only these, because the database folds the same ones in every locale."""

_NO_DIGIT: Final = re.compile("[^0-9]")
_TRUNK: Final = re.compile("(820?|0)(?=.{8})")
"""Korea's country code, or the zero before an area, of a whole number: it is written with either."""
_SURROGATES: Final = range(0xD800, 0xE000)


@dataclass(frozen=True)
class OrderQuery:
    """`text` is what was typed, without spaces around it. `beginnings` are what a name or an email in lower case may
    begin with. `number` are the last digits of a telephone, or all of it, backwards; "" if it cannot be one."""

    text: str
    beginnings: tuple[str, ...]
    number: str


def parse(typed: str) -> OrderQuery:
    """What was typed. Raises Unprocessable if it is too short to look for."""
    text = unicodedata.normalize("NFC", typed.strip())
    if len(text) < SHORTEST:
        complaint = f"Type at least {SHORTEST} characters of a name or email, {SHORTEST_NUMBER} digits, or a whole id."
        raise Unprocessable("search_too_short", complaint, {"q": [complaint]})
    # Names are stored as browsers send them: that of a Mac may send each syllable as two or three letters.
    spellings = (unicodedata.normalize(form, text.translate(_LOWER)) for form in ("NFC", "NFD"))
    return OrderQuery(text, tuple(dict.fromkeys(spellings)), _number(text))


def _number(text: str) -> str:
    """The digits of a telephone, backwards and without what comes before its area; nothing if there are letters."""
    plain = unicodedata.normalize("NFKC", text)
    digits = _NO_DIGIT.sub("", plain)
    if any(letter.isalpha() for letter in plain) or not SHORTEST_NUMBER <= len(digits) <= LONGEST_NUMBER:
        return ""
    return digits[trunk.end() :][::-1] if (trunk := _TRUNK.match(digits)) else digits[::-1]


_LAST: Final = chr(0x10FFFF)


def end_of(beginning: str) -> str:
    """The least text, by code points, that is greater than all texts of 255 characters with this beginning."""
    for place in range(len(beginning) - 1, -1, -1):
        following = ord(beginning[place]) + 1
        if following in _SURROGATES:
            following = _SURROGATES.stop
        if following <= ord(_LAST):
            return beginning[:place] + chr(following)
    return _LAST * 256
