"""What kind of process a command line starts."""

import shlex
from pathlib import Path

import pytest

from pitturu.monitoring.process import process_kind

PROCFILE = Path(__file__).parents[2] / "Procfile"


def test_the_processes_of_the_procfile() -> None:
    commands = dict(line.split(": ", 1) for line in PROCFILE.read_text(encoding="utf-8").splitlines())
    words = {name: shlex.split(command.replace("python -m ", "/app/bin/")) for name, command in commands.items()}
    kinds = {name: process_kind(arguments) for name, arguments in words.items()}
    assert kinds == {"release": "command", "web": "web", "worker": "worker", "beat": "beat"}


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        (["/venv/lib/celery/__main__.py", "--app", "celery_worker.celery", "beat"], "beat"),
        (["/venv/lib/gunicorn/__main__.py", "wsgi:app"], "web"),
        (["/venv/bin/pytest", "tests/worker"], "command"),
        ([], "command"),
    ],
)
def test_other_command_lines(words: list[str], kind: str) -> None:
    assert process_kind(words) == kind
