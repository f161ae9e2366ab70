"""What a database error may say. Postgres explains a refused row by printing it, with the buyer's name in it."""

from typing import Final

import psycopg
from sqlalchemy import Engine, event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import StatementError

ABOUT_VALUES: Final = ("22", "23")
"""Classes of SQLSTATE (bad data, broken constraint) whose very first line may hold what somebody typed."""


def plain(error: BaseException) -> str:
    """The error on one line, for logs and `last_error`: of a database error its kind, SQLSTATE and constraint only."""
    cause = error.orig if isinstance(error, StatementError) else error
    if isinstance(cause, psycopg.Error):
        return f"{type(cause).__name__}: {_words(cause).splitlines()[0]}"
    if cause is not error:
        # A value that could not even be sent: the message may quote it.
        return type(cause).__name__
    return f"{type(error).__name__}: {error}"


def hide_rows(engine: Engine) -> None:
    """From now on no error of this engine carries values, whoever prints it: our log lines, Celery's, a traceback."""
    event.listen(engine, "handle_error", _hide)


def _hide(context: ExceptionContext) -> None:
    error, wrapped = context.original_exception, context.sqlalchemy_exception
    if not isinstance(error, psycopg.Error):
        return
    error.args = (_words(error),)
    if wrapped is not None:
        kind = type(error)
        wrapped.args = (f"({kind.__module__}.{kind.__name__}) {_words(error)}",)


def _words(error: psycopg.Error) -> str:
    """What happened, without values. Where there is no SQLSTATE, the words are the client's: about connections."""
    if error.sqlstate is None:
        return str(error) or "no words"
    state, told = f"sqlstate {error.sqlstate}", error.diag
    if not error.sqlstate.startswith(ABOUT_VALUES):
        return f"{told.message_primary} ({state})"
    names = {"table": told.table_name, "column": told.column_name, "constraint": told.constraint_name}
    return ", ".join([state, *(f'{kind} "{name}"' for kind, name in names.items() if name)])
