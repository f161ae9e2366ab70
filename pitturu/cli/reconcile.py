"""`flask pitturu compare`: reconcile our records with PortOne's from a terminal, with reports as files."""

import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import click
from flask.cli import with_appcontext

from pitturu.cli import reconciliation_report, terminal
from pitturu.domain.errors import Problem
from pitturu.domain.operator_actions import OperatorAction, Thing
from pitturu.extensions import db
from pitturu.payments import expiry
from pitturu.payments.cancellations import send
from pitturu.reconciliation import runs
from pitturu.reconciliation.runs import ReconciliationRequest
from pitturu.reconciliation.window import requested_window
from pitturu.services import services
from pitturu.store import operator_log, reconciliation_rows
from pitturu.store.reconciliations import ReconciliationRun
from pitturu.store.unit_of_work import unit_of_work

LOOK_EVERY: Final = 0.2
"""Seconds between two polls of the progress, while another worker runs it or PortOne asked to be called later."""

HANDLERS: Final = (runs.HANDLER, expiry.HANDLER, send.HANDLER)
"""The kinds of work that a comparison needs: itself, verification of sessions, refunds. It ends without a worker,
too."""


FILE: Final = click.Path(dir_okay=False, path_type=Path)


@click.command("compare")
@click.option("--from", "begin", metavar="DATE", help="A day in Korea, or an ISO 8601 time. Yesterday by default.")
@click.option("--to", "end", metavar="DATE", help="The last day (inclusive), or a time (exclusive). Now by default.")
@click.option("--no-heal", is_flag=True, help="Only report differences; verify and refund nothing.")
@click.option("--csv", type=FILE, help="Write the findings to this file.")
@click.option("--json", type=FILE, help="Write the report to this file.")
@click.option("--html", type=FILE, help="Write an HTML page to this file.")
@with_appcontext
def compare(begin: str | None, end: str | None, no_heal: bool, **files: Path | None) -> None:
    """Compare our records with PortOne's, both ways, and correct what differs.

    An interrupted comparison continues with the same command, or by itself where a worker runs. Exits with 1 when
    something is left for an operator.
    """
    settings = services().settings
    try:
        window = requested_window(begin, end)
    except Problem as problem:
        raise click.ClickException(problem.detail) from problem
    with unit_of_work() as work:
        request = ReconciliationRequest(window, "terminal", heal=not no_heal)
        name = runs.begin(work, request, settings, None).comparison_id
        what = Thing("comparison", name)
        operator_log.write(work, terminal.operator(), OperatorAction.COMPARE, what=what, detail=request.summary)
    done = _drive(name)
    for form, file in files.items():
        if file is not None:
            _, write = reconciliation_report.FORMATS[form]
            _write(file, write(done))
    _conclude(done)


def _drive(name: str) -> ReconciliationRun:
    """Process the comparison until it ends, beside any running workers. Raises ClickException when it cannot
    continue."""
    engine = services().runtime
    pause = threading.Event()
    with click.progressbar(length=100, label="Comparing with PortOne", file=sys.stderr) as bar:
        while True:
            row = _read(name)
            bar.update(max(row.progress - bar.pos, 0))
            if row.ended_at is not None:
                return row
            if row.dead_at is not None:
                words = f"PortOne did not answer for hours: {row.last_error} Run the same command to go on."
                raise click.ClickException(words)
            for job in HANDLERS if row.heal else HANDLERS[:1]:
                engine.work(job)
            if _read(name).calls == row.calls:
                pause.wait(LOOK_EVERY)


def _read(name: str) -> ReconciliationRun:
    row = reconciliation_rows.by_public_id(name)
    db.session.commit()
    if row is None:
        raise click.ClickException("This comparison was deleted meanwhile. Run the command again.")
    return row


def _write(file: Path, parts: Iterator[str]) -> None:
    with file.open("w", encoding="utf-8", newline="") as target:
        target.writelines(parts)
    click.echo(f"Written: {file}", err=True)


def _conclude(row: ReconciliationRun) -> None:
    """A summary of the result."""
    left = reconciliation_rows.unhealed(row.id)
    click.echo(f"{row.comparison_id}: {row.listed} payments of PortOne looked at in {row.calls} calls.")
    for kind, count in sorted(row.counts.items()):
        click.echo(f"  {kind}: {count} found, {left[kind]} left for an operator")
    if not row.counts:
        click.echo("  The records agree.")
    if any(left.values()):
        raise click.exceptions.Exit(1)
