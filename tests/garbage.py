"""The garbage collector leaves alone what stays for the whole run. A pytest plugin; tests/conftest.py names it.

Imports and collection make some hundred megabytes that live to the end. The collector would look through it
over and over, a good second of each process. What the tests make themselves is collected as ever.
"""

import gc
from collections.abc import Generator

import pytest

gc.disable()
"""Until everything is collected; nothing that is made before becomes garbage."""


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection() -> Generator[None, object, object]:
    """Collect tests, then set apart all that is there. The first process of xdist comes here too."""
    try:
        return (yield)
    finally:
        gc.enable()
        gc.freeze()
