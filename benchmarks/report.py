"""The figures as tables."""

from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.figures import Bar

UNITS = {"%": "{:.0%}", "x": "{:.2f} x", "": "{:.2f}"}
ENDPOINTS = (
    "what",
    "per second",
    "spread",
    "ms of processor",
    "p50 ms",
    "p99 ms",
    "failed",
    "statements",
    "commits",
    "MiB",
)


def show(console: Console, figures: dict[str, Any], bars: list[Bar]) -> None:
    """Print all figures, and the bars last."""
    machine = figures["machine"]
    console.print(f"{machine['cores']} cores, shared by load, servers and PortOne; a {figures['effort']} run.")
    tables = (
        ("endpoints", _endpoints),
        ("verifying", _verifying),
        ("chain", _chain),
        ("silent", _silent),
        ("growth", _growth),
        ("growth", _beside),
    )
    for name, table in tables:
        if figures.get(name):
            console.print(table(figures[name]))
    console.print(_bars(bars))


def _table(title: str, *headings: str) -> Table:
    table = Table(title=title, title_justify="left")
    for heading in headings:
        table.add_column(heading, justify="left" if heading in ("what", "bar", "from") else "right")
    return table


def _endpoints(rows: list[dict[str, Any]]) -> Table:
    table = _table("Endpoints: maximum throughput; latency at half of that, from the scheduled start", *ENDPOINTS)
    for row in rows:
        half = row["half"]
        table.add_row(
            row["what"],
            f"{row['per_second']:,.0f}",
            f"{row['spread']:.0%}",
            f"{row['processor_ms']:.2f}",
            *(f"{half[name]:.1f}" for name in ("p50", "p99")),
            str(row["failures"]),
            f"{row['statements']:.1f}",
            f"{row['commits']:.1f}",
            f"{row['memory'] / 2**20:.0f}",
        )
    return table


def _verifying(rows: list[dict[str, Any]]) -> Table:
    headings = ("what", "per second", "ms of processor", "statements", "commits", "MiB")
    table = _table("Payments verified with a PortOne that takes 200 ms; the round with the median", *headings)
    for row in rows:
        memory = row.get("memory")
        table.add_row(
            row["what"],
            f"{row['per_second']:,.1f}",
            *(_number(row.get(name)) for name in ("processor_ms", "statements", "commits")),
            f"{memory / 2**20:.0f}" if memory else "",
        )
    return table


def _silent(rows: list[dict[str, Any]]) -> Table:
    table = _table("Polls while others say nothing", "what", "p50 ms", "p99 ms", "failed")
    for row in rows:
        table.add_row(row["what"], f"{row['p50']:.1f}", f"{row['p99']:.1f}", str(row["failures"]))
    return table


def _chain(rows: list[dict[str, Any]]) -> Table:
    headings = ("what", "per second", "p50 ms", "p99 ms", "largest ms", "answer to the request, p50 ms")
    table = _table("From accepted to paid, without PortOne's own 200 ms", *headings)
    for row in rows:
        waited = [_number(row.get(name)) for name in ("p50", "p99", "largest")]
        table.add_row(row["what"], f"{row['per_second']:,.0f}", *waited, _number(row.get("accept", {}).get("p50")))
    return table


def _growth(rows: list[dict[str, Any]]) -> Table:
    headings = ("what", "p50 ms, small", "large", "p99 ms, small", "large", "failed")
    table = _table("Growth: the same request with a small and a large database, alternating", *headings)
    for row in rows:
        if "ratio" in row:
            waited = [f"{row[size][name]:.1f}" for name in ("p50", "p99") for size in ("small", "large")]
            table.add_row(row["what"], *waited, str(row["failures"]))
    return table


def _beside(rows: list[dict[str, Any]]) -> Table:
    table = _table("Growth of the rest", "what", "small", "large", "ratio")
    for row in rows:
        if "figures" in row:
            small, large = row["figures"]["small"], row["figures"]["large"]
            table.add_row(row["what"], *map(_number, (small, large)), f"{large / small:.2f}")
    return table


def _bars(bars: list[Bar]) -> Table:
    table = _table("Bars", "bar", "what", "median", "90 % interval", "limit", "", "from")
    for bar in sorted(bars, key=lambda bar: bar.letter):
        mark = "[green]kept[/]" if bar.kept else "[bold red]MISSED[/]"
        table.add_row(bar.letter, bar.what, *_shown(bar), mark, bar.detail)
    return table


def _shown(bar: Bar) -> tuple[str, str, str]:
    """Median, interval and limit."""
    unit = UNITS[bar.unit]
    low, high = (unit.format(end) for end in bar.ratio.interval)
    return unit.format(bar.ratio.median), f"{low} to {high}", f"{'≤' if bar.most else '≥'} {unit.format(bar.limit)}"


def markdown(bars: list[Bar], figures: dict[str, Any]) -> str:
    """The table of bars for docs/performance.md; of the many bars of f the worst only."""
    worst = [next(iter(found)) for found in [[bar for bar in bars if bar.letter == "f"]] if found]
    shown = [bar for bar in bars if bar.letter != "f"] + worst
    lines = [
        f"Measured on {figures['date']}, a {figures['effort']} run of {figures['minutes']:.0f} minutes on"
        f" {figures['machine']['cores']} cores, Python {figures['machine']['python']}.",
        "",
        "| | what | median | 90 % interval | bar | | from |",
        "|---|---|---:|---:|---:|---|---|",
    ]
    for bar in sorted(shown, key=lambda bar: bar.letter):
        what = f"{bar.what} (the worst of all endpoints)" if bar.letter == "f" else bar.what
        cells = (bar.letter, what, *_shown(bar), "kept" if bar.kept else "**missed**", bar.detail)
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:,.1f}"
