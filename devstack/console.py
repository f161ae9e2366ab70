"""The output of `make run`: lines of all child processes, each with the name of its process."""

import os
import sys
import threading
from typing import TextIO

OURS = "pitturu"
WIDTH = 10
COLOURS = ("36", "33", "35", "32", "34", "31")
"""ANSI colours, in the order in which names appear."""


class Console:
    """Writes whole lines from any thread; colour only on a terminal, and never when NO_COLOR is set."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stdout
        self._colourful = self._stream.isatty() and "NO_COLOR" not in os.environ
        self._names: list[str] = []
        self._one_at_a_time = threading.Lock()

    def line(self, name: str, text: str) -> None:
        """Write one line of the process `name`."""
        with self._one_at_a_time:
            self._stream.write(f"{self._label(name)} {text}\n")
            self._stream.flush()

    def say(self, text: str) -> None:
        """Write a message of our own, line by line."""
        for line in text.splitlines():
            self.line(OURS, line)

    def _label(self, name: str) -> str:
        label = f"{name:<{WIDTH}}|"
        if not self._colourful:
            return label
        if name not in self._names:
            self._names.append(name)
        return f"\x1b[{COLOURS[self._names.index(name) % len(COLOURS)]}m{label}\x1b[0m"
