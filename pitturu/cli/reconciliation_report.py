"""The report of a comparison: JSON, CSV for spreadsheets, and a self-contained HTML page.

Findings are read and written a few hundred at a time, so a report of any length needs little memory.
"""

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from pitturu.domain import clock
from pitturu.extensions import db
from pitturu.store import reconciliation_rows
from pitturu.store.reconciliations import Finding, ReconciliationRun

CHUNK: Final = 500
"""Findings read at a time."""

COLUMNS: Final = (
    *("kind", "state", "generation", "order_id", "provider_id", "what", "ours", "theirs", "amount", "refund"),
    *("words", "found_at", "settled_at"),
)

POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
"""The page loads nothing and runs nothing, whatever texts PortOne returned."""

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")

_templates: Final = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def head(row: ReconciliationRun) -> dict[str, Any]:
    """The comparison itself: the window, the progress, and the number of findings of each kind."""
    return {
        "comparison_id": row.comparison_id,
        "scope": row.scope,
        "asked_by": row.asked_by,
        "heal": row.heal,
        "generations": row.generations.split(),
        "from": row.since,
        "to": row.until,
        "status": _status(row),
        "progress": row.progress,
        "calls": row.calls,
        "listed": row.listed,
        "counts": dict(sorted(row.counts.items())),
        "last_error": row.last_error,
        "created_at": row.created_at,
        "ended_at": row.ended_at,
    }


def line(row: Finding) -> dict[str, Any]:
    """One finding. `refund` is the progress of the refund of an unknown payment."""
    return {name: getattr(row, name) for name in COLUMNS}


def findings(row: ReconciliationRun) -> Iterator[Finding]:
    """Every finding in the order in which it was recorded."""
    after = 0
    while page := reconciliation_rows.findings(row.id, after, CHUNK):
        # A slow reader must not keep a transaction open between two pages.
        db.session.commit()
        yield from page
        after = page[-1].number


def as_json(row: ReconciliationRun) -> Iterator[str]:
    """One object: the comparison with all its `findings`."""
    start = json.dumps(head(row), default=datetime.isoformat, ensure_ascii=False)
    yield start.removesuffix("}") + ', "findings": ['
    for number, one in enumerate(findings(row)):
        yield (", " if number else "") + json.dumps(line(one), default=datetime.isoformat, ensure_ascii=False)
    yield "]}\n"


def as_csv(row: ReconciliationRun) -> Iterator[str]:
    """One line per finding. It begins with a byte order mark, by which spreadsheets recognise UTF-8."""
    yield "\ufeff" + _csv_line(COLUMNS)
    for one in findings(row):
        yield _csv_line([_cell(value) for value in line(one).values()])


def as_html(row: ReconciliationRun) -> Iterator[str]:
    """A self-contained page. Times are in Seoul's zone."""
    page = _templates.get_template("comparison.html")
    yield from page.generate(head=head(row), findings=map(line, findings(row)), seoul=_seoul)


FORMATS: Final[Mapping[str, tuple[str, Callable[[ReconciliationRun], Iterator[str]]]]] = {
    "json": ("application/json", as_json),
    "csv": ("text/csv", as_csv),
    "html": ("text/html", as_html),
}
"""By format: the media type, and the function that writes it."""


def _status(row: ReconciliationRun) -> str:
    if row.ended_at is not None:
        return "ended"
    return "dead" if row.dead_at is not None else "running"


def _cell(value: Any) -> str:
    """A value that is safe in a spreadsheet: text from outside must not be interpreted as a formula."""
    text = "" if value is None else value.isoformat() if isinstance(value, datetime) else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _csv_line(values: Any) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerow(values)
    return buffer.getvalue()


def _seoul(moment: datetime | None) -> str:
    return moment.astimezone(clock.SEOUL).strftime("%Y-%m-%d %H:%M:%S") if moment else ""
