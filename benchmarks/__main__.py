"""`python -m benchmarks [--seconds S] [--payments N] [--json FILE]`."""

import argparse
import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks import ceilings, doors, worker
from benchmarks.load import Request, Result, hammer
from benchmarks.stage import Stage, stage

CONSOLE = Console()


def main() -> None:
    """Measure, show, and write the figures down if asked to."""
    parser = argparse.ArgumentParser(prog="make bench ARGS=...", description="How fast the doors and the worker are.")
    parser.add_argument("--seconds", type=float, default=5, help="how long each door is measured (default 5)")
    parser.add_argument("--payments", type=int, default=2000, help="payments for the worker (default 2000)")
    parser.add_argument("--json", type=Path, help="write the figures to this file as well")
    wanted = parser.parse_args()
    with CONSOLE.status("starting Postgres, Valkey and a pretend PortOne"), stage() as here:
        figures = measure(here, wanted.seconds, wanted.payments)
    show(figures)
    if wanted.json:
        wanted.json.write_text(json.dumps(figures, indent=2, ensure_ascii=False) + "\n")


def measure(here: Stage, seconds: float, payments: int) -> list[dict[str, Any]]:
    """Rows of the table: what, its figures, and the ceiling it is held against."""
    bare = bare_server(here, seconds)
    rows = ceilings.commits(here.database, seconds)
    with here.web() as address:
        buyer = doors.shopper(address)
        measured = doors.measure(buyer, seconds)
        verified, alone = worker.measure(here, buyer, payments)
    table = [
        row(f"ceiling: the same server, a constant ({here.environ.get('WEB_CONCURRENCY', '2')} processes)", bare),
        row("ceiling: one row committed", rows),
    ]
    for name, result in measured.items():
        ceiling = bare if name == "poll" else min(bare, rows, key=lambda one: one.per_second)
        table.append(row(name, result, ceiling))
    table.append(row(f"ceiling: {worker.THREADS} threads calling PortOne (200 ms), nothing else", alone))
    table.append({"what": "payments verified by one worker process", "per_second": verified} | share(verified, alone))
    return table


def bare_server(here: Stage, seconds: float) -> Result:
    """The web server of the Procfile answering a constant."""
    request: Request = ("GET", "/", None, {})
    with here.web("benchmarks.ceilings:constant") as address:
        return hammer(address, lambda: request, seconds)


def row(what: str, result: Result, ceiling: Result | None = None) -> dict[str, Any]:
    """One line of the table."""
    return {"what": what} | asdict(result) | (share(result.per_second, ceiling) if ceiling else {})


def share(per_second: float, ceiling: Result) -> dict[str, float]:
    """How much of the ceiling was reached."""
    return {"of_ceiling": per_second / ceiling.per_second}


def show(figures: list[dict[str, Any]]) -> None:
    """The table, for people."""
    table = Table(title=f"{os.cpu_count()} cores; load, servers and pretend PortOne share them")
    for heading in ("what", "per second", "p50 ms", "p99 ms", "failed", "of its ceiling"):
        table.add_column(heading, justify="left" if heading == "what" else "right")
    for figure in figures:
        numbers = (figure.get("p50"), figure.get("p99"))
        failed, reached = figure.get("failures"), figure.get("of_ceiling")
        table.add_row(
            figure["what"],
            f"{figure['per_second']:,.0f}",
            *(f"{number:.1f}" if number is not None else "" for number in numbers),
            "" if failed is None else str(failed),
            "" if reached is None else f"{reached:.0%}",
        )
    CONSOLE.print(table)


if __name__ == "__main__":
    main()
