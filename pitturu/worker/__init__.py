"""Celery's doors: a wake-up comes in, a pump runs. Nothing is decided here."""
