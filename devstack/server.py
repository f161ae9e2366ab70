"""The common parts of the embedded Postgres and Valkey."""

import secrets
import signal
import subprocess
import time
from abc import ABC, abstractmethod
from pathlib import Path
from typing import ClassVar, Self

from devstack.account import Account
from devstack.errors import StartError
from devstack.lock import Lock
from devstack.ports import free_port
from devstack.processes import end, kill_family, spawn

START_WITHIN = 60.0
"""Seconds. Crash recovery on a slow disk takes long; a normal start takes less than one."""
STOP_WITHIN = 30.0
"""Seconds. Longer than a final checkpoint; afterwards the server is killed, which loses no data."""
LOCK_WITHIN = 10.0
"""Seconds until a left-over server of a killed run has ended itself."""
ENVIRONMENT = {"LC_ALL": "C", "PATH": "/usr/bin:/bin"}
"""Our environment is not passed to the servers; their messages are always English."""
PAUSE = 0.05
"""Seconds between two polls of a starting server."""


class Server(ABC):
    """One server on the loopback address, with its data, password, lock and log in one directory.

    A context manager: entering starts, leaving stops. The port and the password stay the same over restarts.
    """

    name: ClassVar[str]
    stop_signal: ClassVar[signal.Signals] = signal.SIGTERM

    def __init__(self, directory: Path | str, port: int | None = None, account: Account | None = None) -> None:
        self.directory = Path(directory).resolve()
        self.port = port or free_port()
        self._account = account
        self._lock = Lock(self.directory / "lock", self.name)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    @abstractmethod
    def url(self) -> str:
        """Where clients connect to, password included."""

    @abstractmethod
    def _command(self) -> list[str | Path]:
        """The server's command line; prepares its data directory first."""

    @abstractmethod
    def _answers(self) -> bool:
        """Whether the server accepts requests."""

    def start(self) -> None:
        """Start and wait until the server answers; does nothing if it runs.

        Raises StartError with the end of the server's log when it cannot, or when the directory is in use.
        """
        if self._process is not None and self._process.poll() is None:
            return
        self._make_directory()
        self._lock.release()  # Ours; left-over processes of a dead server may still hold theirs.
        self._lock.acquire(LOCK_WITHIN)
        try:
            self._log.write_bytes(b"")
            process = self._process = self._spawn(self._command())
            self._wait_until_it_answers(process)
        except BaseException:
            self.kill()
            raise

    def _wait_until_it_answers(self, process: subprocess.Popen[bytes]) -> None:
        """Raises StartError when the server ends first or does not answer in time."""
        deadline = time.monotonic() + START_WITHIN
        while not self._answers():
            if time.monotonic() > deadline:
                raise self._failure(f"did not answer within {START_WITHIN:.0f} seconds")
            try:
                status = process.wait(PAUSE)
            except subprocess.TimeoutExpired:
                continue
            raise self._failure(f"ended while starting (exit status {status})")

    def _run(self, command: list[str | Path]) -> None:
        """Run a helper of the server, as the server's account. Raises StartError when it fails."""
        self._process = self._spawn(command)
        if (status := self._process.wait()) != 0:
            raise self._failure(f"could not be prepared ({Path(command[0]).name} gave {status})")

    def _spawn(self, command: list[str | Path]) -> subprocess.Popen[bytes]:
        with self._log.open("ab") as log:
            return spawn(
                command,
                output=log,
                directory=self.directory,
                env=ENVIRONMENT,
                account=self._account,
                last_signal=self.stop_signal,
                keep=[self._lock.fileno()],
            )

    def stop(self) -> None:
        """Stop the server after its running requests; does nothing if it does not run."""
        if self._process is not None:
            end(self._process, self.stop_signal, STOP_WITHIN)
        self._lock.release()

    def kill(self) -> None:
        """SIGKILL the server with all its processes, as in a crash, and wait until none of them is left."""
        if self._process is None:
            return
        kill_family(self._process)
        self._lock.release()
        self._lock.acquire(LOCK_WITHIN)
        self._lock.release()

    def restart(self) -> None:
        """Stop the server if it runs, and start it on the same port."""
        self.stop()
        self.start()

    def exited(self) -> int | None:
        """The exit status of a server that ended, or None while it runs or was never started."""
        return None if self._process is None else self._process.poll()

    def last_lines(self, count: int = 15) -> str:
        """The end of the log since the last start."""
        if not self._log.exists():
            return ""
        return "\n".join(self._log.read_text(errors="replace").splitlines()[-count:])

    @property
    def _log(self) -> Path:
        return self.directory / "log"

    def _make_directory(self) -> None:
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)

    def _failure(self, why: str) -> StartError:
        return StartError(f"{self.name} {why}. The end of its log, {self._log}:\n{self.last_lines()}")

    def _password(self) -> str:
        """Generated once, so that other accounts on this machine cannot use the server."""
        path = self.directory / "password"
        self._make_directory()
        if not path.exists():
            path.touch(mode=0o600)
        if not (password := path.read_text()):
            password = secrets.token_urlsafe(24)
            path.write_text(password)
        return password

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
