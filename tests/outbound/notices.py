"""A shop that notifies its buyers by mail and by a webhook, both real servers on this machine."""

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from standardwebhooks import Webhook

from pitturu.extensions import db
from pitturu.store.outbound import OutboundMessage
from tests.outbound.mail_server import MailServer, mail_server
from tests.portone.faulty_server import FaultyServer, Received, http, says
from tests.shop import Json, Shop

SECRET = "whsec_" + base64.b64encode(b"a secret of notices for tests").decode()


@dataclass
class Recipients:
    """The mailboxes of all buyers, and the shop's own sender of text messages."""

    mail: MailServer
    sender: FaultyServer

    def settings(self, *channels: str, **changes: Any) -> dict[str, Any]:
        """All notices, by these channels; by mail if none is named."""
        return {
            "notices": ("all",),
            "notice_channels": channels or ("email",),
            "smtp_url": self.mail.url,
            "mail_from": "shop@example.com",
            "notice_webhook_url": f"{self.sender.url}/hooks/notices",
            "notice_webhook_secrets": (SECRET,),
            "shop_name": "커피가게",
            "shop_order_url": "https://shop.example.com/orders/{order_number}",
            **changes,
        }

    @property
    def subjects(self) -> list[str]:
        """The subjects of the mails that arrived, without the shop's name."""
        return [mail["Subject"].removeprefix("[커피가게] ") for mail in self.mail.mails]

    @property
    def posted(self) -> list[Json]:
        """What the shop's sender received, verified."""
        return [verified(request) for request in self.sender.requests]


def verified(request: Received) -> Json:
    """A notice in a request. Raises WebhookVerificationError for an invalid signature."""
    return dict(Webhook(SECRET).verify(request.body, request.headers))


@contextmanager
def recipients() -> Iterator[Recipients]:
    """Both servers, which have received nothing."""
    with mail_server() as mail, FaultyServer(says(http(b"ok"))) as sender:
        yield Recipients(mail, sender)


def rows(shop: Shop) -> list[OutboundMessage]:
    """All notices, in the order in which they were written."""
    query = select(OutboundMessage).where(OutboundMessage.session_key.is_not(None))
    with shop.app.app_context():
        return list(db.session.scalars(query.order_by(OutboundMessage.created_at)))


def states(shop: Shop) -> list[tuple[str, str]]:
    """The kind and status of every notice."""
    return [(row.content["kind"], row.status) for row in rows(shop)]


def due_of(shop: Shop, kind: str, channel: str) -> datetime:
    """When the notice of this kind is due."""
    (due,) = [row.due_at for row in rows(shop) if (row.content["kind"], row.channel) == (kind, channel)]
    assert due is not None
    return due
