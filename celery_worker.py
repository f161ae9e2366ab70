"""Entry point of Celery's worker and beat: `celery --app celery_worker.celery worker|beat`."""

import gc

from pitturu import create_app
from pitturu.config.startup import settings_or_exit
from pitturu.worker.signals import listen

settings = settings_or_exit()
app = create_app(settings)
listen(app, settings)
celery = app.extensions["celery"]

gc.freeze()  # What is there now stays: the garbage collector no longer looks through it.
