"""What the audience sees: one line a step, ticked when it was seen to work. Times are UTC."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from scripts.demo.web import Json, StepFailed

WIDE = 120
"""Columns of output that nobody looks at while it is written."""


class Step:
    """A step under way: what it is waiting for, and in the end what was seen."""

    def __init__(self, stage: "Stage", title: str) -> None:
        self._stage, self._title = stage, title
        self.seen = ""

    def waiting(self, words: str) -> None:
        """Show what is the case meanwhile."""
        self._stage.whisper(f"{self._title}: {words}")


class Stage:
    """Writes to standard output; colour and motion only on a terminal."""

    def __init__(self) -> None:
        terminal = sys.stdout.isatty()
        self._console = Console(width=None if terminal else WIDE, no_color=None if terminal else True, highlight=False)
        self._status = self._console.status("")
        self.steps = 0

    def act(self, title: str) -> None:
        """The headline of a story."""
        self._console.print(f"\n[bold]{escape(title)}[/bold]")

    @contextmanager
    def step(self, title: str) -> Iterator[Step]:
        """Something that must work. StepFailed is shown with the number of the step, and goes on its way."""
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

    def whisper(self, words: str) -> None:
        """Replace the moving line."""
        self._status.update(escape(words))

    def timeline(self, lines: list[Json]) -> None:
        """Everything that happened to a payment, oldest first."""
        table = Table(box=None, padding=(0, 2, 0, 0))
        for column in ("at", "what", "won", "because of", "who"):
            table.add_column(column, no_wrap=True, justify="right" if column == "won" else "left")
        for line in lines:
            what = f"{line['from'] or ''} → {line['to']}" if line["kind"] == "status" else line["kind"]
            won = f"{line['amount']:+,}" if line["amount"] else ""
            table.add_row(line["at"][11:19], what, won, line["cause"], line["actor"])
        self._console.print(Padding(table, (0, 0, 0, 7)))

    def applause(self, seconds: float) -> None:
        """All is well."""
        self._console.print(f"\nAll {self.steps} steps were seen through the public API, in {seconds:.1f} s.")

    def _line(self, mark: str, title: str, words: str) -> None:
        self._console.print(f"  {mark} {self.steps:>2}  {escape(title):<46} {words}", soft_wrap=True)
