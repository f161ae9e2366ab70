"""For WSGI servers and the flask command: `gunicorn wsgi:app`, `flask --app wsgi ...`."""

import click

from pitturu import create_app
from pitturu.config.settings import load
from pitturu.config.startup import settings_or_exit

# The flask command ends with the status for bad settings. In a worker of gunicorn they must be an exception: gunicorn
# stops when a worker raises at its start, and replaces one that exits with a status of its own, without end.
in_command_line = click.get_current_context(silent=True) is not None

app = create_app(settings_or_exit() if in_command_line else load())
