"""Postgres refuses to run as root, so root lends it an ordinary account."""

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Account:
    """Who the server runs as when we are root."""

    uid: int
    gid: int


def lent_account() -> Account | None:
    """The account of `nobody` when we are root, else None: the server then runs as ourselves."""
    if os.geteuid() != 0:
        return None
    nobody = pwd.getpwnam("nobody")
    return Account(nobody.pw_uid, nobody.pw_gid)


def reachable(path: Path) -> bool:
    """Whether any account may walk to `path`: every directory above it lets others through."""
    return all(parent.stat().st_mode & stat.S_IXOTH for parent in path.resolve().parents)
