"""Endpoints of operators, and what their use left in the operator log."""

from typing import Any

from flask import Flask

from pitturu.extensions import db
from pitturu.store import operator_log, users
from pitturu.store.operator_log import LogFilter

OPERATORS_PATHS = ("/api/v1/operations", "/api/v1/catalogue", "/api/v1/event", "/api/v1/api-keys")
"""Paths of all endpoints for operators begin with one of these."""


def logged(app: Flask, **wanted: Any) -> list[Any]:
    """The lines of the operator log, oldest first."""
    with app.app_context():
        found = list(operator_log.page(LogFilter(**wanted), 1_000))
        db.session.rollback()
    return found[::-1]


def actions(app: Flask, **wanted: Any) -> list[str]:
    """What operators did, in order."""
    return [line.action for line in logged(app, **wanted)]


def id_of(app: Flask, username: str) -> str:
    """The public id of a user."""
    with app.app_context():
        key = users.key_of(username)
        db.session.rollback()
    return str(key)
