"""A row dressed for an answer."""

from typing import Any


class View:
    """A row with some values computed beside it, read as one object. What is computed hides the row's own."""

    def __init__(self, row: object, **computed: Any) -> None:
        self._row = row
        self.__dict__.update(computed)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._row, name)
