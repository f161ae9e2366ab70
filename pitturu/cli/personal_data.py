"""`flask pitturu reencrypt|erase`: the keys that personal data is encrypted with, and erasing it on demand."""

from typing import Final

import click
from flask.cli import with_appcontext

from pitturu.cli import terminal
from pitturu.domain.operator_actions import OperatorAction
from pitturu.services import services
from pitturu.store import operator_log, reencryption, retention, users
from pitturu.store.unit_of_work import unit_of_work

MOST_MESSAGES: Final = 20
"""Values that cannot be decrypted are named up to this many; all have the same cause."""

LAW: Final = "the E-Commerce Act (전자상거래법) article 6 demands records of contracts and payments for RETAIN_PAID"


@click.command("reencrypt")
@with_appcontext
def reencrypt() -> None:
    """Encrypt everything with the first of DATA_KEYS. Exits with 1 while something needs a key that is not set."""
    # Values are written one by one, so the line is written before the first.
    with unit_of_work() as work:
        operator_log.write(work, terminal.operator(), OperatorAction.REENCRYPT)
    unreadable: list[str] = []
    for column in reencryption.COLUMNS:
        outcome = reencryption.reencrypt(column)
        click.echo(f"{column.what}: {outcome.changed} encrypted anew, {len(outcome.unreadable)} cannot be decrypted.")
        unreadable += outcome.unreadable
    for message in unreadable[:MOST_MESSAGES]:
        click.echo(message, err=True)
    if unreadable:
        raise click.exceptions.Exit(1)
    click.echo("Every key in DATA_KEYS but the first can be dropped.")


@click.command("erase")
@with_appcontext
@click.argument("user")
def erase(user: str) -> None:
    """Erase what no law keeps of USER: logins, and name, email, telephone and address. Says what is kept and why."""
    if users.by_username(user) is None:
        raise click.ClickException(f"There is no user {user}.")
    settings = services().settings
    erased, pseudonym = retention.erase_user(unit_of_work, settings, user, terminal.operator())
    click.echo(f"{user}: the logins are erased, and the buyer's data of {erased} sessions.")
    click.echo(f"The user is called {pseudonym} from now on, in orders, payments, timelines and the operator log.")
    with unit_of_work() as work:
        kept = retention.kept_of(work, settings, pseudonym)
    for session in kept:
        if session.until is None:
            click.echo(
                f"{session.session_id} ({session.status}) is kept: it is not finished. Repeat `erase {pseudonym}`."
            )
        else:
            click.echo(f"{session.session_id} ({session.status}) is kept until {session.until:%Y-%m-%d}: {LAW}.")


COMMANDS: Final = (reencrypt, erase)
