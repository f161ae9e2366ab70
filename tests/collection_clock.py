"""Nothing that is made while tests are collected may depend on the time. A pytest plugin; tests/conftest.py names it.

Parametrize lists, decorators, default arguments and module constants are evaluated once, at collection. A signature, a
token or a deadline made there is as old as the run when its test comes, which takes minutes on a slow machine: what
should be valid has expired, and what should be in the future has become valid. Therefore, during collection,

- the clock of the project (`pitturu.domain.clock`) refuses to be read, and names the rule;
- every other clock of this process is one hour late, as if collection had been an hour before the first test.

Always on, for it costs nothing; each process of pytest-xdist collects for itself and does the same. Servers and other
processes keep their time: collection talks to none of them. What tests/conftest.py imports is loaded before any plugin.
"""

from collections.abc import Generator
from datetime import timedelta
from typing import NoReturn

import pytest
import time_machine

from pitturu.domain import clock

EARLIER = timedelta(hours=1)
"""Longer than an access token, a signature or a session lives, and than any run of the tests takes."""


class ReadAtCollection(Exception):
    """The clock was read where its answer is old before a test uses it."""


def refuse() -> NoReturn:
    """What the clock of the project answers during collection."""
    raise ReadAtCollection(
        "The clock was read while tests were collected. Give the test what it needs to make this value itself, "
        "for example a function or its arguments, or make it in a fixture."
    )


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection() -> Generator[None, object, object]:
    """Collect an hour ago."""
    source: clock.Source = refuse
    clock.use(source)
    try:
        with time_machine.travel(-EARLIER):
            return (yield)
    finally:
        clock.use(None)
