"""The names of the files of the build. `make storefront` writes the manifest."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

STATIC: Final = Path(__file__).parent / "static"


@dataclass(frozen=True)
class Manifest:
    """`pages` maps each page to its bundle; every name contains a hash of the content. Hashes are SHA-256."""

    pages: dict[str, str]
    css: str
    fonts: str
    icon: str
    sources: dict[str, str]
    outputs: dict[str, str]


@cache
def manifest() -> Manifest:
    """The manifest of the files in `STATIC`, read once."""
    return Manifest(**json.loads((STATIC / "manifest.json").read_text()))
