"""Commands as children of the supervisor: long-running ones, and those that run once."""

import signal
import subprocess
import threading
from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

from devstack.console import Console
from devstack.errors import StartError
from devstack.processes import end, kill_family, spawn

REMEMBERED_LINES = 20
STOP_WITHIN = 25.0
"""Seconds. Longer than the web server's own shutdown timeout. Interrupted work is continued after the next start."""


class Program:
    """A command that runs until it is stopped."""

    def __init__(
        self, name: str, command: Sequence[str], env: Mapping[str, str], directory: Path, console: Console
    ) -> None:
        self.name = name
        self._command = command
        self._env = env
        self._directory = directory
        self._console = console
        self._said: deque[str] = deque(maxlen=REMEMBERED_LINES)
        self._process: subprocess.Popen[bytes] | None = None
        self._reader: threading.Thread | None = None

    def start(self) -> None:
        """Start the command; its output appears on the console."""
        self._said.clear()
        process = spawn(self._command, output=subprocess.PIPE, directory=self._directory, env=self._env)
        self._reader = threading.Thread(target=self._read, args=[process.stdout], daemon=True)
        self._reader.start()
        self._process = process

    def exited(self) -> int | None:
        """The exit status, negative for a signal, or None while it runs or before it was started."""
        return self._process.poll() if self._process else None

    def stop(self) -> None:
        """SIGTERM, then SIGKILL after a timeout."""
        if self._process:
            end(self._process, signal.SIGTERM, STOP_WITHIN)
            self._finish_reading()

    def kill(self) -> None:
        """SIGKILL it with all its processes."""
        if self._process:
            kill_family(self._process)

    def last_lines(self) -> str:
        """The last lines of its output."""
        self._finish_reading()
        return "\n".join(self._said)

    def _read(self, output: IO[bytes]) -> None:
        with output:
            for raw in output:
                line = raw.decode(errors="replace").rstrip()
                self._said.append(line)
                self._console.line(self.name, line)

    def _finish_reading(self) -> None:
        """Wait for the rest of the output, but not for a grandchild that holds the pipe open."""
        if self._reader:
            self._reader.join(1)


class Step(Program):
    """A command that runs once, to its end, before the next child starts."""

    def start(self) -> None:
        """Run the command. Raises StartError with its last lines when it fails."""
        super().start()
        status = self._process.wait() if self._process else 0
        if status != 0:
            raise StartError(f"{self.name} failed (exit status {status}). Its last lines:\n{self.last_lines()}")

    def exited(self) -> None:
        """Always None: its end is expected."""
