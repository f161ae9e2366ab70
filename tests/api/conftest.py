"""What tests of the doors share."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    """For requests that wait, and for what happens during another one."""
    with ThreadPoolExecutor(4) as pool:
        yield pool
