"""A lock file for a directory: one process at a time, released by the kernel when its holder ends."""

import fcntl
import os
import time
from pathlib import Path

from devstack.errors import StartError


class Lock:
    """An flock on a file. The kernel releases it when the last process that holds the open file has ended.

    A server started with `fileno()` in its `pass_fds` holds it too. So the holder of the lock knows that neither a
    supervisor nor a left-over server uses the directory, whatever stale pid files say.
    """

    def __init__(self, path: Path, owner: str) -> None:
        self._path = path
        self._owner = owner
        self._file: int | None = None

    def acquire(self, timeout: float = 0) -> None:
        """Acquire the lock, waiting up to `timeout` seconds for its holder to end. Raises StartError if it stays
        locked."""
        file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        deadline = time.monotonic() + timeout
        while not _try_lock(file):
            if time.monotonic() > deadline:
                holder = os.pread(file, 32, 0).decode(errors="replace").strip() or "unknown"
                os.close(file)
                raise StartError(
                    f"{self._path.parent} is in use by another {self._owner}, which process {holder} started. "
                    "Stop that one, or choose another directory with PITTURU_HOME."
                )
            time.sleep(0.05)
        os.ftruncate(file, 0)
        os.pwrite(file, f"{os.getpid()}\n".encode(), 0)
        self._file = file

    def fileno(self) -> int:
        """The descriptor to pass to a server that has to hold the lock as well."""
        if self._file is None:
            raise ValueError("the lock is not held")
        return self._file

    def release(self) -> None:
        """Release the lock; does nothing if it is not held."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


def _try_lock(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
