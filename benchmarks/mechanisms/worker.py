"""`celery --app benchmarks.mechanisms.worker.celery worker`: the worker without one mechanism."""

from benchmarks.mechanisms import switches

switches.without()

from celery_worker import celery  # noqa: E402 -- The switch comes first.

__all__ = ["celery"]
