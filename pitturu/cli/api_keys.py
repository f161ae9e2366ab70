"""`flask pitturu keys ...`: API keys of the shop's servers."""

from datetime import datetime
from typing import Final

import click
from flask.cli import AppGroup

from pitturu.accounts import api_keys as keys
from pitturu.cli import terminal
from pitturu.domain import clock
from pitturu.domain.errors import Problem
from pitturu.domain.operator_actions import OperatorAction, Thing
from pitturu.domain.scopes import Scope
from pitturu.payments.explanations import clock_time
from pitturu.services import services
from pitturu.store import api_keys, operator_log
from pitturu.store.api_keys import ApiKey
from pitturu.store.unit_of_work import UnitOfWork, unit_of_work

SCOPES: Final = click.Choice([scope.value for scope in Scope])

group = AppGroup("keys", help="API keys of the shop's servers.")


@group.command("create")
@click.argument("name")
@click.option("--scope", "scopes", multiple=True, required=True, type=SCOPES, help="What it may do; repeatable.")
@click.option("--expires", type=click.DateTime(["%Y-%m-%dT%H:%M:%S%z"]), help="Its end: 2027-11-29T00:00:00+0900.")
def create_key(name: str, scopes: tuple[str, ...], expires: datetime | None) -> None:
    """Make a key called NAME (small letters, digits and hyphens). Prints it, this once."""
    environment, wanted = services().settings.portone_environment, [Scope(scope) for scope in scopes]
    try:
        with unit_of_work() as work:
            row, text = keys.create(work, name, wanted, environment, expires, None)
            summary = keys.describe(row)
            _log(work, OperatorAction.CREATE_API_KEY, name, summary)
    except Problem as problem:
        raise click.ClickException(problem.detail) from problem
    click.echo(f"{name} is a key of {environment} payments: {summary}.")
    click.echo(f"The key, which is not shown again: {text}")


@group.command("list")
def list_keys() -> None:
    """List all keys, newest first, also those that have ended."""
    rows = api_keys.everything()
    for row in rows:
        click.echo(f"{row.name} {row.shown}...: {_state(row)}\n    scopes     {', '.join(row.scopes)}")
    if not rows:
        click.echo("There are no keys. `flask pitturu keys create NAME --scope SCOPE` makes one.")


@group.command("end")
@click.argument("name")
def end_key(name: str) -> None:
    """End the key NAME: the next request with it is refused."""
    try:
        with unit_of_work() as work:
            keys.end(work, name)
            _log(work, OperatorAction.END_API_KEY, name)
    except Problem as problem:
        raise click.ClickException("There is no key of this name. `flask pitturu keys list` lists all.") from problem
    click.echo(f"{name} has ended.")


def _log(work: UnitOfWork, action: OperatorAction, name: str, detail: str | None = None) -> None:
    operator_log.write(work, terminal.operator(), action, what=Thing(keys.KIND, name), detail=detail)


def _state(row: ApiKey) -> str:
    if row.ended_at is not None:
        return f"ended {clock_time(row.ended_at)}"
    if row.expires_at is not None and row.expires_at <= clock.now():
        return f"expired {clock_time(row.expires_at)}"
    used = f"last used {clock_time(row.last_used_at)}" if row.last_used_at else "never used"
    return used + (f", expires {clock_time(row.expires_at)}" if row.expires_at else "")
