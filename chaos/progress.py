"""The progress bar of a run; plain lines without a terminal."""

import sys
import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

SAY_EVERY = 10.0
"""Seconds between two lines without a terminal."""


class Progress:
    """`show(phase, done, total)` may be called at any rate."""

    def __init__(self) -> None:
        columns = TextColumn("{task.description:<24}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
        self._bar = Bar(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty(), transient=True)
        self._task = self._bar.add_task("starting", total=None)
        self._said = ("", 0.0)

    def show(self, phase: str, done: int, total: int) -> None:
        """Show the progress; a total of 0 means that it is unknown."""
        self._bar.update(self._task, description=phase, completed=done, total=total or None)
        before, at = self._said
        if self._bar.disable and (phase != before or time.monotonic() - at > SAY_EVERY):
            self._said = (phase, time.monotonic())
            print(f"{phase}: {done}" + (f" of {total}" if total else ""), file=sys.stderr, flush=True)

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()
