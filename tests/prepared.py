"""The data of a whole system before its first start, made once in a run: an empty Postgres, all migrations and the demo
shop take as much time as everything else of a system needs to start. Every other system begins with a copy."""

import fcntl
import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests import servers


def fill(home: Path, postgres: Path, make: Callable[[], None]) -> None:
    """Fill both directories with what another system had there after `make`, or call that and keep what it made."""
    with _one_at_a_time() as place:
        finished = place / "finished"
        if finished.exists():
            _copy(finished / "home", home)
            _copy(finished / "postgres", postgres)
            return
        make()
        with tempfile.TemporaryDirectory(dir=place, ignore_cleanup_errors=True) as unfinished:
            _copy(home, Path(unfinished, "home"))
            _copy(postgres, Path(unfinished, "postgres"))
            Path(unfinished).rename(finished)


@contextmanager
def _one_at_a_time() -> Iterator[Path]:
    """The directory of the run, for one process at a time; the kernel lets the next one in when a process ends."""
    place = Path(servers.directory_of_the_run())
    with (place / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield place


def _copy(source: Path, target: Path) -> None:
    """Copy a directory with its owners: Postgres refuses data of another account."""
    target.mkdir(exist_ok=True)
    subprocess.run(["cp", "-a", f"{source}{os.sep}.", target], check=True)
