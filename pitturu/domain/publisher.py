"""How other processes are notified of what was committed."""

from typing import Protocol


class Publisher(Protocol):
    """Notifies other processes after a commit. It never raises: the rows are the promise, a wake-up is a hint."""

    def wake(self, job: str) -> None:
        """A row of this kind is due."""

    def changed(self, session_id: str) -> None:
        """This session changed: its long polls can return."""

    def wake_workers(self, job: str, count: int) -> None:
        """Rows of this kind have been due for a while: send `count` wake-ups, whatever was sent before."""

    def claiming(self, job: str) -> None:
        """A worker claims due rows now: rows that are committed later need another wake-up."""
