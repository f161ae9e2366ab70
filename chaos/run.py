"""One run from the first purchase to the result."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from chaos.accounts import Operator
from chaos.browser import Browser, Stopped
from chaos.buyer import RunContext
from chaos.checker import Check, run_checks
from chaos.checker.snapshot import Snapshot
from chaos.event_endpoint import EventEndpoint
from chaos.nemesis import Nemesis
from chaos.notes import Notes
from chaos.pace import Pace
from chaos.plan import Plan
from chaos.portone import PortOne
from chaos.quiet import until_quiet, waiting
from chaos.rolling import Rollout
from chaos.scheduler import Scheduler
from chaos.system import StartError, System
from chaos.webhook_monitor import WebhookMonitor
from chaos.workload import Workload

Report = Callable[[str, int, int], None]
"""Called with the progress: the phase, how much is done, of how much."""
TICK = 0.03
START_WITHIN = 120.0
"""Seconds until every web answers, at the beginning and after the last kill."""


@dataclass
class RunResult:
    """The result of a run. Times are unix seconds."""

    plan: Plan
    pace: Pace
    notes: Notes
    began: float = 0.0
    calm: float = 0.0
    quiet: float = 0.0
    is_quiet: bool = False
    checks: list[Check] = field(default_factory=list)
    snapshot: Snapshot | None = None
    calls: dict[str, dict[str, int]] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)

    @property
    def lossless(self) -> bool:
        """Whether all work ended, nothing was lost, and every script was completed."""
        return self.is_quiet and not self.broken and not any(check.losses for check in self.checks)


class Run:
    """`play` runs everything; it must be called in the main thread, because it starts processes."""

    def __init__(self, system: System, plan: Plan, pace: Pace, report: Report, *, rolling: bool = False) -> None:
        self._system, self._plan, self._report = system, plan, report
        self._stop = threading.Event()
        self._scheduler = Scheduler()
        self.result = RunResult(plan, pace, Notes())
        self._portone = PortOne(system.simulator, self._stop)
        self._rollout = Rollout(system, self.result.notes) if rolling else None
        self._nemesis = self._rollout or Nemesis(system, plan.kills, self.result.notes)
        self._webhook_monitor = WebhookMonitor(system.simulator, self.result.notes)

    def play(self, buyers: int, timeout: float) -> RunResult:
        """Run the purchases and the kills, stop the faults, wait for the end of all work, check. Raises Stopped when
        interrupted."""
        try:
            self._shop(buyers)
            self._calm_down(timeout)
        except KeyboardInterrupt:
            raise Stopped from None
        finally:
            self._stop.set()
            self._scheduler.stop()
        self._report("judging", 0, 1)
        noted: list[dict[str, Any]] = self.result.notes.of(
            *(
                "opened",
                "verified",
                "cancel",
                "cancel request",
                "shipped",
                "webhook",
                "forged",
                "initial stock",
                "received",
            )
        )
        self.result.checks, self.result.snapshot = run_checks(self._system.database, self._system.simulator, noted)
        return self.result

    def _shop(self, buyers: int) -> None:
        notes, result = self.result.notes, self.result
        items = self._system.begin(len(self._plan.purchases))
        for one in items.values():
            if one.stock is not None:
                notes.add("initial stock", item=one.item_id, stock=one.stock)
        self._wait(self._system.answers, "starting")
        self._portone.begin(self._plan.switches)
        browsers = [Browser(web.web, notes, self._stop) for web in self._system.webs]
        run_context = RunContext(self._portone, self._scheduler, notes, result.pace)
        operator = self._operator(browsers[0])
        self._receive_events()
        workload = Workload(self._plan, run_context, browsers, items, operator)
        result.began = time.time()
        self._scheduler.start()
        workload.start(buyers)
        total = len(self._plan.purchases)
        try:
            while not (workload.done and self._scheduler.idle):
                if self._nemesis.due(workload.begun):
                    self._nemesis.kill_next()
                    workload.has_struck()
                self._nemesis.restart_due()
                self._webhook_monitor.look(workload.begun)
                self._endpoint.look(workload.begun, notes)
                if workload.done:
                    self._scheduler.run_all_now()
                self._report("shopping" if not workload.done else "money that comes later", workload.finished, total)
                time.sleep(TICK)
        finally:
            workload.stop()
        result.broken = workload.broken + self._scheduler.broken

    def _calm_down(self, timeout: float) -> None:
        """Stop the faults and restart everything; wait until nothing is due."""
        self._nemesis.restart_all()
        if self._rollout is not None:
            self.result.broken += self._rollout.failures()
        self._wait(self._system.answers, "starting again")
        self._wait(self._endpoint.stop_faults, "ending the faults of the receiver")
        self._portone.stop_faults()
        self.result.calm = time.time()

        def progress(left: int) -> None:
            self._nemesis.restart_due()
            self._endpoint.look(0, self.result.notes)
            self._report("rows still waiting", left, 0)

        self.result.is_quiet, seconds = until_quiet(self._system.database, timeout, progress)
        if not self.result.is_quiet:
            self.result.left = waiting(self._system.database)
        self.result.quiet = self.result.calm + seconds
        self.result.calls = self._portone.calls()
        self._webhook_monitor.collect()
        self._endpoint.collect(self.result.notes)

    def _operator(self, browser: Browser) -> Operator:
        operator = Operator(browser)
        operator.register()
        self._system.promote(operator.name)
        return operator

    def _receive_events(self) -> None:
        """Register the receiver, with requests that are tried once: this is the main thread."""
        browser = Browser(self._system.webs[0].web, Notes(), self._stop, timeout=0)
        operator = self._operator(browser)
        self._endpoint = EventEndpoint(self._system.receiver, browser, operator, self._plan.silences)
        self._endpoint.register()

    def _wait(self, condition: Callable[[], bool], phase: str) -> None:
        deadline = time.monotonic() + START_WITHIN
        while not condition():
            if time.monotonic() > deadline:
                lines = self._system.last_lines()
                raise StartError(f"{phase}: no answer within {START_WITHIN:g} s. All processes said last:\n{lines}")
            self._nemesis.restart_due()
            self._report(phase, 0, 1)
            time.sleep(0.1)
