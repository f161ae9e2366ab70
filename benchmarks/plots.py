"""`python -m benchmarks.plots FIGURES DIRECTORY`: charts of the figures that `make bench ARGS="--json FIGURES"`
wrote."""

import json
import sys
from pathlib import Path
from statistics import median
from typing import Any

from charts import BLUE, GREY, ORANGE, Bar, Chart, bars

Rows = list[dict[str, Any]]


def draw(figures: dict[str, Any], directory: Path) -> list[Path]:
    """Write a chart for every part that was measured; returns their paths."""
    directory.mkdir(parents=True, exist_ok=True)
    note = f"{figures['machine']['cores']} cores, shared by load, servers and PortOne; {figures['effort']} run"
    pictures: dict[str, tuple[Chart, str]] = {}
    if figures.get("endpoints"):
        pictures["endpoints"] = bars(_endpoints(figures)), "Requests per second, and of a bare view in the same server"
    if figures.get("verifying"):
        pictures["verifying"] = bars(_verifying(figures)), "Payments verified per second (PortOne takes 200 ms)"
    if figures.get("chain"):
        pictures["chain"] = bars(_chain(figures["chain"])), "From accepted to paid, above PortOne's own 200 ms"
    if figures.get("growth"):
        pictures["growth"] = (
            bars(_growth(figures["growth"])),
            "Median answer with a large database, of that with a small one",
        )
    return [write(directory / f"{name}.svg", chart, title, note) for name, (chart, title) in pictures.items()]


def write(path: Path, chart: Chart, title: str, note: str) -> Path:
    """Write one picture; returns its path."""
    path.write_text(chart.picture(title, note))
    return path


def _endpoints(figures: dict[str, Any]) -> list[Bar]:
    rows: Rows = figures["endpoints"]
    return [_per_second(row["what"], row["per_second"], ours="bare" not in row["what"]) for row in rows]


def _verifying(figures: dict[str, Any]) -> list[Bar]:
    rows: Rows = figures["verifying"]
    return [_per_second(row["what"], row["per_second"], ours=row["what"].startswith("ours")) for row in rows]


def _per_second(name: str, value: float, *, ours: bool) -> Bar:
    return Bar(name, value, f"{value:,.0f}", BLUE if ours else GREY)


def _chain(rows: Rows) -> list[Bar]:
    return [
        Bar(f"{percent}, {row['what']}", row[percent], f"{row[percent]:.0f} ms", colour)
        for row in rows
        if "p50" in row
        for colour, percent in ((BLUE, "p50"), (ORANGE, "p99"))
    ]


def _growth(rows: Rows) -> list[Bar]:
    """One bar for each endpoint."""
    return [Bar(row["what"], median(row["ratio"]), f"{median(row['ratio']):.2f}") for row in rows if "ratio" in row]


def main() -> None:
    """The command line."""
    if len(sys.argv) != 3:
        sys.exit("Usage: python -m benchmarks.plots figures.json docs/plots")
    for path in draw(json.loads(Path(sys.argv[1]).read_text()), Path(sys.argv[2])):
        sys.stdout.write(f"{path}\n")


if __name__ == "__main__":
    main()
