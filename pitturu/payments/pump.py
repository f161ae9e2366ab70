"""One wake-up empties what is due: claim a handful, ask PortOne about all of them at once, write down what comes back.

A slow answer takes up one place in the window and delays nobody else. A quiet system claims one row and is done with
it at once. Whatever breaks, the lease runs out and the row is due again.
"""

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Final

from pitturu import logs
from pitturu.domain.errors import GatewayError
from pitturu.payments.desk import AnyJob, Desk

log = logging.getLogger(__name__)

WINDOW: Final = 25
"""Calls that one wake-up keeps in flight: enough to fill a worker from a few wake-ups, few enough to share it."""

Pair = tuple[Any, Any]


@dataclass(frozen=True)
class Engine:
    """What a pump runs on: threads for slow calls, transactions, and a word when no more work should be begun.

    `stopping` turns true when the process is to end, or when this wake-up has had its turn.
    """

    threads: Executor
    transaction: Callable[[], AbstractContextManager[None]]
    stopping: Callable[[], bool]


def run(job: AnyJob, desk: Desk, engine: Engine) -> bool:
    """Work until nothing of this kind is due or no more should be begun, and every answer is written down.

    Returns whether more may be due: then somebody should be woken again.
    """
    in_flight: dict[Future[Any], Any] = {}
    more = True
    while in_flight or (more and not engine.stopping()):
        room = WINDOW - len(in_flight)
        if more and room and not engine.stopping():
            questions = _claim(job, desk, engine, room)
            in_flight.update({engine.threads.submit(_answer, job, desk, question): question for question in questions})
            # A full hand means that there may be more; anything newer brings its own wake-up.
            more = len(questions) == room
        if in_flight:
            finished, _ = wait(in_flight, return_when=FIRST_COMPLETED)
            pairs = [(in_flight.pop(future), future.result()) for future in finished]
            _write_down(job, desk, engine, sorted(pairs, key=lambda pair: pair[0].lock_key))
    return more


def _claim(job: AnyJob, desk: Desk, engine: Engine, room: int) -> Sequence[Any]:
    with engine.transaction():
        return job.claim(desk, room)


def _answer(job: AnyJob, desk: Desk, question: Any) -> Any:
    """PortOne's answer, or the exception in its place: an answer that is late or wrong is still to be written down."""
    with logs.bind(question.request_id):
        try:
            return job.ask(desk, question)
        except GatewayError as error:
            return error
        except Exception as error:
            log.exception("ask_broke", extra={"job": job.name})
            return _Broken(f"{type(error).__name__}: {error}")


@dataclass(frozen=True)
class _Broken:
    """Asking failed in a way nobody foresaw; the words are kept with the row for a person to read."""

    words: str


def _write_down(job: AnyJob, desk: Desk, engine: Engine, pairs: list[Pair]) -> None:
    """All answers in one transaction; where one of them spoils it, each in its own."""
    try:
        with engine.transaction():
            for question, answer in pairs:
                _apply(job, desk, question, answer)
    except Exception:
        log.exception("apply_broke", extra={"job": job.name, "rows": len(pairs)})
        for question, answer in pairs:
            _write_one(job, desk, engine, question, answer)


def _apply(job: AnyJob, desk: Desk, question: Any, answer: Any) -> None:
    with logs.bind(question.request_id):
        if isinstance(answer, _Broken):
            job.postpone(question, answer.words)
        else:
            job.apply(desk, question, answer)


def _write_one(job: AnyJob, desk: Desk, engine: Engine, question: Any, answer: Any) -> None:
    try:
        with engine.transaction():
            _apply(job, desk, question, answer)
    except Exception as error:
        with logs.bind(question.request_id):
            log.exception("apply_broke", extra={"job": job.name, "rows": 1})
        try:
            with engine.transaction():
                job.postpone(question, f"{type(error).__name__}: {error}")
        except Exception:
            # The database itself is away: the lease is the net, the row is due again when it ends.
            log.exception("postpone_broke", extra={"job": job.name})
