"""Replaces all processes one after the other while buyers buy, as a deployment does, with a migration in between.

Nothing is killed: a web loads its code anew (SIGHUP), a worker and a beat end by SIGTERM and are started again. The
extra migration adds a column to the busiest table, and is taken back in the next round.
"""

import contextlib
import itertools
import shutil
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import psutil
import psycopg
from alembic.script import ScriptDirectory

from chaos.browser import DISCARDED, KEPT
from chaos.notes import Notes
from chaos.system import CHECKOUT, Process, System

PERMITTED: Final = frozenset({"RemoteDisconnected", "ConnectionResetError", "BrokenPipeError"})
"""On a connection that was used before: the server closed it between two requests, which HTTP allows at any time."""
FLASK_DB: Final = (sys.executable, "-m", "flask", "--app", "wsgi", "db")
WITHIN: Final = 120.0
"""Seconds for one process to be replaced."""
MIGRATION: Final = '''"""a column that nothing uses, to migrate while buyers buy"""

from alembic import op
import sqlalchemy as sa

revision = "rolling"
down_revision = "{head}"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("payment_sessions", sa.Column("rolling", sa.Integer(), server_default="0", nullable=False))


def downgrade():
    op.drop_column("payment_sessions", "rolling")
'''


class Rollout:
    """Rounds of release, webs, workers, beats until the buyers are done. Used from the main thread only, like Nemesis.

    `failures` are the reasons for which the run counts as failed.
    """

    def __init__(self, system: System, notes: Notes) -> None:
        self._system, self._notes = system, notes
        self._steps = self._rounds()
        self._finishing = False
        self._broken: list[str] = []
        self._replacing = ""

    def due(self, _begun: int) -> bool:
        """Never: replacements follow each other, whatever the buyers do."""
        return False

    def kill_next(self) -> None:
        """Nothing is killed."""

    def restart_due(self) -> None:
        """Continue the replacement in progress, or begin the next one."""
        for name, child in self._system.children.items():
            if child.exited() is not None and name != self._replacing:
                self._broken.append(f"{name} ended by itself with status {child.exited()}")
                child.start()
        next(self._steps, None)

    def restart_all(self) -> None:
        """Finish the replacement in progress."""
        self._finishing = True
        for _ in self._steps:
            time.sleep(0.1)

    def failures(self) -> list[str]:
        """Failed requests other than permitted, processes that ended by themselves, and too few replacements."""
        answers = self._notes.statuses.items()
        failed = [f"{count} answers: {name}" for name, count in sorted(answers) if is_failure(name)]
        counted = Counter(note["kind"] for note in self._notes.of("replaced"))
        few = [kind for kind in ("migration", "web", "worker", "beat") if not counted[kind]]
        too_few = [f"the buyers were done before one {kind} was replaced: use more --purchases" for kind in few]
        return self._broken + failed + too_few

    def _rounds(self) -> Iterator[None]:
        with TemporaryDirectory() as directory:
            _add_migration(Path(directory, "migrations"))
            for word in itertools.cycle(("upgrade", "downgrade")):
                for kind in ("migration", "web", "worker", "beat"):
                    for name in [word] if kind == "migration" else self._system.named(kind):
                        if self._finishing:
                            return
                        yield from self._replace(kind, name, directory)
                        self._notes.add("replaced", kind=kind, who=name)

    def _replace(self, kind: str, name: str, directory: str) -> Iterator[None]:
        if kind == "migration":
            yield from self._migrate(name, directory)
        elif kind == "web":
            yield from self._reload(self._child(name))
        else:
            yield from self._restart(name, self._child(name))

    def _migrate(self, word: str, directory: str) -> Iterator[None]:
        step = self._system.command(f"{word}", [*FLASK_DB, word, "--directory", f"{directory}/migrations"])
        step.start()
        yield from self._until(lambda: step.exited() is not None, f"flask db {word} to end")
        if step.exited() != 0:
            self._broken.append(f"flask db {word} failed: {step.last_lines()}")

    def _reload(self, web: Process) -> Iterator[None]:
        """Until none of the old workers is left, and as many new ones."""
        old = _workers(web)
        web.send(signal.SIGHUP)

        def is_replaced() -> bool:
            present = _workers(web)
            return not present & old and len(present) >= len(old)

        yield from self._until(is_replaced, "the web to replace its workers")

    def _restart(self, name: str, child: Process) -> Iterator[None]:
        """Until the new process has reported itself."""
        self._replacing = name
        child.send(signal.SIGTERM)
        yield from self._until(lambda: child.exited() is not None, f"{name} to end")
        if child.exited() != 0:
            self._broken.append(f"{name} ended with status {child.exited()} after SIGTERM")
        child.start()
        self._replacing = ""
        yield from self._until(lambda: _has_reported(self._system.database, child.pid), f"{name} to report itself")

    def _child(self, name: str) -> Process:
        child = self._system.children[name]
        assert isinstance(child, Process)
        return child

    def _until(self, condition: Callable[[], bool], what: str) -> Iterator[None]:
        deadline = time.monotonic() + WITHIN
        while not condition():
            if time.monotonic() > deadline:
                self._broken.append(f"waited {WITHIN:g} s for {what}")
                return
            yield


def is_failure(answer: str) -> bool:
    """Whether a buyer's request failed in a way that a replacement must not cause: a 5xx, or an error of the connection
    other than permitted."""
    if answer.isdigit():
        return answer.startswith("5")
    return answer != DISCARDED and not (answer.endswith(KEPT) and answer.removesuffix(KEPT) in PERMITTED)


def _workers(web: Process) -> set[int]:
    """Process ids of gunicorn's workers, which have the command line of their master; the trial of a reload has not."""
    master, found = psutil.Process(web.pid).cmdline(), set()
    for process in web.processes():
        with contextlib.suppress(psutil.NoSuchProcess):
            if process.cmdline() == master:
                found.add(process.pid)
    return found


def _add_migration(directory: Path) -> None:
    shutil.copytree(CHECKOUT / "migrations", directory)
    head = ScriptDirectory(str(directory)).get_current_head()
    (directory / "versions" / "rolling.py").write_text(MIGRATION.format(head=head))


def _has_reported(database: str, process: int) -> bool:
    with psycopg.connect(database, connect_timeout=5) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM heartbeats")]
    return any(name.endswith(f":{process}") for name in names)
