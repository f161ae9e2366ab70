"""One Celery task a kind of work, each a few lines."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from celery import Celery

from pitturu.config.settings import Settings
from pitturu.domain.jobs import JobName
from pitturu.payments import scheduled_audit
from pitturu.payments.handlers import AnyJobHandler
from pitturu.reconciliation import runs
from pitturu.worker import broker, sweep
from pitturu.worker.celery_config import celery_settings
from pitturu.worker.runtime import HANDLERS, WorkerRuntime


class WakeUpCelery(Celery):  # type: ignore[misc] # Celery has no types.
    """Celery whose publishers have less patience with the broker than its workers."""

    hurry: Mapping[str, Any] = MappingProxyType({})
    """Options of the transport that publishers have for themselves."""

    def connection_for_write(self, url: str | None = None, **options: Any) -> Any:
        """The connection of publishers: requests, workers that wake others, beat."""
        return super().connection_for_write(url, **{"transport_options": self.hurry} | options)


def make_celery(runtime: WorkerRuntime, settings: Settings) -> Celery:
    """Celery with every task of this project, each run by this runtime."""
    celery = WakeUpCelery("pitturu", set_as_current=False)
    celery.hurry = broker.publisher(settings)
    celery.conf.update(celery_settings(settings))
    for job in HANDLERS:
        _register(celery, job.name, _dispatch(runtime, job))
    _register(celery, JobName.SWEEP, _sweep(runtime))
    _register(celery, JobName.CLEAN, _clean(runtime))
    _register(celery, JobName.AUDIT, _audit(runtime, settings))
    _register(celery, JobName.COMPARE_ON_TIME, _compare_on_time(runtime, settings))
    return celery


def _register(celery: Celery, name: JobName, work: Callable[[], None]) -> None:
    # A shared task would turn up in every Celery app of this process, working on the first one's database.
    celery.task(work, name=name, shared=False)


def _dispatch(runtime: WorkerRuntime, job: AnyJobHandler) -> Callable[[], None]:
    def run() -> None:
        runtime.work(job)

    return run


def _sweep(runtime: WorkerRuntime) -> Callable[[], None]:
    def run() -> None:
        with runtime.transaction():
            due = sweep.run()
        for job, wake_ups in due.items():
            runtime.publisher.insist(job, wake_ups)

    return run


def _clean(runtime: WorkerRuntime) -> Callable[[], None]:
    def run() -> None:
        with runtime.transaction():
            sweep.clean()

    return run


def _compare_on_time(runtime: WorkerRuntime, settings: Settings) -> Callable[[], None]:
    def run() -> None:
        with runtime.transaction() as work:
            runs.begin_on_time(work, settings)

    return run


def _audit(runtime: WorkerRuntime, settings: Settings) -> Callable[[], None]:
    def run() -> None:
        scheduled_audit.run_on_time(runtime.transaction, settings)

    return run
