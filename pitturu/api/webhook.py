"""The door for PortOne's webhooks. They are kept before they are acknowledged, and never believed."""

import ipaddress
import logging
from typing import Any

from flask import current_app, request

from pitturu import logs
from pitturu.api.contract import PREFIX, Blueprint
from pitturu.api.schemas.people import DoneSchema
from pitturu.api.schemas.portone import NoticeSchema
from pitturu.domain.errors import Malformed, NotAllowed
from pitturu.knobs import Network
from pitturu.payments import inbox
from pitturu.payments.inbox import Envelope
from pitturu.portone import webhooks
from pitturu.store.unit_of_work import unit_of_work

log = logging.getLogger(__name__)

V2_SIGNATURE = ("webhook-id", "webhook-timestamp", "webhook-signature")

_SCHEMA = {"schema": NoticeSchema}
_BODY = {"content": {"application/json": _SCHEMA, "application/x-www-form-urlencoded": _SCHEMA}, "required": True}

blueprint = Blueprint("webhook", __name__, url_prefix=f"{PREFIX}/payments", description="PortOne tells its news.")


@blueprint.post("/webhook")
@blueprint.doc(requestBody=_BODY)
@blueprint.response(200, DoneSchema)
def receive() -> Any:
    """Take in a webhook of PortOne V1. It carries no signature, so PortOne is asked afterwards what is true."""
    address = request.remote_addr or ""
    networks: tuple[Network, ...] = current_app.extensions["pitturu.settings"].webhook_networks
    if networks and not _within(address, networks):
        log.warning("webhook_refused", extra={"why": "network", "address": address})
        raise NotAllowed(
            "network_not_allowed", "Webhooks are not accepted from your network. Add it to WEBHOOK_NETWORKS."
        )
    envelope = _envelope(address)
    with unit_of_work():
        inbox.receive(envelope, logs.request_id() or "")
    return {}


def _envelope(address: str) -> Envelope:
    request.max_content_length = webhooks.MAX_BODY
    body, content_type = request.get_data(), request.content_type or ""
    try:
        if any(name in request.headers for name in V2_SIGNATURE):
            detail = (
                "This is a webhook of PortOne V2, which is not served here. Choose version V1 in PortOne's console."
            )
            raise Malformed("generation_not_served", detail)
        notice = webhooks.parse_v1(content_type, body)
    except Malformed as problem:
        log.warning("webhook_refused", extra={"why": problem.code, "address": address, "bytes": len(body)})
        raise
    return Envelope(
        imp_uid=notice.imp_uid,
        merchant_uid=notice.merchant_uid,
        status=notice.status,
        cancellation_id=notice.cancellation_id,
        body=body,
        content_type=content_type,
        remote_address=address,
    )


def _within(address: str, networks: tuple[Network, ...]) -> bool:
    """IPv4 addresses may come dressed as IPv6 where a server listens on both."""
    try:
        client = ipaddress.ip_address(address)
    except ValueError:
        return False
    plain = getattr(client, "ipv4_mapped", None) or client
    return any(plain in network for network in networks)
