"""The worker: Celery app and tasks, the batch dispatcher, wake-up publisher, sweep, watchdog."""
