"""Entry point of Celery's worker and beat: `celery --app celery_worker.celery worker|beat`."""

import gc

from pitturu import create_app
from pitturu.config.startup import settings_or_exit

settings = settings_or_exit()
app = create_app(settings, background=True)

from pitturu.worker.signals import listen  # noqa: E402 -- `create_app` imports most of it without garbage collection.

listen(app, settings)
celery = app.extensions["celery"]

gc.freeze()  # What is there now stays: the garbage collector no longer looks through it.
