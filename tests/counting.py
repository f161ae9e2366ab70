"""How far the counters of this process move, which all tests share."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from pitturu import instruments


@dataclass
class Counted:
    """`moved` is how far a sample moved, once the block has ended."""

    moved: float = 0


def value(name: str, **labels: str) -> float:
    """The present value of a sample; 0 without one."""
    return instruments.REGISTRY.get_sample_value(name, labels) or 0


@contextmanager
def counted(name: str, **labels: str) -> Iterator[Counted]:
    """How far this sample moves within the block."""
    found, before = Counted(), value(name, **labels)
    yield found
    found.moved = value(name, **labels) - before


def series() -> int:
    """How many samples this process has."""
    return sum(len(family.samples) for family in instruments.REGISTRY.collect())
