"""`flask pitturu items`: the catalogue from a file, and the ledger of stock."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import click
from flask.cli import AppGroup, with_appcontext

from pitturu.catalogue import importing, item_file, stock
from pitturu.catalogue.importing import Difference
from pitturu.catalogue.item_file import LARGEST_FILE, RowError, UnreadableFile
from pitturu.cli import terminal
from pitturu.domain.catalogue import LONGEST_REASON
from pitturu.domain.errors import Problem
from pitturu.domain.operator_actions import OperatorAction
from pitturu.domain.text import printable
from pitturu.store import operator_log, stock_ledger
from pitturu.store.unit_of_work import UnitOfWork, unit_of_work

MOST_ERRORS: Final = 50
"""Listed of one file; the others are counted."""

group = AppGroup("items", help="The catalogue: items from a file, and the ledger of their stock.")


@group.command("import")
@with_appcontext
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only show what would change.")
def import_items(file: Path, dry_run: bool) -> None:
    """Create and change items as FILE says, all of them or none.

    FILE is CSV with a header or a JSON list of objects, in UTF-8: sku, name, description, image_url, price, stock
    (a number or "unlimited"), active, returnable, tax_free. Items are found by sku. What a row leaves out or empty
    stays as it is; items that FILE does not name stay as they are.
    """
    rows, errors = _read(file)
    operator = terminal.operator()
    try:
        with unit_of_work() as work:
            found, lacking = importing.compare(rows, lock=not dry_run)
            _refuse(sorted([*errors, *lacking], key=lambda error: error.line), file)
            summary = _summary(found)
            if not dry_run:
                author = stock_ledger.author(operator.name, operator.request_id)
                reason = f"import of {printable(file.name)}"[:LONGEST_REASON]
                _apply(work, found, reason, author)
                operator_log.write(work, operator, OperatorAction.IMPORT_ITEMS, detail=summary)
    except Problem as problem:
        raise click.ClickException(problem.detail) from problem
    # Only now: whoever reads the output in a pager would keep the items locked.
    _show(found)
    click.echo(f"{summary}. Nothing was changed: this was a dry run." if dry_run else f"{summary}.")


@group.command("recount")
@with_appcontext
def recount() -> None:
    """Add the lines that the ledger of stock lacks, so that it adds up to the stock.

    For the time in which processes of the release before the ledger still ran. The stock itself does not change.
    """
    operator = terminal.operator()
    with unit_of_work() as work:
        author = stock_ledger.author(operator.name, operator.request_id)
        lacking = stock.recount(work, "recount: the ledger did not add up", author)
        summary = f"The ledgers of {len(lacking)} items did not add up"
        operator_log.write(work, operator, OperatorAction.CORRECT_STOCK, detail=summary)
    click.echo(f"{summary}; the missing lines were added." if lacking else "Every ledger adds up.")


def _read(file: Path) -> tuple[list[item_file.ItemRow], list[RowError]]:
    try:
        with file.open("rb") as opened:
            return item_file.read(file.name, opened.read(LARGEST_FILE + 1))
    except (OSError, UnreadableFile) as error:
        raise click.ClickException(f"{printable(file.name)}: {error}") from error


def _refuse(errors: Sequence[RowError], file: Path) -> None:
    """Raises ClickException if there are errors."""
    if not errors:
        return
    unit = "line" if file.suffix.lower() == ".csv" else "entry"
    listed = [f"  {unit} {error.line}: {printable(error.message)}" for error in errors[:MOST_ERRORS]]
    more = [f"  and {len(errors) - MOST_ERRORS} more"] if len(errors) > MOST_ERRORS else []
    todo = "Nothing was changed. Correct them and import again."
    raise click.ClickException("\n".join([f"{len(errors)} rows cannot be used.", *listed, *more, todo]))


def _show(found: Sequence[Difference]) -> None:
    for difference in found:
        if difference.item is None:
            said = ", ".join(f"{name} {_value(new)}" for name, (_, new) in difference.columns.items())
            click.echo(f"new      {difference.row.sku}: {said}")
        elif difference.columns:
            pairs = difference.columns.items()
            said = ", ".join(f"{name} {_value(old)} -> {_value(new)}" for name, (old, new) in pairs)
            click.echo(f"changed  {difference.row.sku}: {said}")


def _value(value: Any) -> str:
    if value is None:
        return "none"
    return f"'{printable(value)}'" if isinstance(value, str) else str(value).lower()


def _summary(found: Sequence[Difference]) -> str:
    new = sum(one.item is None for one in found)
    changed = sum(one.item is not None and bool(one.columns) for one in found)
    counted = sum(one.changes_stock for one in found)
    return f"{new} new, {changed} changed ({counted} with another stock), {len(found) - new - changed} unchanged"


def _apply(work: UnitOfWork, found: Sequence[Difference], reason: str, author: stock_ledger.Author) -> None:
    """With progress on a terminal; a log or a pipe gets none."""
    with click.progressbar(found, label="Writing items", file=sys.stderr, hidden=not sys.stderr.isatty()) as steps:
        importing.apply(work, steps, reason, author)
