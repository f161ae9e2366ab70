"""The figures as tables."""

from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.figures import Bar

UNITS = {"%": "{:.0%}", "x": "{:.2f} x", "ms": "{:.0f} ms"}
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
        ("doors", _endpoints),
        ("scaling", _scaling),
        ("verifying", _verifying),
        ("shop", _shop),
        ("chain", _chain),
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
    headings = ("what", "per second", "of ceiling, per process", "ms of processor", "statements", "commits", "MiB")
    table = _table("Payments verified with a PortOne that takes 200 ms", *headings)
    for row in rows:
        memory = row.get("memory")
        table.add_row(
            row["what"],
            f"{row['per_second']:,.1f}",
            f"{row['of_ceiling']:.0%}",
            *(_number(row.get(name)) for name in ("processor_ms", "statements", "commits")),
            f"{memory / 2**20:.0f}" if memory else "",
        )
    return table


def _shop(rows: list[dict[str, Any]]) -> Table:
    table = _table("The usual alternative of a shop", "what", "per second", "p50 ms", "p99 ms", "failed")
    for row in rows:
        waited = (f"{row[name]:.0f}" for name in ("p50", "p99"))
        table.add_row(row["what"], f"{row['per_second']:,.1f}", *waited, str(row["failures"]))
    return table


def _chain(rows: list[dict[str, Any]]) -> Table:
    headings = ("what", "per second", "p50 ms", "p99 ms", "largest ms", "answer to verify, p50 ms")
    table = _table("From accepted to paid, without PortOne's own 200 ms", *headings)
    for row in rows:
        waited = [_number(row.get(name)) for name in ("p50", "p99", "largest")]
        table.add_row(row["what"], f"{row['per_second']:,.0f}", *waited, _number(row.get("accept", {}).get("p50")))
    return table


def _growth(rows: list[dict[str, Any]]) -> Table:
    headings = ("what", "sessions", "p50 ms at 1,000", "p50 ms", "ratio", "p99 ms at 1,000", "p99 ms", "failed")
    table = _table("Growth: the same request with a small and a large database, alternating", *headings)
    for row in rows:
        if "ratio" in row:
            small, large = row["small"], row["large"]
            middle, slow = ((f"{small[name]:.1f}", f"{large[name]:.1f}") for name in ("p50", "p99"))
            ratio = f"{row['ratio']:.2f}"
            table.add_row(row["what"], f"{row['sessions']:,}", *middle, ratio, *slow, str(row["failures"]))
    return table


def _beside(rows: list[dict[str, Any]]) -> Table:
    table = _table("Growth of the rest", "what", "sessions", "at 1,000", "then", "ratio")
    for row in rows:
        if "figures" in row:
            small, large = row["figures"]["small"], row["figures"]["large"]
            table.add_row(row["what"], f"{row['sessions']:,}", *map(_number, (small, large)), f"{large / small:.2f}")
    return table


def _scaling(rows: list[dict[str, Any]]) -> Table:
    table = _table("Web processes, per second at most", "what", *(str(row["processes"]) for row in rows))
    for name in rows[0]["per_second"]:
        table.add_row(f"{name}, by number of processes", *(f"{row['per_second'][name]:,.0f}" for row in rows))
    return table


def _bars(bars: list[Bar]) -> Table:
    table = _table("Bars", "bar", "what", "figure", "promised", "", "from")
    for bar in bars:
        unit, word = UNITS[bar.unit], "at most" if bar.most else "at least"
        mark = "[green]ok[/]" if bar.kept else "[bold red]FAIL[/]"
        table.add_row(bar.letter, bar.what, unit.format(bar.figure), f"{word} {unit.format(bar.bar)}", mark, bar.detail)
    return table


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:,.1f}"
