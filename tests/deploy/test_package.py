"""`pip install .`: the wheel carries what runs and nothing else, and its command works in an empty directory."""

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory

from pitturu.extensions import MIGRATIONS
from tests.architecture.sources import ROOT, files

SOURCES = ("pitturu/storefront/src/", "pitturu/storefront/build/", "pitturu/storefront/README.md")
"""What the pages and the npm package are made of."""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout. Its two build requirements are installed here, so nothing is downloaded."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder], cwd=ROOT, check=True)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def command(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The installed command, in an environment of its own that shares the libraries of this one."""
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder, symlinks=True)
    pip = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        folder / "bin/python",
        "install",
        "--quiet",
        "--no-deps",
        "--no-index",
    ]
    subprocess.run([*pip, wheel], check=True)
    packages = next(folder.glob("lib/python3*/site-packages"))
    (packages / "libraries.pth").write_text(sysconfig.get_path("purelib"))
    return folder / "bin/pitturu"


def run(command: Path, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run the command in its own directory, with these settings and no others."""
    environ = {"PATH": os.environ["PATH"], **settings}
    return subprocess.run(
        [command, *words], cwd=command.parent, env=environ, capture_output=True, text=True, check=False, timeout=300
    )


def test_the_wheel_has_all_that_runs_and_no_sources_of_the_pages(wheel: Path) -> None:
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    wanted = {path.relative_to(ROOT).as_posix() for path in files("") if path.is_relative_to(ROOT / "pitturu")}
    wanted = {name for name in wanted if not name.startswith(SOURCES)}
    wanted -= {name for name in wanted if name.endswith(".json") and Path(name).parent.name == "storefront"}
    migrations = [path.relative_to(ROOT) for path in files("") if path.is_relative_to(ROOT / "migrations")]

    assert packed == wanted | {f"pitturu/{path.as_posix()}" for path in migrations}


def test_help_needs_no_settings(command: Path) -> None:
    said = run(command, "--help")

    assert (said.returncode, said.stderr) == (0, "")
    assert {"audit", "db", "dead", "doctor", "replay", "rollups"} <= {
        line[2:].split(" ")[0] for line in said.stdout.splitlines()
    }


def test_missing_settings_are_listed(command: Path) -> None:
    said = run(command, "audit")

    assert said.returncode == os.EX_CONFIG
    assert "DATABASE_URL" in said.stderr


def test_it_carries_every_migration(command: Path) -> None:
    """As SQL, for which no database is needed; `make image` migrates one with the installed package."""
    settings = {
        "PITTURU_ENV": "development",
        "DATABASE_URL": "postgresql://127.0.0.1:1/none",
        "REDIS_URL": "redis://127.0.0.1:1",
        "SECRET_KEY": "k" * 40,
        "JWT_SECRET_KEY": "j" * 40,
        "PORTONE_API_KEY": "key",
        "PORTONE_API_SECRET": "secret",
        "PORTONE_USER_CODE": "imp00000000",
        "PORTONE_ENVIRONMENT": "test",
        "PORTONE_INICIS_API_KEY": "none",
    }
    head = ScriptDirectory(str(MIGRATIONS)).get_current_head()

    printed = run(command, "db", "upgrade", "0012:head", "--sql", **settings)

    assert printed.returncode == 0, printed.stderr
    assert f"UPDATE alembic_version SET version_num='{head}'" in printed.stdout
