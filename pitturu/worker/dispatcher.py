"""One wake-up empties what is due: claim a handful, ask PortOne about all of them at once, write down what comes back.

A process has one pump a kind of work. Whoever is woken while it runs only rings: it looks again as soon as it has room.
So a quiet system claims one row and is done with it at once, and under load rows gather while answers are written
down, and are claimed, asked about and committed together. A slow answer takes up one place in the window and delays
nobody else. Whatever breaks, the lease runs out and the row is due again.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Any, Final

from pitturu import logs
from pitturu.domain.errors import GatewayError
from pitturu.payments.handlers import AnyJob, Desk

log = logging.getLogger(__name__)

WINDOW: Final = 150
"""Calls that one pump keeps in flight at the most."""

RESERVED: Final = 4
"""Calls that every kind of work may have in flight, however busy the others are."""

BATCH: Final = 50
"""Answers that are written down in one transaction: its locks are held while it lasts, so it must be short."""

Pair = tuple[Any, Any]


class Bell:
    """Answers come in here, and the word that more has become due. One pump a kind of work listens to it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._heard: SimpleQueue[Pair | None] = SimpleQueue()
        self._attended = self._rung = False

    def attend(self) -> bool:
        """Whether we are the one to pump; otherwise the one who does has been rung."""
        with self._lock:
            if not self._attended:
                self._attended, self._rung, self._heard = True, False, SimpleQueue()
                return True
            self._rung = True
            self._heard.put(None)
            return False

    def leave(self) -> None:
        """Let another one pump from now on."""
        with self._lock:
            self._attended = False

    def leave_unless_rung(self) -> bool:
        """Leave, unless somebody rang since we looked: then stay and look again."""
        with self._lock:
            self._attended = self._rung
            return not self._rung

    def unheard(self) -> bool:
        """Whether somebody rang since this was asked last."""
        with self._lock:
            rung, self._rung = self._rung, False
            return rung

    @property
    def answers(self) -> "SimpleQueue[Pair | None]":
        """The queue of this pump; the next one has another."""
        return self._heard


class Places:
    """The calls that all kinds of work of a process may have in flight together, so that none waits for a thread: what
    waits there would be claimed by others when its lease ends, and asked about twice."""

    def __init__(self, shared: int) -> None:
        self._lock, self._free = threading.Lock(), shared

    def take(self, most: int, held: int) -> int:
        """How many more calls a kind that has `held` may begin, `most` of them at once."""
        with self._lock:
            taken = max(min(most - held, self._free), RESERVED - held, 0)
            self._free -= taken
            return taken

    def give_back(self, count: int) -> None:
        """So many calls are over, or were not begun."""
        with self._lock:
            self._free += count


@dataclass(frozen=True)
class Engine:
    """What a pump runs on.

    `threads` make the slow calls, as many as there are `places`, `window` of one kind. `stopping` turns true when the
    process is to end. `looking` is called before rows are claimed, `handing_over` when somebody else should look.
    """

    threads: Executor
    transaction: Callable[[], AbstractContextManager[None]]
    stopping: Callable[[], bool]
    bell: Bell = field(default_factory=Bell)
    places: Places = field(default_factory=lambda: Places(WINDOW))
    window: int = WINDOW
    looking: Callable[[], None] = lambda: None
    handing_over: Callable[[], None] = lambda: None


def run(job: AnyJob, desk: Desk, engine: Engine) -> None:
    """Work until nothing of this kind is due or no more should be begun, and every answer is written down."""
    if not engine.bell.attend():
        return
    attending, in_flight, more, passed_on = True, 0, True, False
    answers = engine.bell.answers
    try:
        while attending or in_flight:
            if attending and engine.stopping():
                attending = False
                engine.bell.leave()
                engine.handing_over()
            if attending and (more := engine.bell.unheard() or more):
                room = engine.places.take(engine.window, in_flight)
                if not room and not passed_on:
                    # Once a crowd: another process may have room, and if none has, they must not play ping-pong.
                    passed_on = True
                    engine.handing_over()
                elif room:
                    begun = _begin(job, desk, engine, room, in_flight, answers)
                    in_flight += begun
                    # A full hand means that there may be more; anything newer rings.
                    more = begun == room
                    passed_on = passed_on and more
            if in_flight:
                pairs = _come_back(answers)
                in_flight -= len(pairs)
                _write_down(job, desk, engine, pairs)
            elif attending and not more:
                attending = not engine.bell.leave_unless_rung()
    finally:
        if attending:
            engine.bell.leave()


def _begin(
    job: AnyJob, desk: Desk, engine: Engine, room: int, in_flight: int, answers: "SimpleQueue[Pair | None]"
) -> int:
    """Claim up to `room` rows and ask about them; how many."""
    begun = 0
    try:
        for question in _claim(job, desk, engine, room, in_flight):
            engine.threads.submit(_ask, job, desk, engine.places, question, answers)
            begun += 1
    finally:
        engine.places.give_back(room - begun)
    return begun


def _claim(job: AnyJob, desk: Desk, engine: Engine, room: int, in_flight: int) -> Sequence[Any]:
    """Due rows. While answers are on their way, a database that is away must not make us leave them behind."""
    try:
        engine.looking()
        with engine.transaction():
            return job.claim(desk, room)
    except Exception:
        if not in_flight:
            raise
        log.exception("claim_broke", extra={"job": job.name, "next": "the sweep finds what is due"})
        return ()


def _come_back(answers: "SimpleQueue[Pair | None]") -> list[Pair]:
    """What has come back, waiting for something to happen: an answer, or a ring (then there may be none)."""
    pairs: list[Pair] = []
    heard = answers.get()
    try:
        while True:
            if heard is not None:
                pairs.append(heard)
            if len(pairs) == BATCH:
                return pairs
            heard = answers.get_nowait()
    except Empty:
        return pairs


def _ask(job: AnyJob, desk: Desk, places: Places, question: Any, answers: "SimpleQueue[Pair | None]") -> None:
    """PortOne's answer, or the exception in its place: an answer that is late or wrong is still to be written down."""
    with logs.bind(question.request_id):
        try:
            answer = job.ask(desk, question)
        except GatewayError as error:
            answer = error
        except Exception as error:
            log.exception("ask_broke", extra={"job": job.name})
            answer = _Broken(f"{type(error).__name__}: {error}")
    places.give_back(1)
    answers.put((question, answer))


@dataclass(frozen=True)
class _Broken:
    """Asking failed in a way nobody foresaw; the words are kept with the row for a person to read."""

    words: str


def _write_down(job: AnyJob, desk: Desk, engine: Engine, pairs: list[Pair]) -> None:
    """All answers in one transaction; where one of them spoils it, each in its own."""
    if not pairs:
        return
    try:
        with engine.transaction():
            job.gather([question for question, _ in pairs])
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
