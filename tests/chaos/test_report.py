"""The reports of a run for people and programs."""

import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from chaos import page, report, scorecard
from chaos.checker import Check
from chaos.checker.snapshot import build_snapshot
from chaos.figures import Spread, summary
from chaos.notes import Notes
from chaos.pace import Pace
from chaos.plan import draw
from chaos.run import RunResult
from chaos.system import Size

TABLES = (
    *("ledger", "sessions", "payments", "lines", "cancellations", "entries", "webhooks", "events", "notes"),
    "shop_events",
)


def run_result(*losses: str) -> RunResult:
    """A run in which nothing happened but these violations."""
    ended = RunResult(draw(1, 3, 1), Pace(10), Notes(), began=100.0, calm=160.0, quiet=170.0, is_quiet=True)
    ended.checks = [Check("charged twice", "An order whose money was kept twice.", list(losses))]
    ended.snapshot = build_snapshot({name: [] for name in TABLES}, "nowhere")
    ended.notes.add("kill", victim="web", who="web", purchase=1)
    return ended


def test_a_loss_makes_it_fail_and_stands_in_all_three(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ended = run_result("ord1 was paid by <two>")
    report.deliver(ended, Size(), tmp_path)

    assert not ended.lossless
    assert "Something was lost." in capsys.readouterr().out
    assert json.loads((tmp_path / "scorecard.json").read_text())["checks"][0]["losses"] == ["ord1 was paid by <two>"]
    assert "ord1 was paid by &lt;two&gt;" in (tmp_path / "report.html").read_text()


def test_work_that_never_ends_is_a_loss_too() -> None:
    ended = run_result()
    assert ended.lossless

    ended.is_quiet = False

    assert not ended.lossless
    said = io.StringIO()
    scorecard.show(summary(ended, Size()), Console(file=said, width=120))
    assert "did not come to rest" in said.getvalue()


def test_the_page_needs_nothing_from_anywhere() -> None:
    shown = page.render(run_result(), summary(run_result(), Size()))

    assert "Nothing was lost" in shown
    assert not [word for word in ("http://", "https://", "<script", "<link", "@import", "url(") if word in shown]


def test_a_spread_names_the_middle_and_the_slowest() -> None:
    assert Spread.of([float(number) for number in range(1, 101)]) == Spread(p50=51, p99=100, longest=100)
    assert Spread.of([]) == Spread(p50=0, p99=0, longest=0)
