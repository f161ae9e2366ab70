"""Imports point inward only. The contracts stand in pyproject.toml; two rules need more than they can say."""

import sys
from collections.abc import Iterable
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

from tests.architecture.sources import PACKAGE, ROOT, imported, place


def strangers(folder: Path, allowed: Iterable[str]) -> list[str]:
    """Imports in `folder` of anything but `allowed` packages."""
    known = tuple(allowed)
    return [
        f"{place(path)} imports {name}"
        for path in sorted(folder.rglob("*.py"))
        for name in imported(path)
        if not any(name == one or name.startswith(f"{one}.") for one in known)
    ]


def test_contracts(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(ROOT)

    assert lint_imports(no_cache=True) == 0, capsys.readouterr().out


def test_the_domain_imports_the_standard_library_only() -> None:
    assert strangers(PACKAGE / "domain", {*sys.stdlib_module_names, "pitturu.domain"}) == []


def test_the_simulator_shares_no_code_with_the_system_it_tests() -> None:
    ours = [line for line in strangers(PACKAGE / "simulator", {"pitturu.simulator"}) if "imports pitturu" in line]

    assert ours == []
