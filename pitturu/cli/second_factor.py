"""`flask pitturu totp-reset`: for a user who lost the phone and the recovery codes."""

import click
from flask.cli import with_appcontext

from pitturu.cli import terminal
from pitturu.domain.operator_actions import OperatorAction, Thing
from pitturu.outbound import account_mail
from pitturu.outbound.account_mail import MailKind
from pitturu.store import logins, operator_log, second_factors, users
from pitturu.store.unit_of_work import unit_of_work


@click.command("totp-reset")
@with_appcontext
@click.argument("name")
def totp_reset(name: str) -> None:
    """Remove the second factor of the user NAME and end their logins. Make sure first that it is they who ask."""
    with unit_of_work() as work:
        user = users.by_username(name)
        if user is None:
            raise click.ClickException(f"There is no user {name}.")
        what = Thing("user", str(user.id))
        operator_log.write(work, terminal.operator(), OperatorAction.RESET_SECOND_FACTOR, name, what)
        removed, ended = second_factors.remove(work, name), logins.end_all(work, name)
        if removed:
            account_mail.notify(work, name, MailKind.FACTOR_CHANGED)
    outcome = "The second factor is removed, with its recovery codes" if removed else "There was no second factor"
    click.echo(f"{name}: {outcome}; {ended} logins have ended.")
    click.echo("The password is unchanged. An operator switches a new one on with POST /api/v1/auth/totp.")
