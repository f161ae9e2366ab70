"""Counts the Celery tasks of this worker and measures how long each took."""

import time
from typing import Any

from celery import signals, states

from pitturu import instruments


class TaskCounter:
    """Connected to Celery's signals. Celery runs registered tasks only, so their names are few."""

    def __init__(self) -> None:
        self._started: dict[str, float] = {}

    def listen(self) -> None:
        """Count from now on."""
        signals.task_prerun.connect(self._begun, weak=False)
        signals.task_postrun.connect(self._ended, weak=False)

    def _begun(self, task_id: str, **_: Any) -> None:
        self._started[task_id] = time.perf_counter()

    def _ended(self, task_id: str, task: Any, state: str | None = None, **_: Any) -> None:
        started = self._started.pop(task_id, None)
        instruments.tasks.labels(task.name, "ok" if state == states.SUCCESS else "failed").inc()
        if started is not None:
            instruments.task_seconds.labels(task.name).observe(time.perf_counter() - started)
