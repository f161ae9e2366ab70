"""`flask pitturu dead|why|replay`: work that needs an operator, the reason, and how to resume it."""

from datetime import timedelta
from typing import Final

import click
from flask.cli import with_appcontext

from pitturu import logs
from pitturu.cli import terminal
from pitturu.domain import clock
from pitturu.domain.errors import NotFound
from pitturu.domain.operator_actions import Operator, OperatorAction
from pitturu.payments import diagnosis, replay
from pitturu.payments.explanations import Explanation, clock_time
from pitturu.payments.row_kinds import By
from pitturu.registry import REGISTRY
from pitturu.services import services
from pitturu.store import dead_letters, operator_log
from pitturu.store.dead_letters import Wanted
from pitturu.store.unit_of_work import repeatable_read, unit_of_work

AT_ONCE: Final = 100
"""Rows replayed in one transaction: few enough that no buyer waits long for their locks."""

KINDS: Final = [rows.name for rows in REGISTRY.row_kinds]
kind_option = click.option("--kind", type=click.Choice(KINDS), help="Only rows of this kind.")


@click.command("dead")
@with_appcontext
@kind_option
@click.option(
    "--limit",
    default=50,
    type=click.IntRange(1, 10_000),
    show_default=True,
    help="How many to show, the longest waiting first.",
)
def show_dead(kind: str | None, limit: int) -> None:
    """List work that needs an operator: what ran out of attempts, and what needs a decision."""
    repeatable_read()
    wanted, registry = Wanted(kind), services().registry
    rows = dead_letters.page(registry.row_kinds, wanted, limit)
    for found in diagnosis.of_stuck(registry, rows):
        click.echo(_shown(found))
    total = sum(dead_letters.count(registry.row_kinds, wanted).values())
    if total == 0:
        click.echo("Nothing needs an operator.")
    elif total > len(rows):
        click.echo(f"{total} in all, the {len(rows)} that wait longest are shown. --limit shows more.")


@click.command("why")
@with_appcontext
@click.argument("name")
def show_why(name: str) -> None:
    """Explain why something is pending. NAME is any id of ours, an order number, or PortOne's imp_uid."""
    repeatable_read()
    try:
        found = diagnosis.why(services().registry, name)
    except NotFound as error:
        raise click.ClickException(error.detail) from error
    for each in found:
        click.echo(_shown(each))


@click.command("replay")
@with_appcontext
@click.argument("names", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Everything that ran out of attempts, filtered by the options.")
@kind_option
@click.option("--older-than", type=click.FloatRange(0), help="Seconds since it ran out of attempts.")
def run_replay(names: tuple[str, ...], everything: bool, kind: str | None, older_than: float | None) -> None:
    """Make dead work due again: by NAMES, or --all. Exits with 1 when something named could not be replayed."""
    if bool(names) == everything or (names and (kind or older_than is not None)):
        raise click.UsageError("Name what to replay, or use --all (with --kind and --older-than to select some).")
    operator = terminal.operator()
    with logs.bind(operator.request_id):
        if everything:
            before = clock.now() - timedelta(seconds=older_than or 0)
            click.echo(f"Rows that are due again: {_replay_all(Wanted(kind, before=before), operator)}")
            return
        with unit_of_work() as work:
            result = replay.replay(work, services().registry, names, By(operator.name, operator.request_id))
            operator_log.write(work, operator, OperatorAction.REPLAY, detail=result.summary)
    for name in result.done:
        click.echo(f"{name} is due again.")
    for name, reason in result.left_alone.items():
        click.echo(f"{name} cannot be replayed. {reason}", err=True)
    if result.left_alone:
        raise click.exceptions.Exit(1)


COMMANDS: Final = (show_dead, show_why, run_replay)


def _replay_all(wanted: Wanted, operator: Operator) -> int:
    """Replay in batches until none is left; work that dies again meanwhile is newer than `wanted.before`."""
    count, by = 0, By(operator.name, operator.request_id)
    while True:
        with unit_of_work() as work:
            result = replay.replay_dead(work, services().registry, wanted, AT_ONCE, by)
            if result.done:
                operator_log.write(work, operator, OperatorAction.REPLAY, detail=result.summary)
        if not result.done:
            return count
        count += len(result.done)


def _shown(one: Explanation) -> str:
    """A paragraph for the terminal."""
    tries = f", {one.attempts} tries" if one.attempts else ""
    details = {
        "waits for": one.waits_for,
        "dead since": one.dead_since and clock_time(one.dead_since),
        "last error": one.last_error,
        "next try": one.next_try and clock_time(one.next_try),
        "do": one.todo,
    }
    lines = [f"    {label:<10} {text}" for label, text in details.items() if text]
    return "\n".join([f"{one.kind} {one.id}: {one.status} since {clock_time(one.since)}{tries}", *lines])
