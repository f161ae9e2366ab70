"""What a shop asks its buyers to agree to before they pay, and what a buyer agreed to.

A text has a version, which is the hash of all that the buyer sees of it. A buyer agrees to a version, so a text that
was changed in between is shown again, and what is stored says which words were agreed to.
"""

import hashlib
import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Final
from urllib.parse import urlsplit

MOST: Final = 10
LONGEST_ID: Final = 40
LONGEST_TEXT: Final = 300
LONGEST_URL: Final = 500

_ID: Final = re.compile(rf"[a-z0-9][a-z0-9_-]{{0,{LONGEST_ID - 1}}}")
_FIELDS: Final = {"id", "required", "text", "url"}
_UNFIT: Final = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True)
class Consent:
    """One text with a box to tick, in Korean and English; `url` leads to all of it, and may be empty."""

    id: str
    required: bool
    ko: str
    en: str
    url: str

    @cached_property
    def version(self) -> str:
        """SHA-256 of what the buyer sees, in hexadecimal."""
        seen = json.dumps([self.id, self.required, self.ko, self.en, self.url], ensure_ascii=False)
        return hashlib.sha256(seen.encode()).hexdigest()

    @property
    def text(self) -> dict[str, str]:
        """By language."""
        return {"ko": self.ko, "en": self.en}


class NotAgreed(Exception):
    """Required consents that are missing, or others than the shop asks for now."""

    def __init__(self, missing: Sequence[str], unknown: Sequence[str]) -> None:
        super().__init__(*missing, *unknown)
        self.missing, self.unknown = missing, unknown


def parse(text: str) -> tuple[Consent, ...]:
    """The consents of a setting: a JSON list. Raises ValueError, which says what is wrong with which of them."""
    try:
        listed = json.loads(text) if text.strip() else []
    except (ValueError, RecursionError) as error:
        raise ValueError(f"write a JSON list ({str(error)[:100]})") from error
    if not isinstance(listed, list) or len(listed) > MOST:
        raise ValueError(f"write a JSON list of up to {MOST} consents")
    found = tuple(_consent(one, place) for place, one in enumerate(listed, 1))
    if len({consent.id for consent in found}) < len(found):
        raise ValueError("every consent needs an id of its own")
    return found


def agreed(
    asked: Sequence[Consent], given: Collection[tuple[str, str]], at: datetime, language: str, *, enforced: bool
) -> list[dict[str, str]] | None:
    """What is stored with the order: the texts that were agreed to, in the language in which the buyer saw them.

    `given` are ids with versions; None if the shop asks for nothing. Raises NotAgreed for a version that is not asked
    for, and if `enforced` for a required one that is missing.
    """
    known = {(consent.id, consent.version) for consent in asked}
    unknown = sorted({name for name, version in given if (name, version) not in known})
    missing = [consent.id for consent in asked if consent.required and (consent.id, consent.version) not in given]
    if unknown or (enforced and missing):
        raise NotAgreed(missing if enforced else (), unknown)
    if not asked:
        return None
    return [
        {
            "id": consent.id,
            "version": consent.version,
            "text": consent.text.get(language, consent.en),
            "agreed_at": at.isoformat(),
        }
        for consent in asked
        if (consent.id, consent.version) in given
    ]


def _consent(one: Any, place: int) -> Consent:
    if not isinstance(one, Mapping) or not {"id", "text"} <= one.keys() <= _FIELDS:
        raise ValueError(f"consent {place} needs id and text, and may have required and url")
    name, text, url, required = one["id"], one["text"], one.get("url", ""), one.get("required", False)
    if not isinstance(name, str) or not _ID.fullmatch(name):
        raise ValueError(f"the id of consent {place} is {LONGEST_ID} lower-case letters, digits, - or _ at most")
    if not isinstance(required, bool):
        raise ValueError(f"required of consent {place} is true or false")
    if not isinstance(text, Mapping) or text.keys() != {"ko", "en"} or not all(map(_is_text, text.values())):
        raise ValueError(f"the text of consent {place} has ko and en, each of 1 to {LONGEST_TEXT} characters")
    if url != "" and not _is_address(url):
        raise ValueError(f"the url of consent {place} begins with https:// or /")
    return Consent(name, required, text["ko"], text["en"], url)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and len(value.strip()) > 0 and len(value) <= LONGEST_TEXT and not _UNFIT.search(value)


def _is_address(url: Any) -> bool:
    """Whether it is a page of the web or of this origin: nothing that a browser runs."""
    if not isinstance(url, str) or len(url) > LONGEST_URL or not re.fullmatch(r"[!-~]+", url):
        return False
    if url.startswith("/"):
        return not url.startswith(("//", "/\\"))
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme == "https" and bool(parts.hostname)
