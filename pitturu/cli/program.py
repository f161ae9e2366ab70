"""The command `pitturu` of an installed package: the commands of `flask --app wsgi pitturu ...`, and `pitturu db ...`.

It needs no `wsgi.py` beside it, so it runs in any directory.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click
from flask.cli import ScriptInfo
from flask_migrate.cli import db

from pitturu import create_app
from pitturu.cli.commands import group
from pitturu.config.startup import settings_or_exit

if TYPE_CHECKING:
    from flask import Flask

program: Final = click.version_option(package_name="pitturu")(
    click.Group("pitturu", commands={**group.commands, "db": db}, help=group.help, no_args_is_help=True)
)


def main() -> None:
    """Run the command line. The settings are read when a command needs them: `--help` does without.

    Exits with 78 when settings are missing or invalid, with the list of problems on stderr.
    """
    program(obj=ScriptInfo(create_app=_app, set_debug_flag=False), prog_name="pitturu")


def _app() -> Flask:
    return create_app(settings_or_exit())
