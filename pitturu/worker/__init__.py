"""The worker half: Celery app and tasks, the batch dispatcher, wake-up publisher, sweep, watchdog."""
