"""What an item of the catalogue may hold, and the kinds of changes of its stock."""

import re
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

SKU: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
"""The shop's own number of an item, in characters that need no quoting in a URL, a file name or a spreadsheet."""

LONGEST_SKU: Final = 64
LONGEST_NAME: Final = 255
LONGEST_DESCRIPTION: Final = 2_000
LONGEST_IMAGE_URL: Final = 500
LONGEST_REASON: Final = 200

MOST_STOCK: Final = 1_000_000_000
"""Pieces. Whatever open sessions return to it still fits the 32-bit column."""

_OWN_IMAGE: Final = re.compile(r"/assets/[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*\.[a-z0-9]{1,5}")
_PRINTABLE: Final = re.compile(r"[!-~]+")


class StockLineKind(StrEnum):
    """Why the pieces of an item became more or fewer. SALE and RETURN belong to a session, the others to a person."""

    INITIAL = "initial"
    SALE = "sale"
    RETURN = "return"
    CORRECTION = "correction"


def image_problem(value: str) -> str | None:
    """What is wrong with the address of an item's picture; None for a valid one.

    It is shown by browsers of buyers: https, or a file of this storefront. Anything else could run script, track buyers
    on the way, or read a page of theirs.
    """
    if len(value) > LONGEST_IMAGE_URL:
        return f"It must be at most {LONGEST_IMAGE_URL} characters long."
    if value.startswith("/"):
        own = _OWN_IMAGE.fullmatch(value) is not None
        return None if own else "A path must name a file of this storefront, like /assets/items/coffee.svg."
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "This is not a URL."
    if not _PRINTABLE.fullmatch(value) or "\\" in value or not host:
        return "This is not a URL. Encode special characters as %XX."
    if not value.startswith("https://"):
        return "It must begin with https://, or be a path of this storefront (/assets/…)."
    return "It must not hold a user name or password." if "@" in parts.netloc else None
