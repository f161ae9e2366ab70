"""Pagination cursors: where a page of the history ended, signed, so that no other value is accepted."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol, TypeVar
from uuid import UUID

from itsdangerous import BadData, URLSafeSerializer

from pitturu.domain.errors import Unprocessable
from pitturu.services import services


class CreatedRow(Protocol):
    """A row with a time and a key, by which pages are ordered."""

    @property
    def id(self) -> Any:
        """A UUID."""

    @property
    def created_at(self) -> Any:
        """A datetime with a zone."""


Row = TypeVar("Row", bound=CreatedRow)


def cut(rows: Sequence[Row], limit: int) -> dict[str, Any]:
    """A page of `rows`, which were read with one more than the limit, and the cursor of the next page."""
    page, cursor = rows[:limit], None
    if len(rows) > limit:
        cursor = _signer().dumps([page[-1].created_at.isoformat(), page[-1].id.hex])
    return {"items": page, "next": cursor}


def place(cursor: str | None) -> tuple[datetime, UUID] | None:
    """The position in one of our cursors. Raises Unprocessable for any other text."""
    if cursor is None:
        return None
    try:
        at, name = _signer().loads(cursor)
    except BadData as error:
        complaint = "This cursor is invalid. Use `next` of the previous page, or leave it out to start again."
        raise Unprocessable("bad_cursor", complaint, {"cursor": [complaint]}) from error
    return datetime.fromisoformat(at), UUID(hex=name)


def _signer() -> URLSafeSerializer:
    settings = services().settings
    return URLSafeSerializer(settings.secret_key, salt="page of payments")
