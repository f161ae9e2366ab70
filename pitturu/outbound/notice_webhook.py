"""Posts a notice to the shop's own sender of AlimTalk or SMS, signed as events are (Standard Webhooks).

`webhook-id` is the id of the message, the same in every try: a receiver that sends each id once sends nothing twice.
"""

from typing import Final
from urllib.parse import urlsplit

from pitturu.config.settings import Settings
from pitturu.domain.errors import GatewayError, Reaction
from pitturu.outbound import webhooks
from pitturu.outbound.message import Message
from pitturu.outbound.public_addresses import PrivateAddress, resolve
from pitturu.portone import deadline

CHECK: Final = "Check NOTICE_WEBHOOK_URL and NOTICE_WEBHOOK_SECRETS, and the receiver's log."


def send(settings: Settings, message: Message) -> str:
    """Post it once. Returns the status of the answer. Raises GatewayError."""
    body = webhooks.encode(message.content)
    headers = webhooks.signed_headers(settings.notice_webhook_secrets, message.message_id, body)
    status, rest = webhooks.post(settings.notice_webhook_url, headers, body, private=not settings.production)
    if 200 <= status < 300:
        return f"HTTP {status}"
    error = _refusal(status)
    error.retry_after = deadline.asked_for(rest)
    raise error


def check(settings: Settings) -> None:
    """Look up the receiver's address, and post nothing. Raises GatewayError."""
    parts = urlsplit(settings.notice_webhook_url)
    try:
        resolve(parts.hostname or "", parts.port or 443, private=not settings.production)
    except PrivateAddress:
        words = "NOTICE_WEBHOOK_URL has an address that is not public, so nothing is sent to it. Change it or its DNS."
        raise GatewayError(Reaction.CALL_HUMAN, words) from None
    except OSError:
        words = "The host of NOTICE_WEBHOOK_URL is unknown. Correct it, or its DNS."
        raise GatewayError(Reaction.CALL_HUMAN, words) from None


def _refusal(status: int) -> GatewayError:
    """STOP where the receiver refuses this message. 401, 403 and 404 end when somebody corrects a setting."""
    said = f"The receiver of notices answered HTTP {status}"
    if status in (401, 403, 404):
        return GatewayError(Reaction.CALL_HUMAN, f"{said}. {CHECK}")
    if 400 <= status < 500 and status not in (408, 425, 429):
        return GatewayError(Reaction.STOP, f"{said}: it will not send this notice. Its log says why.")
    return GatewayError(Reaction.TRY_AGAIN, f"{said}; any 2xx confirms a notice. It is tried again.")
