"""`python -m scripts.browser` prints the browser that tests drive, and installs one where that is possible.

BROWSER_PATH sets it. Otherwise it is searched, Debian's headless shell of Chromium before every other, because pages
load much faster in it than in a full browser. Where apt is available and we are root, the headless shell is installed,
also beside another browser. Without any browser all other tests run.
"""

import contextlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

VARIABLE: Final = "BROWSER_PATH"

SHELL: Final = "chromium-headless-shell"

NAMES: Final = (
    SHELL,
    *("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge"),
    *(
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
        "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    ),
)

ADVICE: Final = (
    f"No browser was found, so the tests of the pages (tests/browser) are skipped. Install Chromium or Chrome, or set "
    f"{VARIABLE} to the path of one; on Debian and Ubuntu: apt-get install {SHELL}."
)

FAILED: Final = Path(sys.prefix) / "browser-install-failed"
"""Exists after a failed installation. It is in the virtual environment: a new one tries again."""

RETRY_AFTER: Final = 86_400.0
"""Seconds between two attempts. A machine without a network, or without this package, loses time once a day only."""

UPDATE_WITHIN: Final = 60.0
"""Seconds for updating the package index. Installing has no limit, because dpkg must not be interrupted."""

APT_OPTIONS: Final = (
    *("-qq", "-o", "Acquire::Retries=0"),
    *("-o", "Acquire::http::Timeout=10", "-o", "Acquire::https::Timeout=10"),
)
"""Options that limit the wait for a server that does not answer."""


def find() -> str | None:
    """The browser to use, None without one. Raises FileNotFoundError when BROWSER_PATH does not exist."""
    given = os.environ.get(VARIABLE)
    if given:
        if shutil.which(given) is None:
            raise FileNotFoundError(f"{VARIABLE} is {given!r}, where no program is. Correct it, or unset it.")
        return given
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def should_install(found: str | None) -> bool:
    """Whether the headless shell is neither installed nor replaced by BROWSER_PATH, and installing it may succeed."""
    if os.environ.get(VARIABLE) or (found and Path(found).name == SHELL):
        return False
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        return False
    return not FAILED.exists() or time.time() - FAILED.stat().st_mtime >= RETRY_AFTER


def install(found: str | None) -> None:
    """Install Debian's headless shell. A failure is remembered, and is no error if another browser was found."""
    sys.stdout.write(f"Installing {SHELL} for the tests of the pages (the first time takes a minute)\n")
    sys.stdout.flush()
    steps: tuple[tuple[list[str], float | None], ...] = (
        (["update"], UPDATE_WITHIN),
        (["install", "-y", "--no-install-recommends", SHELL], None),
    )
    try:
        for (action, *words), within in steps:
            subprocess.run(  # noqa: S603
                ["apt-get", action, *APT_OPTIONS, *words],  # noqa: S607
                check=True,
                stdout=subprocess.DEVNULL,
                env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
                timeout=within,
            )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        with contextlib.suppress(OSError):  # If it cannot be written, the next run tries again.
            FAILED.touch()
        if found:
            sys.stderr.write(
                f"{SHELL} could not be installed, so the tests of the pages run in {found}, where they take longer. "
                f"This is tried again tomorrow. To do it now: apt-get install {SHELL}\n"
            )


def main() -> int:
    """Returns 0 when there is a browser, or when none is required."""
    try:
        found = find()
        if should_install(found):
            install(found)
            found = find()
    except FileNotFoundError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    if found is None:
        sys.stderr.write(f"{ADVICE}\n")
        return 1 if os.environ.get("CI") else 0
    sys.stdout.write(f"{found}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
