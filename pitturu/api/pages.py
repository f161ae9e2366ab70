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
    page = rows[:limit]
    more = len(rows) > limit
    return {"items": page, "next": cursor(page[-1].created_at, page[-1].id) if more else None}


def cursor(created_at: datetime, key: UUID) -> str:
    """The cursor of the page that begins after this row."""
    return _signer().dumps([created_at.isoformat(), key.hex])


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
