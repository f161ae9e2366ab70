"""Child processes that end with this process."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

import psutil

from devstack.account import Account

PARENT_WATCH = Path(__file__).with_name("parent_watch.py")


def spawn(
    command: Sequence[str | Path],
    *,
    output: IO[bytes] | int,
    directory: Path,
    env: Mapping[str, str] | None = None,
    account: Account | None = None,
    last_signal: signal.Signals = signal.SIGTERM,
    keep: Sequence[int] = (),
) -> subprocess.Popen[bytes]:
    """Start `command` in a session of its own, so that Ctrl-C reaches only us and we control the shutdown order.

    The child gets `last_signal` when our thread that started it ends, so children are started from the main thread.
    `keep` are descriptors to inherit. Raises OSError if the command cannot be executed at all.
    """
    lent = f"{account.pw_uid}:{account.pw_gid}" if account else "-"
    watcher = [sys.executable, "-I", "-S", str(PARENT_WATCH), str(int(last_signal)), str(os.getpid()), lent]
    return subprocess.Popen(  # noqa: S603 -- no shell, and the words are ours or the user's own.
        [*watcher, *map(str, command)],
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        cwd=directory,
        env=env,
        pass_fds=keep,
        start_new_session=True,
    )


def end(process: subprocess.Popen[bytes], with_signal: signal.Signals, timeout: float) -> None:
    """Signal `process` and wait for its end; after `timeout` seconds kill it and its descendants."""
    if process.poll() is not None:
        return
    process.send_signal(with_signal)
    try:
        process.wait(timeout)
    except subprocess.TimeoutExpired:
        kill_family(process)


def kill_family(process: subprocess.Popen[bytes]) -> None:
    """SIGKILL `process` and its descendants, as on a power failure."""
    if process.poll() is not None:
        return
    process.send_signal(signal.SIGSTOP)  # So that it starts no new processes meanwhile.
    try:
        family = psutil.Process(process.pid).children(recursive=True)
    except psutil.NoSuchProcess:
        family = []
    process.kill()
    for member in family:
        with suppress(psutil.NoSuchProcess):
            member.kill()
    process.wait()
