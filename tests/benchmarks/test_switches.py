"""Every mechanism that can be switched off for a measurement is still where the switch looks for it."""

import pytest

from benchmarks.mechanisms.__main__ import FIGURES
from benchmarks.mechanisms.switches import SWITCHES


@pytest.mark.parametrize("name", SWITCHES)
def test_what_a_switch_replaces_exists(name: str) -> None:
    replaced = SWITCHES[name]()

    assert replaced
    assert [attribute for owner, attribute, _ in replaced if not hasattr(owner, attribute)] == []


def test_every_mechanism_is_measured() -> None:
    assert {name for names in FIGURES.values() for name in names} == set(SWITCHES)
