"""`flask pitturu rollups`: the hourly counts, compared with the lines that they count."""

import click
from flask.cli import AppGroup, with_appcontext

from pitturu.reporting import rollups
from pitturu.store.unit_of_work import unit_of_work

group = AppGroup("rollups", help="The hourly counts of payments, refunds and webhooks.")


@group.command("rebuild")
@with_appcontext
@click.option("--check", is_flag=True, help="Only compare: exits with 1 if the counts differ, and changes nothing.")
def rebuild(check: bool) -> None:
    """Count all lines of the timeline anew, and correct the rollups where they differ."""
    try:
        result = rollups.compare(unit_of_work) if check else rollups.rebuild(unit_of_work)
    except rollups.Busy as busy:
        raise click.ClickException(str(busy)) from busy
    if not result.differences:
        click.echo(f"The rollups equal the events: {result.rows} counts agree.")
        return
    click.echo(f"{result.differences} of {result.rows} counts differed from the events.", err=True)
    if check:
        click.echo("Run `flask --app wsgi pitturu rollups rebuild` to correct them.", err=True)
        raise click.exceptions.Exit(1)
    click.echo("They are corrected.", err=True)
