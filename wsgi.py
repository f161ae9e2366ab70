"""For WSGI servers and the flask command: `gunicorn wsgi:app`, `flask --app wsgi ...`."""

import sys

from pitturu import create_app
from pitturu.settings import BadSettings

try:
    app = create_app()
except BadSettings as error:
    sys.exit(str(error))
