"""A message as its sender gets it, and what people read in it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from pitturu.store.event_endpoints import Receiver
from pitturu.store.outbound import Channel

DELIVER: Final = "outbound.deliver"
"""The kind of work that delivers messages to people, to wake it."""

DELIVER_EVENTS: Final = "outbound.deliver_events"
"""The kind of work that delivers events to the shop's own systems, to wake it."""


DELIVER_ACCOUNT_MAIL: Final = "outbound.deliver_account_mail"
"""The kind of work that mails users about their accounts, to wake it."""


@dataclass(frozen=True)
class Notice:
    """A message that people read: one line that says what it is about, and plain text. In a mail also the same as HTML,
    and the sender's name, where there is one."""

    subject: str
    text: str
    html: str = ""
    sender: str = ""

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> "Notice":
        """The notice that `content` of a row holds."""
        more = (str(content.get(name, "")) for name in ("html", "sender"))
        return cls(str(content["subject"]), str(content["text"]), *more)


@dataclass(frozen=True)
class Message:
    """One message to one recipient. `message_id` and `created_at` are the same in every try. `receiver` is the
    endpoint that an event is sent to; None for other messages, and where the endpoint was deleted."""

    message_id: str
    channel: Channel
    created_at: datetime
    destination: str = field(repr=False)
    content: Mapping[str, Any] = field(repr=False)
    receiver: Receiver | None = None
