"""How other processes learn what was committed."""

from typing import Protocol


class Publisher(Protocol):
    """Tells other processes what was committed. It never raises: the rows are the promise, this is only a hint."""

    def wake(self, job: str) -> None:
        """A row of this kind is due."""

    def changed(self, session_id: str) -> None:
        """Whoever polls this session can stop waiting."""

    def insist(self, job: str, times: int) -> None:
        """Rows of this kind have been due for a while: wake so many workers whatever was sent before."""

    def acting(self, job: str) -> None:
        """A worker looks for due rows now: what is committed from now on needs another wake-up."""
