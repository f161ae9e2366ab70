"""The endpoint for PortOne's webhooks. They are stored before they are acknowledged, and never trusted."""

import ipaddress
import logging
from typing import Any, Final

from flask import request

from pitturu import instruments, logs
from pitturu.api import signatures
from pitturu.api.contract import PREFIX, Blueprint
from pitturu.api.refusals import refuses
from pitturu.api.schemas.people import DoneSchema
from pitturu.api.schemas.portone import NoticeSchema
from pitturu.config.fields import Network
from pitturu.domain.errors import Malformed, NotAllowed, NotAuthenticated
from pitturu.domain.provider import Generation
from pitturu.payments import webhook_inbox
from pitturu.payments.webhook_inbox import Envelope
from pitturu.portone import webhooks
from pitturu.portone.text import clean
from pitturu.services import services
from pitturu.store.unit_of_work import unit_of_work

log = logging.getLogger(__name__)

_SCHEMA = {"schema": NoticeSchema, "example": NoticeSchema.EXAMPLE}
_BODY = {"content": {"application/json": _SCHEMA, "application/x-www-form-urlencoded": _SCHEMA}, "required": True}

REASONS: Final = ("network", "webhook_forged", "webhook_malformed")
"""Why a webhook is refused, as logged and counted."""

instruments.prepare(instruments.webhooks_refused, "reason", REASONS)

blueprint = Blueprint("webhook", __name__, url_prefix=f"{PREFIX}/payments", description="PortOne's webhooks.")


@blueprint.post("/webhook")
@blueprint.doc(requestBody=_BODY)
@blueprint.response(200, DoneSchema)
@refuses(NotAllowed, "network_not_allowed")
@refuses(NotAuthenticated, "webhook_forged")
@refuses(Malformed, "webhook_malformed")
def receive() -> Any:
    """Receive a webhook of PortOne.

    Only PortOne calls this. V2's webhooks must be signed, V1's cannot be. The webhook is stored before it is
    acknowledged, and PortOne is then asked about the payment, because a webhook only says that something happened.
    """
    address = request.remote_addr or ""
    networks: tuple[Network, ...] = services().settings.webhook_networks
    if networks and not _within(address, networks):
        _refused("network", address)
        raise NotAllowed(
            "network_not_allowed", "Webhooks are not accepted from this address. Add its network to WEBHOOK_NETWORKS."
        )
    envelope = _envelope(address)
    with unit_of_work() as work:
        webhook_inbox.receive(work, envelope, logs.request_id() or "")
    return {}


def _envelope(address: str) -> Envelope:
    request.max_content_length = webhooks.MAX_BODY
    body, content_type = request.get_data(), request.content_type or ""
    try:
        v2 = webhooks.is_v2(content_type, body)
        if v2:
            signatures.require(body)
        notice = (webhooks.parse_v2 if v2 else webhooks.parse_v1)(content_type, body)
    except (Malformed, NotAuthenticated) as problem:
        _refused(problem.code, address, detail=problem.detail, bytes=len(body))
        raise
    return Envelope(
        generation=Generation.V2 if v2 else Generation.V1,
        notice=notice,
        delivery_id=clean(request.headers.get("webhook-id"), 255) if v2 else "",
        body=body,
        content_type=content_type,
        remote_address=address,
    )


def _refused(why: str, address: str, **fields: object) -> None:
    log.warning("webhook_refused", extra={"why": why, "address": address} | fields)
    instruments.webhooks_refused.labels(why).inc()


def _within(address: str, networks: tuple[Network, ...]) -> bool:
    """IPv4 addresses may arrive as IPv4-mapped IPv6 if a server listens on both."""
    try:
        client = ipaddress.ip_address(address)
    except ValueError:
        return False
    plain = getattr(client, "ipv4_mapped", None) or client
    return any(plain in network for network in networks)
