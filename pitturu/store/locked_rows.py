"""What the present transaction holds: rows that it locked or read all at once, so that nobody reads them one by one.

Work on many rows gathers them first and then treats each as if it were alone. Whoever asks for a row that is not held
goes to the database as ever. Nothing here outlives the transaction.
"""

from typing import Any

from pitturu.extensions import db


def rows(kind: str) -> dict[Any, Any]:
    """The rows of one kind by their key."""
    held: dict[str, dict[Any, Any]] = db.session().info.setdefault("held", {})
    return held.setdefault(kind, {})


def let_go() -> None:
    """The transaction is over: what it held may be out of date from now on."""
    db.session().info.pop("held", None)
