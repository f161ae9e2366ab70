"""What a worker process runs on: the Flask app's transactions, threads for slow calls, and a graceful stop."""

import logging
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from functools import cached_property
from threading import Event
from typing import Final

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from pitturu.config.settings import Settings
from pitturu.cooldown import Cooldown
from pitturu.domain.errors import AccessRefused
from pitturu.payments.handlers import AnyJobHandler, WorkerContext
from pitturu.services import services_of
from pitturu.store import refusals
from pitturu.store.errors import plain
from pitturu.store.unit_of_work import UnitOfWork, unit_of_work
from pitturu.worker.call_slots import RESERVED, CallSlots
from pitturu.worker.calls import Calls
from pitturu.worker.dispatcher import Dispatcher
from pitturu.worker.publisher import RedisPublisher
from pitturu.worker.wake_up_signal import WakeUpSignal

NOTE_REFUSALS_EVERY: Final = timedelta(seconds=10)
"""How often a process records that PortOne refuses our keys."""

log = logging.getLogger(__name__)


class WorkerRuntime:
    """One per process. Threads are made on first use, after any fork."""

    def __init__(self, app: Flask, settings: Settings, handlers: Sequence[AnyJobHandler]) -> None:
        self._app, self._settings, self.handlers = app, settings, handlers
        self.stop = Event()
        self._signals = {job.name: WakeUpSignal() for job in handlers}
        self._call_slots = CallSlots(settings.portone_concurrency)
        self._own_slots = {job.name: CallSlots(job.own_slots) for job in handlers if job.own_slots is not None}
        self._refusal_noted = Cooldown(NOTE_REFUSALS_EVERY)

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
        own = sum(max(job.own_slots or 0, RESERVED) for job in self.handlers)
        most = self._settings.portone_concurrency + own
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
            self._calls(job),
            transaction=self.transaction,
            stopping=self.stop.is_set,
            signal=self._signals[job.name],
            before_claim=lambda: self.publisher.claiming(job.name),
            wake_another=lambda: self._wake_another(job.name),
        ).run()

    def _calls(self, job: AnyJobHandler) -> Calls:
        shared = max(self._settings.portone_concurrency * 3 // 4, 1)
        slots = self._own_slots.get(job.name, self._call_slots).of_kind(job.own_slots or shared)
        start_within = (self._settings.lease - self._settings.longest_call).total_seconds()
        return Calls(job, self.context, self.threads, slots, start_within, self._note_refusal)

    def _note_refusal(self, error: AccessRefused) -> None:
        """Record that PortOne refuses our keys, for the alert about it. Every row fails then, so once in a while."""
        if self._refusal_noted.active:
            return
        self._refusal_noted.start()
        try:
            with self.transaction() as work:
                refusals.note(work, error)
        except SQLAlchemyError as trouble:
            log.warning("refusal_not_noted", extra={"error": plain(trouble)[:200], "next": "the next refusal is noted"})

    def _wake_another(self, job: str) -> None:
        """Wake another worker. The mark is cleared first, because the wake-up that arrived here was not acted upon."""
        self.publisher.claiming(job)
        self.publisher.wake(job)
