"""The served files match the sources."""

import gzip
import hashlib
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from pitturu.storefront.manifest import STATIC, manifest, preloads_of, style_of

HERE = STATIC.parent
MESSAGES = ("../api/messages.json", "../api/declines.json")
"""What the server says to buyers: the typeface has to have its characters."""
SOURCES = (*MESSAGES, "build", "openapi.json", "src", "templates", "package.json", "package-lock.json", "tsconfig.json")
AGAIN = "Run `make storefront` and commit what it writes."
BUDGET = 40 * 1024
"""Bytes of our own code, texts and style, compressed, that a first visitor needs until they can pay, without fonts."""

CONSOLE_BUDGET = 150 * 1024
"""The same of the console, which operators load once a release."""

FIRST_FONT = 28 * 1024
"""Bytes of the typeface that the first paint of the shop, an item and the cart waits for."""

FACE = re.compile(r"url\(fonts/(?P<file>[a-z]+)-[^)]+\)[^}]*unicode-range:(?P<range>[^;}]+)")

IMPORTED = re.compile(r'(?:\bimport\(|\bfrom|\bimport)\s*"\./([^"]+)"')
"""The files of ours that a built script asks for."""


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def files(root: Path, *names: str) -> list[Path]:
    found = [path for name in names for path in (root / name, *(root / name).rglob("*"))]
    return [path for path in found if path.is_file()]


def test_the_bundles_were_built_from_these_sources() -> None:
    now = {os.path.relpath(path, HERE): sha256(path) for path in files(HERE, *SOURCES)}

    assert manifest().sources == now, f"The sources have changed since the last build. {AGAIN}"


def test_nobody_changed_what_was_built() -> None:
    now = {path.relative_to(STATIC).as_posix(): sha256(path) for path in files(STATIC, ".")}
    del now["manifest.json"]

    assert manifest().outputs == now, f"Something in static/ is not what the build wrote. {AGAIN}"


def test_everything_a_page_needs_is_there() -> None:
    built = manifest()

    assert {*built.pages.values(), *built.words.values(), *built.styles.values(), built.slices, built.icon} <= set(
        built.outputs
    )
    assert "fonts/LICENSE" in built.outputs


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize(("page", "budget"), [("item", BUDGET), ("cart", BUDGET), ("console", CONSOLE_BUDGET)])
def test_what_a_page_loads_is_light(page: str, budget: int, language: str) -> None:
    """One script, the texts of one language, one style sheet. A script that asks for anything else is counted too."""
    built = manifest()
    script = built.pages[page]

    asked = set(IMPORTED.findall((STATIC / script).read_text())) - set(built.words.values())
    needed = {script, built.words[language], style_of(page), *asked}

    sizes = {name: len(gzip.compress((STATIC / name).read_bytes(), 9)) for name in needed}
    assert sum(sizes.values()) < budget, sizes


def test_the_first_paint_waits_for_little_of_the_typeface() -> None:
    for page in ("shop", "item", "cart"):
        sizes = [(STATIC / name).stat().st_size for name in preloads_of(page)]
        assert (len(sizes), sum(sizes) < FIRST_FONT) == (1, True), sizes


def test_preloaded_files_have_the_characters_of_the_servers_messages() -> None:
    """Others would be loaded after they are shown, and a word be drawn in two fonts meanwhile."""
    spans = {face["file"]: face["range"] for face in FACE.finditer((STATIC / manifest().styles["pages"]).read_text())}
    codes = {
        code
        for span in ",".join(spans[file] for file in ("first", "shop")).split(",")
        for first, _, last in [span.strip()[2:].partition("-")]
        for code in range(int(first, 16), int(last or first, 16) + 1)
    }
    said = {character for name in MESSAGES for character in (HERE / name).read_text() if character > " "}

    assert {character for character in said if ord(character) not in codes} == set()


def test_every_time_in_the_console_is_of_korea() -> None:
    """Filters are Korean days, so a time of the operator's own zone would belong to another day than it says."""
    local = re.compile(r"\.moment\((?!.*\bKOREA\))|\.toDateString\(|\.toLocale(Date|Time)String\(|\.get(Hours|Date)\(")
    found = {
        f"{path.name}: {line.strip()}"
        for path in (HERE / "src/console").rglob("*.ts*")
        for line in path.read_text().splitlines()
        if local.search(line)
    }

    assert found == set()


def test_another_build_gives_the_same_bytes(tmp_path: Path) -> None:
    if shutil.which("node") is None or not (HERE / "node_modules" / "esbuild").exists():
        pytest.skip("Node and the packages of pitturu/storefront are not there; `make storefront` installs them.")

    subprocess.run(["node", "build/pages.mjs", str(tmp_path / "built")], cwd=HERE, check=True)

    assert (tmp_path / "built" / "manifest.json").read_text() == (STATIC / "manifest.json").read_text(), AGAIN
