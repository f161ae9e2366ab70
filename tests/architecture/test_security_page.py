"""What docs/security.md names as proof exists."""

import re

from tests.architecture.sources import ROOT, functions

PAGE = (ROOT / "docs/security.md").read_text()


def test_the_files_that_it_names_exist() -> None:
    named = re.findall(r"`((?:pitturu|deploy)/[\w./-]+)`", PAGE)

    assert named
    assert [name for name in named if not (ROOT / name).is_file()] == []


def test_the_tests_that_it_names_exist() -> None:
    named = set(re.findall(r"`([\w/]+\.py)::(\w+)`", PAGE))
    known = {(path, found.name) for path in {path for path, _ in named} for found in functions(ROOT / "tests" / path)}

    assert named
    assert named - known == set()
