"""No leftovers of development in the repository."""

import re
from pathlib import Path

import pytest

from tests.architecture.sources import files, place

TEXT = (
    ".py",
    ".md",
    ".toml",
    ".in",
    ".txt",
    ".ini",
    ".sh",
    ".ts",
    ".tsx",
    ".html",
    ".example",
    "Makefile",
    "Procfile",
    "Dockerfile",
    ".yaml",
    ".service",
)
LEFTOVERS = {
    "a note to oneself": r"\b(TODO|FIXME|XXX|HACK)\b",
    "a path of one machine": r"(?<![\w.])/(work|root|home/\w+|Users/\w+)/",
    "an address of a package index": r"\b(pypi\.org|pythonhosted\.org|registry\.npmjs\.org)\b|--index-url|--find-links",
    "a debugger": r"\b(breakpoint\(\)|import pdb|debugger;)",
    "an unfinished merge": r"^(<{7}|>{7}) ",
}


def findings(text: str, pattern: str) -> list[int]:
    """Numbers of the lines that match."""
    return [number for number, line in enumerate(text.splitlines(), 1) if re.search(pattern, line)]


@pytest.mark.parametrize("kind", LEFTOVERS)
def test_no_leftovers(kind: str) -> None:
    found = [
        place(path, number)
        for path in files(*TEXT)
        if path != Path(__file__).resolve()
        for number in findings(path.read_text(), LEFTOVERS[kind])
    ]

    assert found == [], f"Each of these is {kind}"


@pytest.mark.parametrize(
    ("kind", "line"),
    [
        ("a note to oneself", "# TODO: later"),
        ("a path of one machine", 'open("/home/kim/orders.csv")'),
        ("an address of a package index", "--index-url https://mirror.example/simple"),
        ("a debugger", "    breakpoint()"),
        ("an unfinished merge", "<<<<<<< HEAD"),
    ],
)
def test_leftovers_are_recognised(kind: str, line: str) -> None:
    assert findings(line, LEFTOVERS[kind]) == [1]


@pytest.mark.parametrize("line", ["GET /work-orders/", "https://shop.example/home/kim/", "a TODOS table", "/rooted/"])
def test_innocent_lines_pass(line: str) -> None:
    assert [kind for kind, pattern in LEFTOVERS.items() if findings(line, pattern)] == []
