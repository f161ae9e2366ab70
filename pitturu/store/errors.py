"""Removes values from database errors, because Postgres prints a rejected row with the personal data in it."""

from typing import Final

import psycopg
from sqlalchemy import Engine, event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import StatementError

ABOUT_VALUES: Final = ("22", "23")
"""Classes of SQLSTATE (data exception, constraint violation) whose first line may quote values."""


def plain(error: BaseException) -> str:
    """The error on one line, for logs and `last_error`: of a database error its kind, SQLSTATE and constraint only."""
    cause = error.orig if isinstance(error, StatementError) else error
    if isinstance(cause, psycopg.Error):
        return f"{type(cause).__name__}: {_message(cause).splitlines()[0]}"
    if cause is not error:
        # The value could not be sent, and the message may quote it.
        return type(cause).__name__
    return f"{type(error).__name__}: {error}"


def violated(error: StatementError) -> str | None:
    """The name of the constraint or unique index that refused a row; None for other errors."""
    cause = error.orig
    return cause.diag.constraint_name if isinstance(cause, psycopg.Error) else None


def deadlocked(error: StatementError) -> bool:
    """Whether Postgres ended this transaction because it and another one waited for each other. It may be repeated."""
    return isinstance(error.orig, psycopg.errors.DeadlockDetected)


def hide_rows(engine: Engine) -> None:
    """Remove values from every error of this engine, so that no log line or traceback shows them."""
    event.listen(engine, "handle_error", _hide)


def _hide(context: ExceptionContext) -> None:
    error, wrapped = context.original_exception, context.sqlalchemy_exception
    if not isinstance(error, psycopg.Error):
        return
    error.args = (_message(error),)
    if wrapped is not None:
        kind = type(error)
        wrapped.args = (f"({kind.__module__}.{kind.__name__}) {_message(error)}",)


def _message(error: psycopg.Error) -> str:
    """The message without values. Errors without SQLSTATE are the client's, about connections, and have none."""
    if error.sqlstate is None:
        return str(error) or "no message"
    state, details = f"sqlstate {error.sqlstate}", error.diag
    if not error.sqlstate.startswith(ABOUT_VALUES):
        return f"{details.message_primary} ({state})"
    names = {"table": details.table_name, "column": details.column_name, "constraint": details.constraint_name}
    return ", ".join([state, *(f'{kind} "{name}"' for kind, name in names.items() if name)])
