"""A row together with values computed for its representation."""

from typing import Any


class Presenter:
    """A row with computed values beside it, read as one object. A computed value hides the row's own attribute."""

    def __init__(self, row: object, **computed: Any) -> None:
        self._row = row
        self.__dict__.update(computed)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._row, name)
