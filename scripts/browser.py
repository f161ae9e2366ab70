"""`python -m scripts.browser` prints the browser that tests drive, and installs one where that is possible.

Tests drive what the machine has: no browser is downloaded. BROWSER_PATH names one; otherwise it is looked for; where
apt is at hand and we are root, Debian's Chromium is installed, as the shell without windows of its own, which needs a
third less time for the same pages. A machine without any runs all other tests.
"""

import os
import shutil
import subprocess
import sys
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


def find() -> str | None:
    """The browser to drive, None where there is none. Raises FileNotFoundError when BROWSER_PATH leads nowhere."""
    given = os.environ.get(VARIABLE)
    if given:
        if shutil.which(given) is None:
            raise FileNotFoundError(f"{VARIABLE} is {given!r}, where no program is. Correct it, or unset it.")
        return given
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def install() -> None:
    """Debian's Chromium, where we may install things; nothing where we may not or where that fails."""
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        return
    sys.stdout.write("Installing Chromium for the tests of the pages (the first time takes a minute)\n")
    quietly = {"stdout": subprocess.DEVNULL, "env": os.environ | {"DEBIAN_FRONTEND": "noninteractive"}}
    for words in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", SHELL]):
        if subprocess.run(["apt-get", *words], check=False, **quietly).returncode:  # type: ignore[call-overload] # noqa: S603, S607
            return


def main() -> int:
    """0 when there is a browser, or when there need not be one."""
    try:
        if find() is None:
            install()
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
