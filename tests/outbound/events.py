"""A system of the shop that receives events, and its endpoint."""

import json
from collections import Counter
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from standardwebhooks import Webhook

from pitturu.extensions import db
from pitturu.store import event_endpoints
from pitturu.store.event_endpoints import EventEndpoint
from pitturu.store.outbound import Channel, OutboundMessage
from tests.portone.faulty_server import FaultyServer, Received
from tests.shop import Json, Shop

ADMIN = "boss"


@dataclass(frozen=True)
class Endpoint:
    """An endpoint of a shop, as an admin created it."""

    shop: Shop
    endpoint_id: str
    secret: str

    @property
    def path(self) -> str:
        return f"/event-endpoints/{self.endpoint_id}"

    def post(self, what: str, body: Json | None = None, status: int = 202) -> Json:
        """POST as an admin."""
        return self.shop.post(f"{self.path}/{what}", body or {}, ADMIN, status)

    def deliveries(self, **query: Any) -> list[Json]:
        """The delivery log."""
        return list(self.shop.get(f"{self.path}/deliveries", ADMIN, query_string=query)["items"])

    @property
    def row(self) -> EventEndpoint:
        """The endpoint as the database has it."""
        with self.shop.app.app_context():
            found = event_endpoints.by_public_id(self.endpoint_id)
        assert found is not None
        return found

    @property
    def messages(self) -> list[OutboundMessage]:
        """Its messages, oldest event first."""
        query = select(OutboundMessage).where(OutboundMessage.channel == Channel.WEBHOOK)
        mine = query.where(OutboundMessage.destination == self.endpoint_id)
        with self.shop.app.app_context():
            return list(db.session.scalars(mine.order_by(OutboundMessage.created_at)))


def created(shop: Shop, url: str, *types: str) -> Endpoint:
    """An admin adds an endpoint."""
    shop.login(ADMIN, "admin")
    body = {"url": url, "types": list(types)}
    answer = shop.post("/event-endpoints", body, ADMIN, status=201)
    return Endpoint(shop, answer["endpoint_id"], answer["secret"])


def verified(request: Received, secret: str) -> Json:
    """The event in a request. Raises WebhookVerificationError for an invalid signature."""
    return dict(Webhook(secret).verify(request.body, request.headers))


def received(server: FaultyServer) -> list[str]:
    """The types of the events that arrived, in their order."""
    return [json.loads(request.body)["type"] for request in server.requests]


def deliveries_of(server: FaultyServer) -> Counter[str]:
    """How often each event arrived."""
    return Counter(request.headers["webhook-id"] for request in server.requests)
