"""`flask pitturu role`: who may do what. The first admin of a shop is made here."""

from typing import Final

import click
from flask.cli import with_appcontext

from pitturu.accounts import people
from pitturu.cli import terminal
from pitturu.domain.errors import Problem
from pitturu.domain.operator_actions import OperatorAction, Thing
from pitturu.domain.roles import Role
from pitturu.store import operator_log, users
from pitturu.store.unit_of_work import unit_of_work

REGISTER: Final = (
    "POST /api/v1/auth/register first, then repeat this. Users of an outside issuer are known here after their first"
    " order, or their first request as an operator."
)


@click.command("role")
@with_appcontext
@click.argument("name")
@click.argument("role", type=click.Choice([one.value for one in Role]))
def set_role(name: str, role: str) -> None:
    """Give the user NAME a ROLE. Rights that end are lost at once, new ones begin with the next login.

    For a user of an outside issuer it is the highest role that a token gives here.
    """
    change = _give(name, Role(role))
    if change.user.logs_in:
        click.echo(f"{name} has the role {role}. New rights begin with the next login.")
    else:
        click.echo(f"{name} does not log in here: tokens of the outside issuer give the role {role} at most.")


@click.command("operator")
@with_appcontext
@click.argument("name")
@click.option("--buyer", is_flag=True, help="Revoke it: the user becomes an ordinary buyer again.")
def make_operator(name: str, buyer: bool) -> None:
    """Former name of `role NAME admin`, and with --buyer of `role NAME buyer`."""
    _give(name, Role.BUYER if buyer else Role.ADMIN)
    click.echo(f"{name} is {'a buyer from now on' if buyer else 'an operator from the next login on'}.")


def _give(name: str, role: Role) -> people.RoleChange:
    try:
        with unit_of_work() as work:
            key = users.key_of(name)
            if key is None:
                raise click.ClickException(f"There is no user {name}. {REGISTER}")
            change = people.give_role(work, key, role, by=None)
            what = Thing("user", str(key))
            operator_log.write(work, terminal.operator(), OperatorAction.CHANGE_ROLE, name, what, change.summary)
    except Problem as problem:
        raise click.ClickException(problem.detail) from problem
    return change


COMMANDS: Final = (set_role, make_operator)
