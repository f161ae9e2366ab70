"""Reads a Dockerfile: its instructions in order, and which files its build sees."""

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Final

from pathspec import PathSpec

ROOT: Final = Path(__file__).resolve().parents[2]
FILE: Final = ROOT / "deploy" / "Dockerfile"


@dataclass(frozen=True)
class Step:
    """One instruction, like `RUN` and what is to be run."""

    word: str
    value: str


def steps(path: Path = FILE) -> list[Step]:
    """The instructions of the file, without comments and with continued lines joined."""
    lines = [line for line in path.read_text().splitlines() if not line.lstrip().startswith("#")]
    joined = "\n".join(lines).replace("\\\n", "")
    return [Step(*line.split(maxsplit=1)) for line in joined.splitlines() if line.strip()]


def filled(text: str, values: dict[str, str]) -> str:
    """The text with `$NAME` and `${NAME}` replaced where the name is known."""
    return Template(text).safe_substitute(values)


def pairs(text: str) -> dict[str, str]:
    """`A=1 B=2` as a dictionary."""
    return dict(re.findall(r"(\w+)=(\S*)", text))


def context() -> list[Path]:
    """The files of this checkout that the build may copy, relative to its root: not those in .dockerignore."""
    lines = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and line[0] != "#"]
    # Unlike in .gitignore, a name means a path from the root.
    ignored = PathSpec.from_lines("gitignore", [f"{'!' * (line[0] == '!')}/{line.lstrip('!')}" for line in lines])
    listed = subprocess.run(  # Also those that are not under version control: a builder sees them as well.
        ["find", ".", "-path", "./.git", "-prune", "-o", "-type", "f", "-printf", "%P\\0"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    return sorted(Path(name) for name in listed.split("\0") if name and not ignored.match_file(name))
