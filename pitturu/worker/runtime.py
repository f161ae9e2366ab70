"""What a worker process runs on: the Flask app's transactions, threads for slow calls, and a way to stop softly."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cached_property
from threading import Event
from typing import Final

from flask import Flask

from pitturu.config.settings import Settings
from pitturu.domain.jobs import JobName
from pitturu.payments import expiry, preparation, verification, webhook_inbox
from pitturu.payments.cancellations import send
from pitturu.payments.handlers import AnyJob, Desk
from pitturu.reconciliation import runs, unknown_payments
from pitturu.store.unit_of_work import Announcer, unit_of_work
from pitturu.worker import dispatcher
from pitturu.worker.dispatcher import RESERVED, Bell, Engine, Places

JOBS: Final[tuple[AnyJob, ...]] = (
    preparation.JOB,
    verification.JOB,
    webhook_inbox.JOB,
    send.JOB,
    expiry.JOB,
    runs.JOB,
    unknown_payments.JOB,
)


class WorkerEngine:
    """One per process. Threads are made on first use, after any fork."""

    def __init__(self, app: Flask, settings: Settings) -> None:
        self._app, self._settings = app, settings
        self.stop = Event()
        self._bells = {job.name: Bell() for job in JOBS}
        self._places = Places(settings.portone_concurrency)

    @cached_property
    def desk(self) -> Desk:
        """The way to PortOne, opened on first use."""
        desk: Desk = self._app.extensions["pitturu.desk"]()
        return desk

    @property
    def announcer(self) -> Announcer:
        """How to wake others."""
        announcer: Announcer = self._app.extensions["pitturu.announcer"]
        return announcer

    @cached_property
    def threads(self) -> ThreadPoolExecutor:
        """As many threads as calls may be in flight; they mostly wait."""
        most = self._settings.portone_concurrency + RESERVED * len(JOBS)
        return ThreadPoolExecutor(most, thread_name_prefix="portone")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """One unit of work in an app context of its own."""
        with self._app.app_context(), unit_of_work():
            yield

    def work(self, job: AnyJob) -> None:
        """Do what is due, or ring for whoever does it already."""
        engine = Engine(
            threads=self.threads,
            transaction=self.transaction,
            stopping=self.stop.is_set,
            bell=self._bells[job.name],
            places=self._places,
            window=max(self._settings.portone_concurrency * 3 // 4, 1),
            looking=lambda: self.announcer.acting(job.name),
            handing_over=lambda: self._hand_over(job.name),
        )
        dispatcher.run(job, self.desk, engine)

    def _hand_over(self, job: JobName) -> None:
        """Somebody else goes on. Whoever rang here and was not served is on no way any more."""
        self.announcer.acting(job)
        self.announcer.wake(job)
