"""One run from the first purchase to the verdict."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from chaos.browser import Browser, Stopped
from chaos.buyer import RunContext
from chaos.checker import Check, run_checks
from chaos.checker.evidence import Evidence
from chaos.later import Later
from chaos.nemesis import Nemesis
from chaos.notes import Notes
from chaos.pace import Pace
from chaos.people import Operator
from chaos.plan import Plan
from chaos.portone import PortOne
from chaos.postman import Postman
from chaos.quiet import until_quiet
from chaos.system import StartError, System
from chaos.workload import Workload

Report = Callable[[str, int, int], None]
"""Is told how far things are: the phase, how much is done, of how much."""
TICK = 0.03
START_WITHIN = 120.0
"""Seconds until every web answers, at the beginning and after the last kill."""


@dataclass
class Course:
    """What came of a run. Moments are unix seconds."""

    plan: Plan
    pace: Pace
    notes: Notes
    began: float = 0.0
    calm: float = 0.0
    quiet: float = 0.0
    is_quiet: bool = False
    checks: list[Check] = field(default_factory=list)
    evidence: Evidence | None = None
    broken: list[str] = field(default_factory=list)

    @property
    def lossless(self) -> bool:
        """Whether everything came to rest, nothing was lost, and every script was played."""
        return self.is_quiet and not self.broken and not any(check.losses for check in self.checks)


class Run:
    """`play` does all of it; the thread that calls it must be the main one, for it starts processes."""

    def __init__(self, system: System, plan: Plan, pace: Pace, report: Report) -> None:
        self._system, self._plan, self._report = system, plan, report
        self._stop = threading.Event()
        self._later = Later()
        self.course = Course(plan, pace, Notes())
        self._portone = PortOne(system.simulator, self._stop)
        self._nemesis = Nemesis(system, plan.kills, self.course.notes)
        self._postman = Postman(system.simulator, self.course.notes)

    def play(self, buyers: int, patience: float) -> Course:
        """Buyers shop while everybody dies; then calm, quiet, and judgement. Raises Stopped when interrupted."""
        try:
            self._shop(buyers)
            self._calm_down(patience)
        except KeyboardInterrupt:
            raise Stopped from None
        finally:
            self._stop.set()
            self._later.stop()
        self._report("judging", 0, 1)
        noted: list[dict[str, Any]] = self.course.notes.of(
            "opened", "verified", "cancel", "cancel wish", "webhook", "forged", "shelf"
        )
        self.course.checks, self.course.evidence = run_checks(self._system.database, self._system.simulator, noted)
        return self.course

    def _shop(self, buyers: int) -> None:
        notes, course = self.course.notes, self.course
        items = self._system.begin(len(self._plan.purchases))
        for item, stock in items:
            notes.add("shelf", item=item, stock=stock)
        self._wait(self._system.answers, "starting")
        self._portone.begin(self._plan.switches)
        browsers = [Browser(web.web, notes, self._stop) for web in self._system.webs]
        run_context = RunContext(self._portone, self._later, notes, course.pace)
        operator = Operator(browsers[0])
        operator.register()
        self._system.promote(operator.name)
        workload = Workload(self._plan, run_context, browsers, (items[0][0], items[1][0]), operator)
        course.began = time.time()
        self._later.start()
        workload.start(buyers)
        total = len(self._plan.purchases)
        try:
            while not (workload.done and self._later.idle):
                if self._nemesis.due(workload.begun):
                    self._nemesis.strike()
                    workload.has_struck()
                self._nemesis.tend()
                self._postman.look(workload.begun)
                if workload.done:
                    self._later.hurry()
                self._report("shopping" if not workload.done else "money that comes later", workload.finished, total)
                time.sleep(TICK)
        finally:
            workload.stop()
        course.broken = workload.broken + self._later.broken

    def _calm_down(self, patience: float) -> None:
        """No more faults, everything runs; wait until nothing is due."""
        self._nemesis.heal()
        self._wait(self._system.answers, "starting again")
        self._portone.behave()
        self.course.calm = time.time()

        def tend(left: int) -> None:
            self._nemesis.tend()
            self._report("rows still waiting", left, 0)

        self.course.is_quiet, seconds = until_quiet(self._system.database, patience, tend)
        self.course.quiet = self.course.calm + seconds
        self._postman.collect()

    def _wait(self, condition: Callable[[], bool], phase: str) -> None:
        deadline = time.monotonic() + START_WITHIN
        while not condition():
            if time.monotonic() > deadline:
                lines = self._system.last_lines()
                raise StartError(f"{phase}: no answer within {START_WITHIN:g} s. All processes said last:\n{lines}")
            self._nemesis.tend()
            self._report(phase, 0, 1)
            time.sleep(0.1)
