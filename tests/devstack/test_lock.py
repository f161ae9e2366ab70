"""One process per directory, and no stale locks."""

import os
from pathlib import Path

import pytest

from devstack.errors import StartError
from devstack.lock import Lock


def test_the_second_process_learns_who_holds_the_lock(tmp_path: Path) -> None:
    first, second = Lock(tmp_path / "lock", "make run"), Lock(tmp_path / "lock", "make run")
    first.acquire()

    with pytest.raises(StartError, match=f"another make run, which process {os.getpid()} started"):
        second.acquire()


def test_a_released_lock_is_free(tmp_path: Path) -> None:
    first, second = Lock(tmp_path / "lock", "make run"), Lock(tmp_path / "lock", "make run")
    first.acquire()
    first.release()
    second.acquire()

    assert second.fileno() > 0


def test_a_stale_lock_file_is_ignored(tmp_path: Path) -> None:
    (tmp_path / "lock").write_text("1\n")
    lock = Lock(tmp_path / "lock", "make run")
    lock.acquire()

    assert (tmp_path / "lock").read_text() == f"{os.getpid()}\n"
