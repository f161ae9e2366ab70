"""For Celery's worker and beat: `celery --app celery_worker.celery worker|beat`."""

import sys

from pitturu import create_app
from pitturu.settings import BadSettings, load
from pitturu.tasks.signals import listen

try:
    settings = load()
except BadSettings as error:
    sys.exit(str(error))

app = create_app(settings)
listen(app, settings)
celery = app.extensions["celery"]
