"""A supervisor over small stand-ins, in a process of its own: `python -m tests.devstack.supervised NAME=CODE...`.

Each CODE is Python that runs as a child; a NAME that begins with `step` runs once. What it prints is what a person
would see.
"""

import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from devstack.console import Console
from devstack.program import Program, Step
from devstack.supervisor import Supervisor

ROOT = Path(__file__).resolve().parents[2]
HOPELESS = 60
"""Seconds after which a scenario is killed, so that a broken one fails instead of hanging."""
SERVE = "import signal; print('up', flush=True); signal.pause()"
POLITE = (
    "import signal, sys; signal.signal(signal.SIGTERM, lambda *_: (print('bye', flush=True), sys.exit(0)));"
    "print('up', flush=True); signal.pause()"
)
STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {SERVE}"


class Scene:
    """The lines of a running scene."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.lines: list[str] = []

    def until(self, *words: str) -> None:
        """Read on until each of `words` was in a line, in any order. Fails when the scene ends before."""
        missing = set(words)
        for line in self.process.stdout or []:
            self.lines.append(line.rstrip())
            missing = {each for each in missing if each not in line}
            if not missing:
                return
        raise AssertionError(f"{sorted(missing)} never came:\n" + "\n".join(self.lines))

    def end(self) -> int:
        """Read to the end; the exit status."""
        self.lines += [line.rstrip() for line in self.process.stdout or []]
        return self.process.wait()

    def where(self, words: str) -> int:
        """The number of the first line that holds `words`."""
        return next(number for number, line in enumerate(self.lines) if words in line)


@contextmanager
def scene(**children: str) -> Iterator[Scene]:
    """Start a supervisor over these children, by name."""
    words = [f"{name}={code}" for name, code in children.items()]
    command = [sys.executable, "-m", "tests.devstack.supervised", *words]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        guard = threading.Timer(HOPELESS, process.kill)
        guard.start()
        try:
            yield Scene(process)
        finally:
            guard.cancel()
            process.kill()


def main(words: Sequence[str]) -> int:
    """Run the supervisor until it is told to stop."""
    console = Console()
    children = []
    for word in words:
        name, _, code = word.partition("=")
        kind = Step if name.startswith("step") else Program
        children.append(kind(name, [sys.executable, "-c", code], {}, Path.cwd(), console))
    return Supervisor(children, console, lambda: True, "all is well", pause=0.01).run()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
