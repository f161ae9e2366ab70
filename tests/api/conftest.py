"""Fixtures of the API's tests."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    """For waiting requests, and for events during another request."""
    with ThreadPoolExecutor(4) as pool:
        yield pool
