"""For Celery's worker and beat: `celery --app celery_worker.celery worker|beat`."""

from pitturu import create_app
from pitturu.settings_check import settings_or_exit
from pitturu.tasks.signals import listen

settings = settings_or_exit()
app = create_app(settings)
listen(app, settings)
celery = app.extensions["celery"]
