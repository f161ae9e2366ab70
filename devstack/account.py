"""The account of the Postgres server: it refuses to run as root."""

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Account:
    """The account that the server runs as when we are root."""

    uid: int
    gid: int


def lent_account() -> Account | None:
    """The account `nobody` when we are root, else None: the server then runs as the current user."""
    if os.geteuid() != 0:
        return None
    nobody = pwd.getpwnam("nobody")
    return Account(nobody.pw_uid, nobody.pw_gid)


def reachable(path: Path) -> bool:
    """Whether any account can access `path`: every directory above it must be executable by others."""
    return all(parent.stat().st_mode & stat.S_IXOTH for parent in path.resolve().parents)
