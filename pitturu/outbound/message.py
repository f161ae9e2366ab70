"""A message as its sender gets it, and what people read in it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from pitturu.domain.operator_actions import Thing
from pitturu.store.outbound import Channel

DELIVER: Final = "outbound.deliver"
"""The kind of work that delivers messages, to wake it."""


@dataclass(frozen=True)
class Notice:
    """A message that people read: one line that says what it is about, and plain text."""

    subject: str
    text: str

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> "Notice":
        """The notice that `content` of a row holds."""
        return cls(str(content["subject"]), str(content["text"]))


@dataclass(frozen=True)
class Message:
    """One claimed message, until the end of its lease. `message_id` and `created_at` are the same in every try."""

    key: UUID
    until: datetime
    message_id: str
    channel: Channel
    about: Thing
    created_at: datetime
    request_id: str | None
    destination: str = field(repr=False)
    content: Mapping[str, Any] = field(repr=False)
    session_key: None = None
