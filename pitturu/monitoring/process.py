"""What kind of process this is, as its log lines, metrics and traces name it."""

import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path


class ProcessKind(StrEnum):
    """The process types of the Procfile. `command` is the flask command and everything else."""

    WEB = "web"
    WORKER = "worker"
    BEAT = "beat"
    COMMAND = "command"


def process_kind(arguments: Sequence[str] | None = None) -> ProcessKind:
    """The kind of this process, by its command line (or the one given): gunicorn, celery's worker or beat, another."""
    program, *rest = (sys.argv if arguments is None else arguments) or [""]
    # `python -m celery` has .../celery/__main__.py as its program.
    names = {Path(program).stem, Path(program).parent.name}
    if "gunicorn" in names:
        return ProcessKind.WEB
    if "celery" in names:
        return ProcessKind.BEAT if "beat" in rest else ProcessKind.WORKER
    return ProcessKind.COMMAND
