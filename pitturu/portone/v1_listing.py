"""PortOne V1's list of payments as one list with cursors.

V1 lists 90 days at a time, in numbered pages that shift while they are read: a payment that is cancelled meanwhile
moves to another day, and all that follow move up by one. So a cursor holds the total it last saw, and where the total
has shrunk, the previous page is read again: a payment listed twice is harmless, one left out is not.
"""

import math
import re
from dataclasses import dataclass, replace
from typing import Final

from pitturu.domain.provider_listing import Page, Payments
from pitturu.portone import v1_calls
from pitturu.portone.call import Call
from pitturu.portone.reading import Unreadable, record
from pitturu.portone.v1_parse import page as read_page

SPAN: Final = 90 * 86400
"""The longest period of one list in seconds, both ends inclusive."""

MOST_STEPS_BACK: Final = 20
"""How often one list may step back. A list that shrinks more often cannot be read completely; missed payments are
queried one by one."""

_CURSOR: Final = re.compile(r"(\d{1,11})-(\d{1,6})-(\d{1,9})-(\d{1,3})")


@dataclass(frozen=True)
class Place:
    """The next page to read: page `number` of the list that starts at `start`, whose last total was `total`."""

    start: int
    number: int = 1
    total: int = 0
    back: int = 0

    @property
    def cursor(self) -> str:
        """As text."""
        return f"{self.start}-{self.number}-{self.total}-{self.back}"

    def end(self, page: Page) -> int:
        """The last second of this list: the window's end, unless the window is too long for one list."""
        return min(math.ceil(page.until.timestamp()) - 1, self.start + SPAN - 1)

    def call(self, page: Page) -> Call:
        """The request for this page."""
        return v1_calls.listing(self.start, max(self.end(page), self.start), self.number, page.size)

    def step_back(self) -> "Place | None":
        """The previous page; None if there is none, or if the limit of steps is reached."""
        if self.number == 1 or self.back >= MOST_STEPS_BACK:
            return None
        return replace(self, number=self.number - 1, back=self.back + 1)

    def after(self, page: Page, total: int) -> "Place | None":
        """The page after this one, of a list that has `total` payments now; None at the end."""
        shrunk = self.step_back() if total < self.total else None
        if shrunk is not None:
            return replace(shrunk, total=total)
        if self.number * page.size < total:
            return replace(self, number=self.number + 1, total=total)
        following = Place(self.end(page) + 1)
        return following if following.start < page.until.timestamp() else None


def place(page: Page) -> Place:
    """The position at which this page begins."""
    found = _CURSOR.fullmatch(page.cursor)
    if found is None:
        return Place(math.floor(page.since.timestamp()))
    return Place(*map(int, found.groups()))


def read(answer: object) -> tuple[Payments, int]:
    """The payments of a page, and the total of the list. Raises Unreadable."""
    total = record(answer, "page").get("total")
    if isinstance(total, bool) or not isinstance(total, int) or total < 0:
        raise Unreadable("total")
    return read_page(answer), total
