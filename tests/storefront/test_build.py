"""The served files match the sources."""

import gzip
import hashlib
import shutil
import subprocess
from pathlib import Path

import pytest

from pitturu.storefront.manifest import STATIC, manifest

HERE = STATIC.parent
SOURCES = ("build", "openapi.json", "src", "package.json", "package-lock.json", "tsconfig.json")
AGAIN = "Run `make storefront` and commit what it writes."
BUDGET = 40 * 1024
"""Bytes of our own code and style, compressed, that a first visitor of the checkout waits for. Fonts come apart."""


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def files(root: Path, *names: str) -> list[Path]:
    found = [path for name in names for path in (root / name, *(root / name).rglob("*"))]
    return [path for path in found if path.is_file()]


def test_the_bundles_were_built_from_these_sources() -> None:
    now = {path.relative_to(HERE).as_posix(): sha256(path) for path in files(HERE, *SOURCES)}

    assert manifest().sources == now, f"The sources have changed since the last build. {AGAIN}"


def test_nobody_changed_what_was_built() -> None:
    now = {path.relative_to(STATIC).as_posix(): sha256(path) for path in files(STATIC, ".")}
    del now["manifest.json"]

    assert manifest().outputs == now, f"Something in static/ is not what the build wrote. {AGAIN}"


def test_everything_a_page_needs_is_there() -> None:
    built = manifest()

    assert {*built.pages.values(), built.css, built.fonts, built.icon} <= set(built.outputs)
    assert "fonts/LICENSE" in built.outputs


def test_the_checkout_is_light() -> None:
    built = manifest()

    sizes = {name: len(gzip.compress((STATIC / name).read_bytes(), 9)) for name in (built.pages["item"], built.css)}
    assert sum(sizes.values()) < BUDGET, sizes


def test_another_build_gives_the_same_bytes(tmp_path: Path) -> None:
    if shutil.which("node") is None or not (HERE / "node_modules" / "esbuild").exists():
        pytest.skip("Node and the packages of pitturu/storefront are not there; `make storefront` installs them.")

    subprocess.run(["node", "build/pages.mjs", str(tmp_path / "built")], cwd=HERE, check=True)

    assert (tmp_path / "built" / "manifest.json").read_text() == (STATIC / "manifest.json").read_text(), AGAIN
