"""Keeps a list of children running, and stops them in order."""

import signal
import time
from collections.abc import Callable, Sequence
from types import FrameType

from devstack.console import Console
from devstack.errors import StartError
from devstack.program import Program
from devstack.server import Server

Child = Program | Server
"""What the supervisor runs."""

TICK = 0.2
"""Seconds between two checks of the children."""
QUICK = 10.0
"""Seconds. A child that ends sooner after its start counts as a quick failure; a longer life resets the count."""
MAX_QUICK_FAILURES = 5
"""After this many quick failures in a row everything stops."""
READY_WITHIN = 90.0
"""Seconds from the start of the last child until the system must answer."""


class Watch:
    """One child, and when to restart it after its end."""

    def __init__(self, child: Child, console: Console, pause: float) -> None:
        self.child = child
        self._console = console
        self._pause = pause
        self._started_at = 0.0
        self._quick_failures = 0
        self._start_again_at: float | None = None

    def start(self) -> None:
        """Start the child. Raises StartError."""
        self._started_at = time.monotonic()
        self._start_again_at = None
        self.child.start()

    def look(self) -> None:
        """Detect the end of the child; restart it after its pause. Raises StartError after too many quick failures."""
        if self._start_again_at is None:
            if (status := self.child.exited()) is not None:
                self._handle_end(f"ended with exit status {status}")
        elif time.monotonic() >= self._start_again_at:
            try:
                self.start()
            except StartError as error:
                self._console.say(str(error))
                self._handle_end("could not be started again")

    def _handle_end(self, what: str) -> None:
        now = time.monotonic()
        self._quick_failures = self._quick_failures + 1 if now - self._started_at < QUICK else 1
        if self._quick_failures >= MAX_QUICK_FAILURES:
            raise StartError(
                f"{self.child.name} {what}, for the {MAX_QUICK_FAILURES}th time in a row, so everything stops. Its"
                f" last lines:\n{self.child.last_lines()}\nCorrect what they name and start again."
            )
        pause = self._pause * 2 ** (self._quick_failures - 1)
        self._start_again_at = now + pause
        self._console.say(f"{self.child.name} {what}; starting it again in {pause:g} s")


class Supervisor:
    """Starts `children` in order, keeps them alive until a signal, and stops them in the opposite order.

    `ready` is polled until it returns True, then `announcement` is shown. A child that ended is restarted after `pause`
    seconds, doubled for every quick failure in a row.
    """

    def __init__(
        self,
        children: Sequence[Child],
        console: Console,
        ready: Callable[[], bool],
        announcement: str,
        pause: float = 1.0,
    ) -> None:
        self._watches = [Watch(child, console, pause) for child in children]
        self._console = console
        self._ready = ready
        self._announcement = announcement
        self._stopping = False
        """A plain flag: the lock inside a threading.Event could be held by the code that the signal interrupts."""

    def run(self) -> int:
        """Run until SIGINT, SIGTERM or SIGHUP. Returns 0, or 1 when a child cannot run, or 130 after a second SIGINT.

        The process is expected to end then: the signal handlers stay.
        """
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._receive_signal)
        try:
            return self._live()
        except KeyboardInterrupt:
            for watch in reversed(self._watches):
                watch.child.kill()
            return 130

    def _live(self) -> int:
        started: list[Watch] = []
        try:
            for watch in self._watches:
                if self._stopping:
                    break
                started.append(watch)
                watch.start()
            self._keep_alive()
        except StartError as error:
            self._console.say(str(error))
            return 1
        finally:
            self._stopping = True
            self._console.say("stopping everything; Ctrl-C once more does it at once")
            for watch in reversed(started):
                watch.child.stop()
        self._console.say("stopped")
        return 0

    def _keep_alive(self) -> None:
        announced = False
        deadline = time.monotonic() + READY_WITHIN
        while not self._stopping:
            time.sleep(TICK)
            for watch in self._watches:
                watch.look()
            if not announced and (announced := self._ready()):
                self._console.say(self._announcement)
            if not announced and time.monotonic() > deadline:
                raise StartError(f"The system did not answer within {READY_WITHIN:.0f} seconds; see the lines above.")

    def _receive_signal(self, number: int, frame: FrameType | None) -> None:
        """The first signal requests an orderly shutdown; a second Ctrl-C an immediate one."""
        if self._stopping and number == signal.SIGINT:
            raise KeyboardInterrupt
        self._stopping = True
