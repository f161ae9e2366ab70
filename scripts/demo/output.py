"""The output of the demo: one line per step, ticked when it was verified. Times are UTC."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from scripts.demo.web import Json, StepFailed

WIDE = 120
"""Columns when the output is no terminal."""


class Step:
    """A step in progress: what it waits for, and in the end what was seen."""

    def __init__(self, output: "Output", title: str) -> None:
        self._output, self._title = output, title
        self.seen = ""

    def waiting(self, words: str) -> None:
        """Show the current state."""
        self._output.status(f"{self._title}: {words}")


class Output:
    """Writes to standard output; colour and animation only on a terminal."""

    def __init__(self) -> None:
        terminal = sys.stdout.isatty()
        self._console = Console(width=None if terminal else WIDE, no_color=None if terminal else True, highlight=False)
        self._status = self._console.status("")
        self.steps = 0

    def heading(self, title: str) -> None:
        """The title of a scenario."""
        self._console.print(f"\n[bold]{escape(title)}[/bold]")

    @contextmanager
    def step(self, title: str) -> Iterator[Step]:
        """A step that must succeed. StepFailed is shown with the number of the step, and raised again."""
        self.steps += 1
        step = Step(self, title)
        step.waiting("…")
        try:
            with self._status:
                yield step
        except StepFailed as failure:
            self._line("[red]✗[/red]", title, escape(str(failure)))
            raise
        self._line("[green]✓[/green]", title, f"[dim]{escape(step.seen)}[/dim]")

    def status(self, words: str) -> None:
        """Replace the animated line."""
        self._status.update(escape(words))

    def timeline(self, lines: list[Json]) -> None:
        """The timeline of a payment, oldest first."""
        table = Table(box=None, padding=(0, 2, 0, 0))
        for column in ("at", "what", "won", "because of", "who"):
            table.add_column(column, no_wrap=True, justify="right" if column == "won" else "left")
        for line in lines:
            what = f"{line['from'] or ''} → {line['to']}" if line["kind"] == "status" else line["kind"]
            won = f"{line['amount']:+,}" if line["amount"] else ""
            table.add_row(line["at"][11:19], what, won, line["cause"], line["actor"])
        self._console.print(Padding(table, (0, 0, 0, 7)))

    def summary(self, seconds: float) -> None:
        """The last line, after success."""
        self._console.print(f"\nAll {self.steps} steps were seen through the public API, in {seconds:.1f} s.")

    def _line(self, mark: str, title: str, words: str) -> None:
        self._console.print(f"  {mark} {self.steps:>2}  {escape(title):<46} {words}", soft_wrap=True)
