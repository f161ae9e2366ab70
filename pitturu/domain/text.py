"""What one line of text may hold."""

import re
from typing import Final

UNFIT: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
"""Control characters and line breaks, which make a line look like two, and what Postgres cannot store."""


def printable(text: str) -> str:
    """The text as a terminal may show it: whatever is not printable is a question mark."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)
