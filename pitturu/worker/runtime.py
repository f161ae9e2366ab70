"""What a worker process runs on: the Flask app's transactions, threads for slow calls, and a graceful stop."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cached_property
from threading import Event

from flask import Flask

from pitturu.config.settings import Settings
from pitturu.payments.handlers import AnyJobHandler, WorkerContext
from pitturu.services import services_of
from pitturu.store.unit_of_work import UnitOfWork, unit_of_work
from pitturu.worker.call_slots import RESERVED, CallSlots
from pitturu.worker.dispatcher import Dispatcher
from pitturu.worker.publisher import RedisPublisher
from pitturu.worker.wake_up_signal import WakeUpSignal


class WorkerRuntime:
    """One per process. Threads are made on first use, after any fork."""

    def __init__(self, app: Flask, settings: Settings, handlers: Sequence[AnyJobHandler]) -> None:
        self._app, self._settings, self.handlers = app, settings, handlers
        self.stop = Event()
        self._signals = {job.name: WakeUpSignal() for job in handlers}
        self._call_slots = CallSlots(settings.portone_concurrency)

    @cached_property
    def context(self) -> WorkerContext:
        """The gateways to PortOne, opened on first use."""
        open_gateway = services_of(self._app).open_gateway
        return WorkerContext({one: open_gateway(one) for one in self._settings.generations}, self._settings)

    @property
    def publisher(self) -> RedisPublisher:
        """The publisher of wake-ups and changes."""
        return services_of(self._app).publisher

    @cached_property
    def threads(self) -> ThreadPoolExecutor:
        """As many threads as calls may be in flight."""
        most = self._settings.portone_concurrency + RESERVED * len(self.handlers)
        return ThreadPoolExecutor(most, thread_name_prefix="portone")

    @contextmanager
    def transaction(self) -> Iterator[UnitOfWork]:
        """One unit of work in an app context of its own."""
        with self._app.app_context(), unit_of_work() as work:
            yield work

    def work(self, job: AnyJobHandler) -> None:
        """Dispatch what is due, or signal the thread that dispatches it already."""
        Dispatcher(
            job,
            self.context,
            threads=self.threads,
            transaction=self.transaction,
            stopping=self.stop.is_set,
            signal=self._signals[job.name],
            call_slots=self._call_slots,
            window=max(self._settings.portone_concurrency * 3 // 4, 1),
            before_claim=lambda: self.publisher.claiming(job.name),
            wake_another=lambda: self._wake_another(job.name),
        ).run()

    def _wake_another(self, job: str) -> None:
        """Wake another worker. The mark is cleared first, because the wake-up that arrived here was not acted upon."""
        self.publisher.claiming(job)
        self.publisher.wake(job)
