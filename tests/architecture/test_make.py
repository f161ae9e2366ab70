"""What the documentation tells people to type exists, and `make` explains itself."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT, files, place

COMMAND = re.compile(r"(?:`|^\s*(?:\$ )?)(?:[A-Z_]+=\S+ )*make ([a-z-]+)\b", re.MULTILINE)
"""`make run` in running text, or alone on a line of a code block, with or without settings before it."""


def targets() -> set[str]:
    """Targets for people, as the Makefile declares them."""
    return set(re.findall(r"^\.PHONY: (\S+)$", (ROOT / "Makefile").read_text(), re.MULTILINE))


def test_help_lists_every_target() -> None:
    said = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout

    assert set(re.findall(r"^  make (\S+) +\S", said, re.MULTILINE)) == targets()


def test_documented_targets_exist() -> None:
    unknown = [
        f"{place(path)} names make {name}"
        for path in files(".md")
        for name in COMMAND.findall(path.read_text())
        if name not in targets()
    ]

    assert unknown == []


def test_commands_are_recognised_in_text_and_in_code_blocks() -> None:
    text = "Type `make alpha`, or `PORT=81 make beta`.\n\n    make gamma\n\n$ make delta\nThey make omega."

    assert COMMAND.findall(text) == ["alpha", "beta", "gamma", "delta"]


@pytest.mark.parametrize(
    ("python", "advice"),
    [
        ("exit 1", "No Python 3.11 or newer was found"),
        ('case "$2" in *ensurepip*) exit 1;; esac', "apt-get install python3-venv"),
    ],
)
def test_a_missing_python_is_one_clear_line(tmp_path: Path, python: str, advice: str) -> None:
    checkout = tmp_path / "a checkout"
    checkout.mkdir()
    for name in ("Makefile", "requirements-dev.txt", "requirements-client.txt"):
        shutil.copy(ROOT / name, checkout)
    stand_in = tmp_path / "python"
    stand_in.write_text(f"#!/bin/sh\n{python}\n")
    stand_in.chmod(0o755)

    made = subprocess.run(["make", "run", f"PYTHON={stand_in}"], cwd=checkout, capture_output=True, text=True)

    assert made.returncode != 0
    assert advice in made.stderr.splitlines()[0]
