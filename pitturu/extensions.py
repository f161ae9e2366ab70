"""Flask extensions, created unbound here and bound to an app in `create_app`."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click
from flask.cli import ScriptInfo
from flask_sqlalchemy import SQLAlchemy
from werkzeug.local import LocalProxy

from pitturu.store.base import Base

if TYPE_CHECKING:
    from flask import Flask

_PACKAGE: Final = Path(__file__).parent
MIGRATIONS: Final = (_PACKAGE if (_PACKAGE / "migrations").is_dir() else _PACKAGE.parent) / "migrations"
"""An installed package carries a copy of the top level's directory, which a checkout uses itself."""
MIGRATE: Final = "migrate"
"""Where Flask-Migrate looks for itself, in `app.extensions`."""

db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})


def session_in_use() -> bool:
    """Whether anything has used `db.session` in this request or piece of work. Who only ends it need not make it: that
    takes a twentieth of the processor time of a request whose statements need no transaction."""
    used: bool = db.session.registry.has()
    return used


def offer_migrations(app: Flask) -> None:
    """Make `flask db` work. Alembic is imported by that and by whoever asks for it: no worker and no web has to."""
    app.extensions[MIGRATE] = LocalProxy(partial(_bound_migrations, app))
    context = click.get_current_context(silent=True)
    if context is not None and isinstance(context.find_root().obj, ScriptInfo):  # The flask command lists `db`.
        _bound_migrations(app)


def _bound_migrations(app: Flask) -> Any:
    from flask_migrate import Migrate

    Migrate(app, db, directory=str(MIGRATIONS))  # Takes the place of the proxy.
    return app.extensions[MIGRATE]
