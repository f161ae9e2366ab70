"""`python -m benchmarks [--quick] [--only a,c] [--json FILE] [--plots DIR] [--write PAGE]`: measure, report, fail below
a bar."""

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any, Final

from rich.console import Console

from benchmarks import chain, endpoints, growth, pages, plots, report, silent, verifying
from benchmarks.effort import FULL, QUICK, Effort
from benchmarks.environment import environment
from benchmarks.figures import Bar
from benchmarks.scenario import Scenario, scenario
from benchmarks.stand_ins import stand_ins

CONSOLE: Final = Console(width=150)
LETTERS: Final = "acdefgh"

Part = tuple[list[dict[str, Any]], list[Bar]]


def main() -> None:
    """Measure and report; the exit status is 1 when a bar is missed."""
    wanted = _arguments()
    effort = QUICK if wanted.quick else FULL
    begun = time.monotonic()
    with (
        CONSOLE.status("starting Postgres, Valkey and a PortOne") as status,
        environment() as here,
        stand_ins(here) as faster,
    ):
        figures, bars = measure(scenario(faster), effort, set(wanted.only), status.update)
    figures["minutes"] = (time.monotonic() - begun) / 60
    report.show(CONSOLE, figures, bars)
    if wanted.json:
        wanted.json.write_text(json.dumps(figures, indent=2, ensure_ascii=False) + "\n")
    if wanted.plots:
        plots.draw(figures, wanted.plots)
    if wanted.write:
        pages.renew(wanted.write, "bars", report.markdown(bars, figures))
    missed = [bar for bar in bars if not bar.kept]
    parts = ", ".join(f"{name} {minutes}" for name, minutes in figures["minutes_of_parts"].items())
    CONSOLE.print(f"{len(bars) - len(missed)} of {len(bars)} bars kept, in {figures['minutes']:.1f} minutes: {parts}.")
    sys.exit(1 if missed else 0)


def measure(shown: Scenario, effort: Effort, only: set[str], say: Any) -> tuple[dict[str, Any], list[Bar]]:
    """Run all parts that belong to a selected bar; returns the figures by part, and the selected bars."""
    figures: dict[str, Any] = {
        "effort": effort.name,
        "date": f"{date.today():%Y-%m-%d}",
        "machine": {"cores": os.cpu_count(), "python": platform.python_version(), "system": platform.platform()},
        "settings": asdict(effort),
        "minutes_of_parts": {},
    }
    bars: list[Bar] = []

    def part(name: str, letters: str, words: str, result: Callable[[], Part]) -> None:
        if only & set(letters):
            say(words)
            begun = time.monotonic()
            figures[name], found = result()
            figures["minutes_of_parts"][name] = round((time.monotonic() - begun) / 60, 1)
            bars.extend(bar for bar in found if bar.letter in only)

    part("endpoints", "a", "the endpoints, compared with bare views", lambda: endpoints.measure(shown, effort))
    part("verifying", "cdh", "workers, compared with bare tasks", lambda: verifying.measure(shown, effort, only))
    part("chain", "e", "from accepted to paid", lambda: chain.measure(shown, effort))
    part("growth", "f", "a database that grows", lambda: growth.measure(shown, effort))
    part("silent", "g", "silent connections", lambda: silent.measure(shown, effort))
    figures["bars"] = [bar.plain() for bar in bars]
    return figures, bars


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench ARGS=...", description="Measure performance against the bars.")
    parser.add_argument("--quick", action="store_true", help="a few minutes only, with 100,000 sessions")
    parser.add_argument("--only", type=_letters, default=LETTERS, help="bars to measure, e.g. a,c (default: all)")
    parser.add_argument("--json", type=Path, help="write the figures to this file as well")
    parser.add_argument("--plots", type=Path, help="draw the figures into this folder (SVG)")
    parser.add_argument("--write", type=Path, help="renew the table of bars in this page (docs/performance.md)")
    return parser.parse_args()


def _letters(given: str) -> str:
    letters = given.replace(",", "").replace(" ", "").lower()
    if not letters or not set(letters) <= set(LETTERS):
        raise argparse.ArgumentTypeError(f"{given!r} is not one of the bars {', '.join(LETTERS)}; say for example a,c")
    return letters


if __name__ == "__main__":
    main()
