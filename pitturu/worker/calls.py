"""The calls that a dispatcher makes about the rows it has claimed: about one row each, or about several at once.

A slot is held by a call, not by a row: one call about fifty orders holds one. Rows that its answer does not settle are
asked about alone, in the slots that are free and in those that become free, before other rows are claimed.
"""

import logging
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import suppress
from contextvars import copy_context
from dataclasses import dataclass, field
from queue import SimpleQueue
from time import monotonic
from typing import Any, Final

from pitturu import logs, spans
from pitturu.domain.errors import AccessRefused, GatewayError
from pitturu.payments.handlers import AnyJobHandler, BatchCall, WorkerContext
from pitturu.worker.call_slots import KindSlots
from pitturu.worker.wake_up_signal import Pair

log = logging.getLogger(__name__)

ROWS_PER_SLOT: Final = 4
"""Claimed rows for each slot that a kind of work may hold, at the most. If no call about several rows settles any, the
last of them waits for the calls of three others."""

NOT_ASKED: Final = object()
"""In place of an answer: no call was made, because it could have outlasted the lease. The row is due when that ends."""


@dataclass
class Calls:
    """The calls of one run of a dispatcher.

    `threads` make them, as many as there are `slots`. `answers` gets each row with its answer, or with the exception in
    its place, or NOT_ASKED. `start_within` is how many seconds after its claim a call about a row may begin, so that it
    ends within the lease. `access_refused` is called when PortOne refused our keys.
    """

    job: AnyJobHandler
    context: WorkerContext
    threads: Executor
    slots: KindSlots
    start_within: float
    access_refused: Callable[[AccessRefused], None]
    answers: SimpleQueue[Pair | None] = field(default_factory=SimpleQueue, init=False)
    _unsettled: deque[tuple[Any, float]] = field(default_factory=deque, init=False)

    def room(self, in_flight: int) -> int:
        """Take slots for further rows beside those in flight. Returns how many rows may be claimed."""
        taken = self.slots.acquire(self.slots.most * ROWS_PER_SLOT - in_flight)
        return sum(not self._used() for _ in range(taken))

    def start(self, rows: Sequence[Any], room: int) -> None:
        """Start the calls about the rows that were claimed for `room` slots, and return the slots that are not used."""
        latest, used = monotonic() + self.start_within, 0
        try:
            for batch in self._batched(rows):
                self._submit(batch, latest)
                used += 1
        finally:
            for _ in range(room - used):
                self._use_or_release()

    def _batched(self, rows: Sequence[Any]) -> Sequence[Sequence[Any]]:
        """The claimed rows by the call that is made about them; most calls are about one row.

        Only rows of one claim are asked about together, so a row never waits for others to become due.
        """
        batch_call = self.job.batch_call
        batches = batch_call.batches(self.context, rows) if batch_call is not None and len(rows) > 1 else ()
        within = {id(row) for batch in batches for row in batch}
        return [*batches, *([row] for row in rows if id(row) not in within)]

    def _submit(self, batch: Sequence[Any], latest: float) -> None:
        batch_call = self.job.batch_call
        if len(batch) > 1 and batch_call is not None:
            self.threads.submit(copy_context().run, self._ask_batch, batch_call, batch, latest)
        else:
            self.threads.submit(copy_context().run, self._ask, batch[0])

    def _ask(self, claimed: Any) -> None:
        """Make the call of one row and queue its answer, or the exception in its place, to be committed."""
        with logs.bind(claimed.request_id), spans.of_requests(f"{self.job.name} ask", [claimed.request_id]):
            try:
                answer = self.job.ask(self.context, claimed)
            except GatewayError as error:
                answer = self._noted(error)
            except Exception as error:
                log.exception("ask_broke", extra=about(self.job, claimed))
                answer = error
        self._use_or_release()
        self.answers.put((claimed, answer))

    def _ask_batch(self, batch_call: BatchCall[Any, Any], batch: Sequence[Any], latest: float) -> None:
        """Make one call about several rows. Those that its answer does not settle are asked about alone."""
        answers: Mapping[Any, Any] = {}
        with spans.of_requests(f"{self.job.name} ask together", [claimed.request_id for claimed in batch]):
            try:
                answers = batch_call.ask(self.context, batch)
            except GatewayError as error:
                answers = dict.fromkeys(batch, self._noted(error))
            except Exception:
                log.exception("ask_broke", extra={"job": self.job.name, "rows": len(batch)})
        unsettled = [claimed for claimed in batch if claimed not in answers]
        self._unsettled.extend((claimed, latest) for claimed in unsettled)
        # The slot of this call serves the first of them, and is returned when there is none.
        for _ in range(1 + self.slots.acquire(len(unsettled) - 1)):
            self._use_or_release()
        for claimed in batch:
            if claimed in answers:
                self.answers.put((claimed, answers[claimed]))

    def _use_or_release(self) -> None:
        """Use a slot that is free for a row that waits to be asked about alone; return it if none does."""
        if not self._used():
            self.slots.release(1)

    def _used(self) -> bool:
        """Use a slot for a row that waits to be asked about alone, if one does."""
        while self._unsettled:
            with suppress(IndexError):
                claimed, latest = self._unsettled.popleft()
                if monotonic() < latest:
                    self._submit([claimed], latest)
                    return True
                self.answers.put((claimed, NOT_ASKED))
        return False

    def _noted(self, error: GatewayError) -> GatewayError:
        if isinstance(error, AccessRefused):
            self.access_refused(error)
        return error


def about(job: AnyJobHandler, claimed: Any) -> dict[str, object]:
    """The data of a log line about this row; `about` is its order number, which `why` accepts, where it has one."""
    return {"job": job.name, "about": getattr(claimed, "merchant_uid", None)}
