"""A row together with values computed for its representation."""

from types import SimpleNamespace
from typing import Any


class Presenter:
    """A row with computed values beside it, read as one object. A computed value hides the row's own attribute.

    The values of a plain row, and those of another presenter with its row, are copied at once: that is cheaper than to
    look up each of them through the other object.
    """

    def __init__(self, row: object, **computed: Any) -> None:
        self._row = row
        if isinstance(row, SimpleNamespace | Presenter):
            self.__dict__.update(row.__dict__)
        self.__dict__.update(computed)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._row, name)
