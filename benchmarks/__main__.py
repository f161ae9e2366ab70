"""`python -m benchmarks [--quick] [--only a,b] [--json FILE] [--plots DIR]`: measure, report, fail below a bar."""

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import psycopg
from rich.console import Console

from benchmarks import chain, endpoints, growth, plots, portone, report, shop, verifying
from benchmarks.effort import FULL, QUICK, Effort
from benchmarks.environment import Environment, environment, wait_for
from benchmarks.figures import Bar
from benchmarks.scenario import Scenario, scenario
from devstack.ports import free_port, is_free

CONSOLE: Final = Console(width=150)
LETTERS: Final = "abcdef"

Part = tuple[list[dict[str, Any]], list[Bar]]


def main() -> None:
    """Measure and report; the exit status is 1 when a bar is missed."""
    wanted = _arguments()
    effort = QUICK if wanted.quick else FULL
    begun = time.monotonic()
    with (
        CONSOLE.status("starting Postgres, Valkey and a PortOne") as status,
        environment() as here,
        _set(here) as shown,
    ):
        figures, bars = measure(shown, effort, set(wanted.only), status.update)
    figures["minutes"] = (time.monotonic() - begun) / 60
    report.show(CONSOLE, figures, bars)
    if wanted.json:
        wanted.json.write_text(json.dumps(figures, indent=2, ensure_ascii=False) + "\n")
    if wanted.plots:
        plots.draw(figures, wanted.plots)
    missed = [bar for bar in bars if not bar.kept]
    CONSOLE.print(f"{len(bars) - len(missed)} of {len(bars)} bars kept, in {figures['minutes']:.1f} minutes.")
    sys.exit(1 if missed else 0)


def measure(shown: Scenario, effort: Effort, only: set[str], say: Any) -> tuple[dict[str, Any], list[Bar]]:
    """Run all parts that belong to a selected bar; returns the figures by part, and the selected bars."""
    figures: dict[str, Any] = {
        "effort": effort.name,
        "machine": {"cores": os.cpu_count(), "python": platform.python_version(), "system": platform.platform()},
        "settings": asdict(effort),
    }
    bars: list[Bar] = []

    def part(name: str, letters: str, words: str, result: Any) -> None:
        if only & set(letters):
            say(words)
            figures[name], found = result()
            bars.extend(bar for bar in found if bar.letter in only)

    part("doors", "ab", "the endpoints, compared with bare views", lambda: endpoints.measure(shown, effort))
    part("scaling", "ab", "more web processes", lambda: endpoints.scaling(shown, effort))
    part("verifying", "cd", "workers, compared with bare tasks", lambda: verifying.measure(shown, effort))
    part("shop", "d", "the synchronous view", lambda: shop.measure(shown, effort, verifying.best(figures["verifying"])))
    part("chain", "e", "from accepted to paid", lambda: chain.measure(shown, effort))
    part("growth", "f", "a database that grows", lambda: growth.measure(shown, effort))
    figures["bars"] = [bar.plain() for bar in bars]
    return figures, bars


@contextmanager
def _set(here: Environment) -> Iterator[Scenario]:
    """Replace PortOne by a stand-in that returns the simulator's answers after 200 ms."""
    with psycopg.connect(here.database) as connection:
        row = connection.execute("SELECT price FROM items WHERE stock IS NULL ORDER BY name LIMIT 1").fetchone()
    price = int(row[0]) if row else 0
    keys = here.environ["PORTONE_API_KEY"], here.environ["PORTONE_API_SECRET"]
    recording = here.directory / "recording.json"
    recording.write_text(json.dumps(asdict(portone.record(here.simulator, *keys, price))))
    port = free_port()
    command = f'python -m benchmarks.portone --port {port} --latency {chain.LATENCY} < "{recording}"'
    with here.program("portone", command):
        wait_for(lambda: not is_free(port), "PortOne's stand-in")
        yield scenario(here.on(PORTONE_BASE_URL=f"http://127.0.0.1:{port}"))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench ARGS=...", description="Measure performance against the bars.")
    parser.add_argument("--quick", action="store_true", help="a few minutes only, with 100,000 sessions")
    parser.add_argument("--only", type=_letters, default=LETTERS, help="bars to measure, e.g. a,b (default: all)")
    parser.add_argument("--json", type=Path, help="write the figures to this file as well")
    parser.add_argument("--plots", type=Path, help="draw the figures into this folder (SVG)")
    return parser.parse_args()


def _letters(given: str) -> str:
    letters = given.replace(",", "").replace(" ", "").lower()
    if not letters or not set(letters) <= set(LETTERS):
        raise argparse.ArgumentTypeError(f"{given!r} is not one of the bars {', '.join(LETTERS)}; say for example a,c")
    return letters


if __name__ == "__main__":
    main()
