"""The Celery tasks: one for every kind of work, and those of beat's schedule."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from celery import Celery

from pitturu.config.settings import Settings
from pitturu.domain.jobs import JobName
from pitturu.outbound import alerts
from pitturu.payments import expiry, preparation, scheduled_audit, verification, webhook_inbox
from pitturu.payments.cancellations import send
from pitturu.payments.handlers import AnyJobHandler
from pitturu.reconciliation import runs
from pitturu.reporting import rollups
from pitturu.store import retention
from pitturu.worker import broker, sweep
from pitturu.worker.celery_config import celery_settings, routes
from pitturu.worker.runtime import WorkerRuntime

Task = Callable[[], None]

FORMER_NAMES: Final = ("payments.return_unknown",)
"""Names that workers still answer to for one release: processes of the release before may have sent them."""


class WakeUpCelery(Celery):  # type: ignore[misc] # Celery has no types.
    """Celery whose publishers have shorter timeouts than its workers."""

    publisher_options: Mapping[str, Any] = MappingProxyType({})
    """Transport options of publishers only."""

    def connection_for_write(self, url: str | None = None, **options: Any) -> Any:
        """The connection of publishers: requests, workers that wake others, beat."""
        return super().connection_for_write(url, **{"transport_options": self.publisher_options} | options)

    def task(self, *arguments: Any, **options: Any) -> Callable[[Task], Task]:
        """Celery's decorator, typed. A shared task would be in every app, with the first one's database."""
        decorator: Callable[[Task], Task] = super().task(*arguments, **{"shared": False} | options)
        return decorator


def make_celery(runtime: WorkerRuntime, settings: Settings) -> Celery:
    """Celery with every task of this project, each run by this runtime."""
    celery = WakeUpCelery("pitturu", set_as_current=False)
    celery.publisher_options = broker.publisher(settings)
    celery.conf.update(celery_settings(settings) | {"task_routes": routes(runtime.handlers)})
    _add_kinds_of_work(celery, runtime)
    _add_scheduled(celery, runtime, settings)
    for job in runtime.handlers:
        if job.name not in set(JobName):
            add_task(celery, runtime, job)
    return celery


def add_task(celery: WakeUpCelery, runtime: WorkerRuntime, job: AnyJobHandler) -> None:
    """Add the task of a kind of work whose name only its own module knows."""

    @celery.task(name=job.name)
    def work() -> None:
        runtime.work(job)


def _add_kinds_of_work(celery: WakeUpCelery, runtime: WorkerRuntime) -> None:
    """One task for each kind of work, which works on its due rows."""

    @celery.task(name="payments.prepare")
    def prepare() -> None:
        runtime.work(preparation.HANDLER)

    @celery.task(name="payments.verify")
    def verify() -> None:
        runtime.work(verification.HANDLER)

    @celery.task(name="payments.webhook")
    def webhook() -> None:
        runtime.work(webhook_inbox.HANDLER)

    @celery.task(name="payments.cancel")
    def cancel() -> None:
        runtime.work(send.HANDLER)

    @celery.task(name="payments.expire")
    def expire() -> None:
        runtime.work(expiry.HANDLER)

    @celery.task(name="payments.compare")
    def compare() -> None:
        runtime.work(runs.HANDLER)

    @celery.task(name="payments.return_unknown")
    def return_unknown() -> None:
        runtime.work(send.HANDLER)


def _add_scheduled(celery: WakeUpCelery, runtime: WorkerRuntime, settings: Settings) -> None:
    """One task for each entry of beat's schedule."""

    @celery.task(name="payments.sweep")
    def send_wake_ups() -> None:
        with runtime.transaction():
            due = sweep.run(runtime.handlers)
        for job, wake_ups in due.items():
            runtime.publisher.wake_workers(job, wake_ups)

    @celery.task(name="payments.clean")
    def clean() -> None:
        with runtime.transaction():
            sweep.clean()
        retention.erase_expired(runtime.transaction, settings)
        rollups.clean(runtime.transaction)

    @celery.task(name="payments.audit")
    def audit() -> None:
        scheduled_audit.run_on_time(runtime.transaction, settings)

    @celery.task(name="reporting.update_rollups")
    def update_rollups() -> None:
        rollups.update(runtime.transaction)

    @celery.task(name="payments.compare_on_time")
    def compare_on_time() -> None:
        with runtime.transaction() as work:
            runs.begin_on_time(work, settings)

    @celery.task(name="outbound.evaluate_alerts")
    def evaluate_alerts() -> None:
        alerts.evaluate(runtime.transaction, settings)
