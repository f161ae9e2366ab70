"""Where the verdict goes: the terminal, a JSON file, and one page with pictures."""

import json
from pathlib import Path

from chaos import figures, page, scorecard
from chaos.run import Course
from chaos.system import Size


def deliver(course: Course, size: Size, folder: Path) -> None:
    """Show the scorecard, and write `scorecard.json` and `report.html` into the folder."""
    counted = figures.summary(course, size)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "scorecard.json").write_text(json.dumps(counted, indent=2, ensure_ascii=False, default=str) + "\n")
    (folder / "report.html").write_text(page.render(course, counted))
    scorecard.show(counted)
    print(f"The report is in {folder / 'report.html'}, the figures are in {folder / 'scorecard.json'}.")
