"""The result of a run as tables in the terminal."""

from typing import Any

from rich.console import Console
from rich.table import Table


def show(figures: dict[str, Any], console: Console | None = None) -> None:
    """Two tables: the checks with their violations, and the figures of the run."""
    console = console or Console()
    console.print(_verdicts(figures))
    console.print(_run(figures))
    for check in figures["checks"]:
        for loss in check["losses"][:5]:
            console.print(f"[bold red]{check['name']}[/]: {loss}", highlight=False)
    for broken in figures["scripts_that_broke"][:3]:
        console.print(f"[bold red]a script broke[/]: {broken}", highlight=False)
    if not figures["came_to_rest"]:
        console.print("[bold red]It did not come to rest[/]: work was still due at the end.", highlight=False)
        for line in figures["left"][:10]:
            console.print(f"    {line}", highlight=False, markup=False)
    word = "[bold green]Nothing was lost.[/]" if figures["lossless"] else "[bold red]Something was lost.[/]"
    console.print(f"{word} Seed {figures['seed']} draws the same plan again.", highlight=False)


def _verdicts(figures: dict[str, Any]) -> Table:
    table = Table(title="What the checker looked for")
    table.add_column("loss")
    table.add_column("found", justify="right")
    table.add_column("what it means")
    for check in figures["checks"]:
        count = len(check["losses"])
        table.add_row(check["name"], f"[bold red]{count}[/]" if count else "0", check["question"])
    return table


def _run(figures: dict[str, Any]) -> Table:
    table = Table(title="The run", show_header=False)
    table.add_column("")
    table.add_column("")
    for name, value in lines(figures):
        table.add_row(name, value)
    return table


def lines(figures: dict[str, Any]) -> list[tuple[str, str]]:
    """(name, value) of the figures, as text."""
    money, seconds, promised = figures["money"], figures["seconds"], figures["acknowledged"]
    came = f"{money['came']:,} KRW came in {money['payments']:,} payments"
    back = f"{money['went_back']:,} went back in {money['cancels']:,} cancels"
    return [
        ("purchases", f"{figures['purchases']:,} ({figures['purchases_per_second']:.1f} a second)"),
        ("had no answer for a minute", f"{figures['gave_up']:,} buyers"),
        ("ended by themselves", f"{figures['ended_by_themselves']:,} processes"),
        ("killed", counted(figures["kills"]) or "nobody"),
        *([("replaced", counted(figures["replaced"]))] if figures["replaced"] else []),
        ("went wrong at PortOne", counted(figures["faults"]) or "only background faults"),
        ("sessions", counted(figures["sessions"])),
        ("answers to buyers", counted(figures["answers"])),
        ("refused", counted(figures["refused"]) or "nothing"),
        ("answered in", spread(figures["answer_seconds"])),
        ("acknowledged", counted(promised)),
        ("money", f"{came}, {back}"),
        ("calls to PortOne", _calls(figures["calls"])),
        ("events", _events(figures["events"])),
        ("right after the last move", spread(figures["converge_seconds"])),
        ("quiet after the faults stopped", f"{seconds['to_quiet']:.1f} s"),
        ("shopping took", f"{seconds['shopping']:.0f} s"),
    ]


def _calls(calls: dict[str, Any]) -> str:
    """Calls for each purchase, of each generation and of its most frequent kinds."""
    words = []
    for generation, found in calls.items():
        kinds = sorted(found["by_endpoint"].items(), key=lambda pair: -pair[1])[:4]
        often = ", ".join(f"{count:.2f} {name}" for name, count in kinds)
        words.append(f"{generation.upper()} {found['a_purchase']:.2f} a purchase ({often})")
    return "; ".join(words)


def _events(events: dict[str, Any]) -> str:
    """How many events were written, arrived, and arrived again, and what their receiver did meanwhile."""
    numbers = f"{events['written']:,} written, {events['arrived']:,} arrived, {events['repeated']:,} arrived once more"
    silent = counted(events["silences"])
    said = f"; the receiver {silent}" if silent else ""
    return numbers + said + (f"; resumed {events['resumed']} ×" if events["resumed"] else "")


def counted(counts: dict[str, int]) -> str:
    """`3 × paid, 1 × expired`, the most frequent first."""
    ranked = sorted(counts.items(), key=lambda pair: -pair[1])
    return ", ".join(f"{count:,} × {name}" for name, count in ranked)


def spread(seconds: dict[str, float]) -> str:
    """The three figures of a spread, as text."""
    return f"p50 {seconds['p50']:.2f} s, p99 {seconds['p99']:.2f} s, longest {seconds['longest']:.2f} s"
