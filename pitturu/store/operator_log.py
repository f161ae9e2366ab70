"""The operator log: what operators did with what belongs to others, and what they looked at. Lines are only added.

A line refers to the affected user by key. The name is read from `users`, so that erasing a user takes the name out of
lines that nobody can change.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Row, Select, String, select
from sqlalchemy.orm import Mapped, mapped_column

from pitturu.domain.operator_actions import EntryPoint, Operator, OperatorAction, Thing
from pitturu.domain.roles import Role
from pitturu.extensions import db
from pitturu.store import users
from pitturu.store.base import Base, Created, Keyed, one_of
from pitturu.store.paging import made_between, newest_first
from pitturu.store.unit_of_work import UnitOfWork
from pitturu.store.users import User

LONGEST_NAME: Final = 255
LONGEST_DETAIL: Final = 500


class OperatorLogLine(Keyed, Created, Base):
    """`who` acted with `role` (None at a terminal) on what belongs to the user `whom_key`, if it is one user's.

    `what_kind` and `what_id` name the thing. `action` has no CHECK, so that a new action needs no migration.
    """

    __tablename__ = "operator_log"
    __table_args__ = (
        one_of("role", Role),
        one_of("entry_point", EntryPoint),
        Index("ix_operator_log_created", "created_at", "id"),
        Index("ix_operator_log_who", "who", "created_at", "id"),
        Index("ix_operator_log_whom", "whom_key", "created_at", "id"),
    )

    who: Mapped[str] = mapped_column(String(LONGEST_NAME))
    role: Mapped[str | None] = mapped_column(String(20))
    entry_point: Mapped[str] = mapped_column(String(10))
    action: Mapped[str] = mapped_column(String(30))
    whom_key: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    what_kind: Mapped[str | None] = mapped_column(String(30))
    what_id: Mapped[str | None] = mapped_column(String(64))
    address: Mapped[str | None] = mapped_column(String(64))
    request_id: Mapped[str | None] = mapped_column(String(64))
    detail: Mapped[str | None] = mapped_column(String(LONGEST_DETAIL))


@dataclass(frozen=True)
class LogFilter:
    """Which lines to read. `whom` is a user name, `before` the last line of the previous page."""

    who: str | None = None
    whom: str | None = None
    action: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    before: tuple[datetime, UUID] | None = None


def write(
    work: UnitOfWork,
    operator: Operator,
    action: OperatorAction,
    whom: str | None = None,
    what: Thing | None = None,
    detail: str | None = None,
) -> None:
    """Add a line, in the transaction of the action. `whom` is a user name; a user without a row is not named.

    Control characters are replaced: names come from outside, and a line break must not look like another line.
    """
    work.insert(
        OperatorLogLine,
        who=_one_line(operator.name, LONGEST_NAME),
        role=operator.role,
        entry_point=operator.entry_point,
        action=action,
        whom_key=None if whom is None else users.key_of(whom),
        what_kind=what and what.kind,
        what_id=what and _one_line(what.id, 64),
        address=operator.address,
        request_id=operator.request_id,
        detail=detail and _one_line(detail, LONGEST_DETAIL),
    )


_WHOM: Final = User.username.label("whom")
"""The affected user's name, after its erasure a pseudonym that is the same in all lines about this user."""

_COLUMNS: Final = [column for column in OperatorLogLine.__table__.columns if column.name != "whom_key"]
_LINES: Final[Select[Any]] = (
    select(*_COLUMNS, _WHOM).select_from(OperatorLogLine).outerjoin(User, User.id == OperatorLogLine.whom_key)
)


def page(wanted: LogFilter, limit: int) -> Sequence[Row[Any]]:
    """The columns of lines with `whom` as a name, newest first, at most `limit`."""
    query = _LINES
    if wanted.who is not None:
        query = query.where(OperatorLogLine.who == wanted.who)
    if wanted.whom is not None:
        query = query.where(User.username == wanted.whom)
    if wanted.action is not None:
        query = query.where(OperatorLogLine.action == wanted.action)
    query = made_between(query, OperatorLogLine, wanted.since, wanted.until)
    return db.session.execute(newest_first(query, OperatorLogLine, wanted.before, limit)).all()


def _one_line(text: str, longest: int) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in text)[:longest]
