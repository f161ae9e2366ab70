"""`python -m benchmarks.plots FIGURES DIRECTORY`: pictures of what `make bench ARGS="--json FIGURES"` measured."""

import json
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

from benchmarks.growth import PLOTTED
from benchmarks.svg import Stripe, bars, lines

Rows = list[dict[str, Any]]


def draw(figures: dict[str, Any], directory: Path) -> list[Path]:
    """Write a picture for every part that was measured; their paths."""
    directory.mkdir(parents=True, exist_ok=True)
    note = f"{figures['machine']['cores']} cores, shared by load, servers and PortOne; {figures['effort']} run"
    pictures: dict[str, str] = {}
    if figures.get("doors"):
        pictures["doors"] = bars(
            "Requests per second, beside a bare view in the same server", note, _endpoints(figures)
        )
    if figures.get("verifying"):
        pictures["verifying"] = bars("Payments verified per second (PortOne takes 200 ms)", note, _verifying(figures))
    if figures.get("chain"):
        pictures["chain"] = bars("From accepted to paid, above PortOne's own 200 ms", note, _chain(figures["chain"]))
    if figures.get("growth"):
        title = "Median answer by sessions in the database"
        pictures["growth"] = lines(title, note, "ms", _growth(figures["growth"]))
    return [_write(directory / f"{name}.svg", picture) for name, picture in pictures.items()]


def _write(path: Path, picture: str) -> Path:
    path.write_text(picture)
    return path


def _endpoints(figures: dict[str, Any]) -> list[Stripe]:
    rows: Rows = figures["doors"]
    return [
        Stripe(row["what"], row["per_second"], f"{row['per_second']:,.0f}", int("bare" in row["what"])) for row in rows
    ]


def _verifying(figures: dict[str, Any]) -> list[Stripe]:
    rows: Rows = [*figures["verifying"], *figures.get("shop", [])]
    wanted = [row for row in rows if not row["what"].startswith("ceiling")]
    # Of a subject that was measured twice, the better one is shown, as the bars take it.
    best = {row["what"]: row["per_second"] for row in sorted(wanted, key=lambda row: float(row["per_second"]))}
    names = dict.fromkeys(row["what"] for row in wanted)
    return [Stripe(name, best[name], f"{best[name]:,.0f}", int(not name.startswith("ours"))) for name in names]


def _chain(rows: Rows) -> list[Stripe]:
    return [
        Stripe(f"{percent}, {row['per_second']:,.0f} payments a second", row[percent], f"{row[percent]:.0f} ms", colour)
        for row in rows
        if "p50" in row
        for colour, percent in ((0, "p50"), (2, "p99"))
    ]


def _growth(rows: Rows) -> dict[str, dict[int, float]]:
    """Door -> sessions -> median. The small database is measured beside each larger one; its median stands for it."""
    small: dict[str, list[float]] = defaultdict(list)
    series: dict[str, dict[int, float]] = defaultdict(dict)
    for row in rows:
        if row["what"] in PLOTTED:
            small[row["what"]].append(row["small"]["p50"])
            series[row["what"]][row["sessions"]] = row["large"]["p50"]
    return {name: {1000: sorted(small[name])[len(small[name]) // 2]} | points for name, points in series.items()}


def main() -> None:
    """Draw."""
    if len(sys.argv) != 3:
        sys.exit("Say which figures and where to: python -m benchmarks.plots figures.json docs/plots")
    for path in draw(json.loads(Path(sys.argv[1]).read_text()), Path(sys.argv[2])):
        sys.stdout.write(f"{path}\n")


if __name__ == "__main__":
    main()
