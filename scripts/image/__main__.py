"""Builds the stages of deploy/Dockerfile in clean roots, then runs all processes of the last one as a container would.

Needs root, debootstrap and a Debian mirror. It replaces an engine: layers, the image format, the bridge network and
limits of resources are not tested.
"""

import argparse
import shutil
import sys
from pathlib import Path

from scripts.image import dockerfile, roots, trial
from scripts.image.dockerfile import ROOT, Step, filled


class Stage:
    """A root directory with the environment that the next instruction has."""

    def __init__(self, root: Path, environ: dict[str, str]) -> None:
        self.root, self.environ, self.arguments = root, dict(environ), dict[str, str]()
        self.directory, self.user = "/", "0:0"
        self.command = self.check = ""


def build(folder: Path) -> Stage:
    """Run every step; returns the last stage. The image that FROM names is replaced by debootstrap's system."""
    stages: dict[str, Stage] = {}
    given: dict[str, str] = {}
    current: Stage | None = None
    for step in dockerfile.steps():
        print(f"{step.word} {' '.join(step.value.split())[:150]}", flush=True)
        if step.word == "FROM":
            image, _, name = filled(step.value, given).partition(" AS ")
            old = stages.get(image) or Stage(roots.base(folder / "debian", _suite(image)), {})
            current = Stage(roots.copied(old.root, folder / (name or "last")), old.environ)
            stages[name] = current
        elif current is None:
            given |= dockerfile.pairs(step.value)
        else:
            _apply(step, current, stages)
    if current is None:
        raise SystemExit("The Dockerfile has no FROM.")
    return current


def _suite(image: str) -> str:
    """`debian:trixie-20260918-slim` is the suite trixie. Raises SystemExit for another image."""
    name, _, tag = image.partition(":")
    if name != "debian":
        raise SystemExit(f"{image} cannot be replaced by debootstrap, which makes Debian's systems only.")
    return tag.partition("-")[0]


def _apply(step: Step, stage: Stage, stages: dict[str, Stage]) -> None:
    match step.word:
        case "RUN":
            roots.run(stage.root, step.value, stage.environ | stage.arguments, stage.directory)
        case "COPY":
            _copy(step.value, stage, stages)
        case "ENV":
            stage.environ |= dockerfile.pairs(step.value)
        case "ARG":
            stage.arguments |= dockerfile.pairs(step.value)
        case "WORKDIR":
            stage.directory = step.value
            (stage.root / step.value[1:]).mkdir(parents=True, exist_ok=True)
        case "USER":
            stage.user = step.value
        case "CMD":
            stage.command = step.value
        case "HEALTHCHECK":
            stage.check = step.value.partition("CMD ")[2]
        case "EXPOSE" | "STOPSIGNAL":
            pass  # For an engine only.
        case unknown:
            raise SystemExit(f"{unknown} is not known here.")


def _copy(value: str, stage: Stage, stages: dict[str, Stage]) -> None:
    *sources, target = value.split()
    place = stage.root / str(Path(stage.directory, target))[1:]
    if sources[0].startswith("--from="):
        shutil.copytree(stages[sources[0][7:]].root / sources[1][1:], place, symlinks=True)
        return
    found = [path for path in dockerfile.context() for source in sources if _named(path, source)]
    if not found:
        raise SystemExit(f"COPY {value}: no such file in the context; see .dockerignore.")
    for path in found:
        inside = path.relative_to(sources[0]) if (ROOT / sources[0]).is_dir() else Path(path.name)
        (place / inside).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / path, place / inside)


def _named(path: Path, source: str) -> bool:
    return path.is_relative_to(source) or (len(path.parts) == 1 and path.match(source))


def main() -> int:
    """Exit status 0 when every step and every process did as it should."""
    parser = argparse.ArgumentParser(prog="make image ARGS=...", description=sys.modules[__name__].__doc__)
    parser.add_argument("--folder", type=Path, default=ROOT / ".pitturu" / "image", help="where the roots are made")
    folder = parser.parse_args().folder.absolute()
    folder.mkdir(parents=True, exist_ok=True)
    return trial.try_out(build(folder))


if __name__ == "__main__":
    sys.exit(main())
