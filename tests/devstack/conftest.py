"""A directory for data that the account of an embedded server can access."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers import scratch_directory


@pytest.fixture(scope="module")
def directory() -> Iterator[Path]:
    """An empty directory. Not one of pytest, which only its owner may enter, for Postgres never runs as root."""
    with scratch_directory("embedded") as path:
        yield Path(path)
