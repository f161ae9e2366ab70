"""`flask pitturu reencrypt`: the keys that personal data is encrypted with."""

from typing import Final

import click
from flask.cli import with_appcontext

from pitturu.store import reencryption

MOST_MESSAGES: Final = 20
"""Values that cannot be decrypted are named up to this many; all have the same cause."""


@click.command("reencrypt")
@with_appcontext
def reencrypt() -> None:
    """Encrypt everything with the first of DATA_KEYS. Exits with 1 while something needs a key that is not set."""
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


COMMANDS: Final = (reencrypt,)
