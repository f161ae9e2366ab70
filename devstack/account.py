"""The account of the Postgres server: it refuses to run as root."""

import os
import pwd
import stat
from pathlib import Path

Account = pwd.struct_passwd
"""The account that the server runs as when we are root."""


def lent_account() -> Account | None:
    """The account `nobody` when we are root, else None: the server then runs as the current user."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def reachable(path: Path) -> bool:
    """Whether any account can access `path`: every directory above it must be executable by others."""
    return all(parent.stat().st_mode & stat.S_IXOTH for parent in path.resolve().parents)
