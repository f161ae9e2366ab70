"""`python -m scripts.apps` packs the npm package and builds it into a Next.js app and a Vite app, with type checks."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
STOREFRONT = HERE.parents[1] / "pitturu" / "storefront"
APPS = ("next", "vite")


def run(folder: Path, *words: str) -> None:
    """Run one command of npm with its output shown. Raises CalledProcessError."""
    subprocess.run(["npm", *words], cwd=folder, check=True)  # noqa: S603, S607


def build(app: str, package: Path, where: Path) -> None:
    """Build one app from an empty directory, with the package as a shop would install it."""
    folder = where / app
    shutil.copytree(HERE / app, folder)
    run(folder, "install", "--no-audit", "--no-fund", "--silent", str(package))
    run(folder, "run", "build")


def main() -> int:
    """Returns 1 when an app cannot be built."""
    with tempfile.TemporaryDirectory(prefix="pitturu-apps-") as name:
        where = Path(name)
        try:
            run(STOREFRONT, "pack", "--silent", "--pack-destination", name)
            (package,) = where.glob("*.tgz")
            for app in APPS:
                build(app, package, where)
        except subprocess.CalledProcessError as error:
            sys.stderr.write(f"{error}. See npm's output above.\n")
            return 1
    sys.stdout.write(f"The package builds into: {', '.join(APPS)}.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
