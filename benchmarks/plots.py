"""`python -m benchmarks.plots FIGURES DIRECTORY`: charts of the figures that `make bench ARGS="--json FIGURES"`
wrote."""

import json
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

from benchmarks.growth import PLOTTED
from charts import BLUE, GREY, ORANGE, Bar, Chart, bars, lines, logarithmic

Rows = list[dict[str, Any]]


def draw(figures: dict[str, Any], directory: Path) -> list[Path]:
    """Write a chart for every part that was measured; returns their paths."""
    directory.mkdir(parents=True, exist_ok=True)
    note = f"{figures['machine']['cores']} cores, shared by load, servers and PortOne; {figures['effort']} run"
    pictures: dict[str, tuple[Chart, str]] = {}
    if figures.get("doors"):
        pictures["doors"] = bars(_endpoints(figures)), "Requests per second, and of a bare view in the same server"
    if figures.get("verifying"):
        pictures["verifying"] = bars(_verifying(figures)), "Payments verified per second (PortOne takes 200 ms)"
    if figures.get("chain"):
        pictures["chain"] = bars(_chain(figures["chain"])), "From accepted to paid, above PortOne's own 200 ms"
    if figures.get("growth"):
        pictures["growth"] = _growth(figures["growth"]), "Median answer by sessions in the database"
    return [_write(directory / f"{name}.svg", chart.picture(title, note)) for name, (chart, title) in pictures.items()]


def _write(path: Path, picture: str) -> Path:
    path.write_text(picture)
    return path


def _endpoints(figures: dict[str, Any]) -> list[Bar]:
    rows: Rows = figures["doors"]
    return [_per_second(row["what"], row["per_second"], ours="bare" not in row["what"]) for row in rows]


def _verifying(figures: dict[str, Any]) -> list[Bar]:
    rows: Rows = [*figures["verifying"], *figures.get("shop", [])]
    wanted = [row for row in rows if not row["what"].startswith("ceiling")]
    # Of a subject that was measured twice, the better figure is shown, as in the bars.
    best = {row["what"]: row["per_second"] for row in sorted(wanted, key=lambda row: float(row["per_second"]))}
    names = dict.fromkeys(row["what"] for row in wanted)
    return [_per_second(name, best[name], ours=name.startswith("ours")) for name in names]


def _per_second(name: str, value: float, *, ours: bool) -> Bar:
    return Bar(name, value, f"{value:,.0f}", BLUE if ours else GREY)


def _chain(rows: Rows) -> list[Bar]:
    return [
        Bar(f"{percent}, {row['per_second']:,.0f} payments a second", row[percent], f"{row[percent]:.0f} ms", colour)
        for row in rows
        if "p50" in row
        for colour, percent in ((BLUE, "p50"), (ORANGE, "p99"))
    ]


def _growth(rows: Rows) -> Chart:
    """One line per endpoint. The small database is measured with each larger one; the median of its figures is
    shown."""
    small: dict[str, list[float]] = defaultdict(list)
    series: dict[str, dict[float, float]] = defaultdict(dict)
    for row in rows:
        if row["what"] in PLOTTED:
            small[row["what"]].append(row["small"]["p50"])
            series[row["what"]][row["sessions"]] = row["large"]["p50"]
    for name, medians in small.items():
        series[name][1000] = sorted(medians)[len(medians) // 2]
    named = {f"{name} {points[max(points)]:.1f}": points for name, points in series.items()}
    return lines(named, logarithmic({size for points in series.values() for size in points}), "ms", height=366)


def main() -> None:
    """The command line."""
    if len(sys.argv) != 3:
        sys.exit("Usage: python -m benchmarks.plots figures.json docs/plots")
    for path in draw(json.loads(Path(sys.argv[1]).read_text()), Path(sys.argv[2])):
        sys.stdout.write(f"{path}\n")


if __name__ == "__main__":
    main()
