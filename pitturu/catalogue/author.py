"""Who changes the catalogue."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Author:
    """`name` is of a user or of somebody at a terminal; `request_id` is that of the request or the command."""

    name: str
    request_id: str | None
