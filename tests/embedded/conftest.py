"""A place for data that the account of an embedded server can reach."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def directory() -> Iterator[Path]:
    """An empty directory. Not one of pytest, which only its owner may enter, for Postgres never runs as root."""
    with tempfile.TemporaryDirectory(prefix="pitturu-") as path:
        yield Path(path)
