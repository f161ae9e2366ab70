"""The names of the files of the build. `make storefront` writes the manifest."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

STATIC: Final = Path(__file__).parent / "static"


@dataclass(frozen=True)
class Manifest:
    """`pages` maps each page to its bundle, `words` each language to its texts, `styles` each style sheet to its file.
    `preloads` are the files of the typeface that a kind of page needs at once, `slices` the style sheet of all others.

    Every name contains a hash of the content. Hashes are SHA-256.
    """

    pages: dict[str, str]
    words: dict[str, str]
    styles: dict[str, str]
    slices: str
    preloads: dict[str, list[str]]
    icon: str
    sources: dict[str, str]
    outputs: dict[str, str]


@cache
def manifest() -> Manifest:
    """The manifest of the files in `STATIC`, read once."""
    return Manifest(**json.loads((STATIC / "manifest.json").read_text()))


def style_of(page: str) -> str:
    """The file of a page's style sheet: the console has its own, all other pages share one."""
    return manifest().styles["console" if page == "console" else "pages"]


LIGHT: Final = ("shop", "item", "cart")
"""Pages whose first paint needs one small file of the typeface; they load the second one after it."""


def preloads_of(page: str) -> list[str]:
    """The files of the typeface that a page asks for before its style sheet names them."""
    return manifest().preloads["console" if page == "console" else "light" if page in LIGHT else "shop"]
