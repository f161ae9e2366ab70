"""Writes the report: to the terminal, to a JSON file, and to one HTML page with charts."""

import json
from pathlib import Path

from chaos import figures, page, scorecard
from chaos.run import RunResult
from chaos.system import Size


def deliver(result: RunResult, size: Size, folder: Path) -> None:
    """Show the scorecard, and write `scorecard.json` and `report.html` into the folder."""
    counted = figures.summary(result, size)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "scorecard.json").write_text(json.dumps(counted, indent=2, ensure_ascii=False, default=str) + "\n")
    (folder / "report.html").write_text(page.render(result, counted))
    scorecard.show(counted)
    print(f"The report is in {folder / 'report.html'}, the figures are in {folder / 'scorecard.json'}.")
