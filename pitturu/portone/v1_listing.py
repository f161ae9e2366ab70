"""PortOne V1's list of payments as one list by cursor.

V1 lists 90 days at a time, in numbered pages that shift under whoever reads them: a payment that is cancelled while we
read is filed under another day, and all that follow move up by one. So a cursor remembers how many payments there
were, and where it finds fewer, the page before is read again: a payment told twice is harmless, one left out is not.
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
"""Seconds that one list may cover, its first and its last one included."""

MOST_STEPS_BACK: Final = 20
"""Of one list. A list that shrinks more often is not read by anybody's patience; what is missed is asked one by one."""

_CURSOR: Final = re.compile(r"(\d{1,11})-(\d{1,6})-(\d{1,9})-(\d{1,3})")


@dataclass(frozen=True)
class Place:
    """The next page to read: page `number` of the list that starts at `start`, of which `total` were told so far."""

    start: int
    number: int = 1
    total: int = 0
    back: int = 0

    @property
    def cursor(self) -> str:
        """As text."""
        return f"{self.start}-{self.number}-{self.total}-{self.back}"

    def end(self, page: Page) -> int:
        """The last second of this list: the window's, unless it is too wide for one list."""
        return min(math.ceil(page.until.timestamp()) - 1, self.start + SPAN - 1)

    def call(self, page: Page) -> Call:
        """The request for this page."""
        return v1_calls.listing(self.start, max(self.end(page), self.start), self.number, page.size)

    def step_back(self) -> "Place | None":
        """The page before; None when there is none, or when it was tried often enough."""
        if self.number == 1 or self.back >= MOST_STEPS_BACK:
            return None
        return replace(self, number=self.number - 1, back=self.back + 1)

    def after(self, page: Page, total: int) -> "Place | None":
        """What to read after this page, of a list that has `total` payments now; None when all is read."""
        shrunk = self.step_back() if total < self.total else None
        if shrunk is not None:
            return replace(shrunk, total=total)
        if self.number * page.size < total:
            return replace(self, number=self.number + 1, total=total)
        following = Place(self.end(page) + 1)
        return following if following.start < page.until.timestamp() else None


def place(page: Page) -> Place:
    """Where this page begins."""
    found = _CURSOR.fullmatch(page.cursor)
    if found is None:
        return Place(math.floor(page.since.timestamp()))
    return Place(*map(int, found.groups()))


def read(answer: object) -> tuple[Payments, int]:
    """The payments of a page, and how many the whole list has. Raises Unreadable."""
    total = record(answer, "page").get("total")
    if isinstance(total, bool) or not isinstance(total, int) or total < 0:
        raise Unreadable("total")
    return read_page(answer), total
