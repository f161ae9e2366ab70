"""A sheet of pictures of pages, each in two languages, light and dark, on a phone and on a computer."""

import html
import itertools
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Final, NamedTuple

from tests.browser.visitor import Visitor

SHEET: Final = Path(__file__).resolve().parents[2] / ".pitturu" / "shots"
"""Where `make shots` writes them."""

TAKEN: Final = "SCREENSHOTS" in os.environ


class Look(NamedTuple):
    """How a page is looked at."""

    korean: bool
    dark: bool
    phone: bool

    def __str__(self) -> str:
        parts = "ko" if self.korean else "en", "dark" if self.dark else "light", "phone" if self.phone else "desk"
        return "-".join(parts)


LOOKS: Final = [Look(*look) for look in itertools.product((True, False), (False, True), (False, True))]


def take(sheet: str, visitor: Visitor, name: str, look: Look, *, full: bool = True) -> None:
    """Write a picture of the page as it is now. Not `full` is only what is on the screen: for what is fixed to it."""
    visitor.page.evaluate("document.fonts.ready.then(() => null)")
    visitor.page.screenshot(path=SHEET / sheet / f"{name}-{look}.png", full_page=full, animations="disabled")


def write(sheet: str, names: Iterable[str]) -> None:
    """The page with all pictures, before they are taken: `console.html` or `shop.html`."""
    rows = [
        f"<h2>{html.escape(name)}</h2>"
        + "".join(f'<img src="{sheet}/{name}-{look}.png" alt="" loading="lazy">' for look in LOOKS)
        for name in names
    ]
    style = "<style>img{width:24%;vertical-align:top;border:1px solid #888;margin:2px}</style>"
    SHEET.mkdir(parents=True, exist_ok=True)
    (SHEET / f"{sheet}.html").write_text(f"<!doctype html><title>{sheet}</title>{style}{''.join(rows)}")
