"""`flask pitturu ...`: commands for operators."""

import click
from argon2 import PasswordHasher
from flask import Flask
from flask.cli import AppGroup
from sqlalchemy import select

from pitturu.catalogue import items
from pitturu.cli import (
    alerts,
    api_keys,
    catalogue,
    doctor,
    events,
    notices,
    personal_data,
    reconcile,
    roles,
    rollups,
    second_factor,
    terminal,
    v2_migration,
)
from pitturu.cli import work as waiting_work
from pitturu.cli.demo_data import ITEMS, PEOPLE
from pitturu.domain.operator_actions import OperatorAction
from pitturu.extensions import db
from pitturu.payments import scheduled_audit
from pitturu.services import services
from pitturu.store import invariants, operator_log, stock_ledger, users
from pitturu.store.invariants import Scope
from pitturu.store.items import Item
from pitturu.store.stock_ledger import Author
from pitturu.store.unit_of_work import UnitOfWork, unit_of_work

group = AppGroup(
    "pitturu",
    help="Payments: API keys, personal data, invariants, stuck work, alerts, events, notices, roles, V2, demo data.",
)


for command in (
    *(*waiting_work.COMMANDS, reconcile.compare),
    *(*personal_data.COMMANDS, *roles.COMMANDS, second_factor.totp_reset),
    *(alerts.alerts, rollups.group, catalogue.group, events.group, api_keys.group, notices.group),
):
    group.add_command(command)


def init_cli(app: Flask) -> None:
    """Register the commands with `flask`."""
    app.cli.add_command(group)


@group.command("seed")
def seed() -> None:
    """Add the demo shop: two users and a dozen items. Safe to repeat."""
    if services().settings.production:
        raise click.ClickException("Demo users have public passwords: seeding is refused in production.")
    operator = terminal.operator()
    with unit_of_work() as work:
        added = _seed(work, stock_ledger.author(operator.name, operator.request_id))
        operator_log.write(work, operator, OperatorAction.SEED, detail=f"{added} rows added")
    click.echo(f"Demo shop: {added} rows added, the rest existed.")


@group.command("audit")
@click.option("--recent", is_flag=True, help="Only what happened since the last audit, waits for work, or was found.")
def run_audit(recent: bool) -> None:
    """Check every invariant. Exits with 1 when one is broken, and names the rows."""
    scope = Scope.RECENT if recent else Scope.FULL
    found = scheduled_audit.run(unit_of_work, services().settings, scope)
    for violation in found:
        click.echo(f"{violation.invariant}: {', '.join(violation.rows)}\n  {violation.advice}", err=True)
    if found:
        raise click.exceptions.Exit(1)
    click.echo(f"{len(invariants.checked(scope))} invariants hold.")


@group.command("doctor")
def run_doctor() -> None:
    """Call PortOne with every key, and have our own web verify a signed webhook. Exits with 1 on any failure."""
    lines = []
    for line in doctor.examine(services().settings, services().open_gateway):
        click.echo(f"{'ok  ' if line.well else 'FAIL'} {line.what}: {line.words}", err=not line.well)
        lines.append(line)
    if not all(line.well for line in lines):
        raise click.exceptions.Exit(1)


@group.command("moving")
def show_moving() -> None:
    """Show what would change if sessions were paid through PortOne V2. Changes nothing."""
    for change in v2_migration.report(services().settings):
        click.echo(f"{change.what}\n    now   {change.now}\n    then  {change.then}")
        if change.todo:
            click.echo(f"    do    {change.todo}")
    click.echo("All steps are in docs/v1-to-v2.md.")


def _seed(work: UnitOfWork, author: Author) -> int:
    hasher = PasswordHasher()
    added = 0
    for username, password, role in PEOPLE:
        if users.by_username(username) is None:
            added += users.ensure(work, username, hasher.hash(password), role)
    known = {item.name: item for item in db.session.scalars(select(Item).where(~Item.unlisted))}
    for demo in ITEMS:
        columns = demo._asdict() | {"image_url": f"/assets/items/{demo.picture}.svg"}
        del columns["picture"]
        if demo.name not in known:
            items.create(work, columns, author)
            added += 1
        elif known[demo.name].sku is None:
            # It was added by a release that had neither numbers nor pictures.
            items.assign(known[demo.name], items.differing(known[demo.name], columns))
    return added
