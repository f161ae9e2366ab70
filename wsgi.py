"""Entry point of WSGI servers and the flask command: `gunicorn wsgi:app`, `flask --app wsgi ...`."""

import gc

import click

from pitturu import create_app
from pitturu.config.settings import load
from pitturu.config.startup import settings_or_exit

# The flask command ends with the exit status for invalid settings. In a worker of gunicorn they must raise an
# exception: gunicorn stops when a worker raises at its start, but restarts a worker that exits with another status,
# endlessly.
in_command_line = click.get_current_context(silent=True) is not None

app = create_app(settings_or_exit() if in_command_line else load())

gc.freeze()  # What is there now stays: the garbage collector no longer looks through it.
