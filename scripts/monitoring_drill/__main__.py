"""Run the drill. Exit status 0 when exactly the right alerts fired and ended, 1 otherwise."""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from rich.console import Console
from rich.table import Table

from devstack import StartError
from scripts.monitoring_drill.load import Load
from scripts.monitoring_drill.system import Watched, watched

POLL: Final = 0.5
QUIET: Final = 40.0
"""Seconds of load without any fault: longer than the longest window of a rule that could fire then."""

START_WITHIN, CHANGE_WITHIN = 90.0, 120.0
"""Seconds: until everything runs; until alerts fire after a fault was planted, or end after it was removed."""


@dataclass(frozen=True)
class Phase:
    """Something goes wrong, and the alerts that must fire because of it: these and no others. `heal` ends it."""

    name: str
    plant: Callable[[Watched], None]
    heal: Callable[[Watched], None]
    alerts: frozenset[str]


PHASES: Final = (
    Phase(
        "PortOne answers 503 to everything",
        lambda system: system.faults({"kind": "status", "status": 503}),
        lambda system: system.faults(),
        frozenset({"PitturuPortOneErrors v1", "PitturuPortOneErrors v2"}),
    ),
    Phase(
        "PortOne takes 6 s for each answer",
        lambda system: system.faults({"kind": "latency", "seconds": 6}),
        lambda system: system.faults(),
        frozenset({"PitturuPortOneSlow v1", "PitturuPortOneSlow v2"}),
    ),
    Phase(
        "The only worker is killed",
        Watched.kill_worker,
        Watched.start_worker,
        frozenset({"PitturuProcessSilent worker", "PitturuNoSweep", "PitturuTargetDown pitturu-worker"}),
    ),
)


@dataclass
class Result:
    """What was seen in one step."""

    step: str
    wanted: frozenset[str]
    seconds: float = 0.0
    wrong: str = ""


def main() -> int:
    """Run all phases and print the table."""
    console = Console(width=None if sys.stdout.isatty() else 120, highlight=False)
    try:
        with watched() as system:
            _until(system.ready, START_WITHIN)
            with Load(system.shop, system.simulator) as load:
                results = _drill(system, console)
            good = not any(result.wrong for result in results) and load.bought > 0
            console.print(_table(results))
            console.print(f"{load.bought} purchases, {load.given_up} given up. {'As expected.' if good else 'FAILED.'}")
            if not good:
                console.print("The last lines of all processes:")
                console.print("\n".join(system.log.read_text(errors="replace").splitlines()[-30:]), markup=False)
            return 0 if good else 1
    except (StartError, TimeoutError) as error:
        console.print(str(error), markup=False)
        return 1


def _drill(system: Watched, console: Console) -> list[Result]:
    console.print(f"Everything runs. {QUIET:g} s of load without a fault.")
    results = [_observe(system, Result("Load without a fault", frozenset()), QUIET)]
    for phase in PHASES:
        console.print(f"{phase.name}.")
        phase.plant(system)
        results.append(_observe(system, Result(phase.name, phase.alerts)))
        console.print("It is over.")
        phase.heal(system)
        results.append(_observe(system, Result("… and no longer", frozenset()), allowed=phase.alerts))
    return results


def _observe(system: Watched, result: Result, for_all: float = 0.0, allowed: frozenset[str] = frozenset()) -> Result:
    """Watch until the wanted alerts fire and no others do, for at least `for_all` seconds. Meanwhile only they, and
    those that are `allowed`, may fire."""
    began = time.monotonic()
    while True:
        firing, result.seconds = system.firing(), time.monotonic() - began
        if strange := firing - result.wanted - allowed:
            result.wrong = f"also fired: {', '.join(sorted(strange))}"
        elif firing != result.wanted and result.seconds > CHANGE_WITHIN:
            result.wrong = f"firing after {CHANGE_WITHIN:g} s: {', '.join(sorted(firing)) or 'nothing'}"
        if result.wrong or (firing == result.wanted and result.seconds >= for_all):
            return result
        time.sleep(POLL)


def _table(results: list[Result]) -> Table:
    table = Table("step", "alerts that must fire", "seen after", "result")
    for result in results:
        wanted = "\n".join(sorted(result.wanted)) or "none"
        table.add_row(result.step, wanted, f"{result.seconds:.0f} s", result.wrong or "as expected")
    return table


def _until(condition: Callable[[], bool], seconds: float) -> None:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(f"The system or Prometheus was not ready within {seconds:g} s.")
        time.sleep(POLL)


if __name__ == "__main__":
    sys.exit(main())
