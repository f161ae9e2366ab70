"""Imports point inward only. The contracts stand in pyproject.toml; two rules need more than they can say."""

import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from tests.architecture.sources import PACKAGE, ROOT, imported, place


def foreign_imports(folder: Path, allowed: Iterable[str]) -> list[str]:
    """Imports in `folder` of anything but `allowed` packages."""
    known = tuple(allowed)
    return [
        f"{place(path)} imports {name}"
        for path in sorted(folder.rglob("*.py"))
        for name in imported(path)
        if not any(name == one or name.startswith(f"{one}.") for one in known)
    ]


def test_contracts() -> None:
    """In a process of its own: import-linter silences the loggers of the one that it runs in."""
    lint = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as lint; lint()", "--no-cache"]
    told = subprocess.run(lint, cwd=ROOT, capture_output=True, text=True, check=False)

    assert told.returncode == 0, told.stdout + told.stderr


def test_the_domain_imports_the_standard_library_only() -> None:
    assert foreign_imports(PACKAGE / "domain", {*sys.stdlib_module_names, "pitturu.domain"}) == []


def test_the_simulator_shares_no_code_with_the_system_it_tests() -> None:
    ours = [
        line for line in foreign_imports(ROOT / "portone_simulator", {"portone_simulator"}) if "imports pitturu" in line
    ]

    assert ours == []
