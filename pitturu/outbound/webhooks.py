"""Sends an event to an endpoint of the shop, signed as Standard Webhooks says: once with each valid secret.

`webhook-id` is the event's id and the same in every try; `webhook-timestamp` is the time of the try. No redirect is
followed, no proxy of the environment is used, and only the status of the answer is kept: what an endpoint answers is
shown to nobody, so an address cannot be used to read through this server.
"""

import json
from collections.abc import Mapping
from typing import Any, Final

import requests
from requests.exceptions import RequestException
from standardwebhooks import Webhook
from urllib3.exceptions import HTTPError

from pitturu import certificates
from pitturu.config.settings import Settings
from pitturu.domain import clock
from pitturu.domain.errors import GatewayError, Reaction
from pitturu.outbound.guarded_http import GuardedWire, PrivateAddress
from pitturu.outbound.message import Message
from pitturu.portone import deadline
from pitturu.portone.http_adapter import TooLarge

TIMEOUTS: Final = (5.0, 10.0)
"""Seconds to connect, and of silence: a receiver stores the event, answers, and works on it afterwards."""

WHOLE: Final = 15.0
"""Seconds of the whole call, far below the lease."""

GONE: Final = 410
"""The answer of an endpoint that wants no more events."""


class NoAnswer(GatewayError):
    """The endpoint did not answer in time, or could not be reached."""


class EndpointGone(GatewayError):
    """The endpoint wants no more events."""


def send(settings: Settings, message: Message) -> str:
    """Post it once. Returns the status of the answer. Raises GatewayError, of which NoAnswer and EndpointGone are
    subclasses."""
    receiver = message.receiver
    if receiver is None:
        raise GatewayError(Reaction.STOP, "The endpoint was deleted.")
    if not receiver.secrets:
        raise GatewayError(Reaction.CALL_HUMAN, receiver.problem)
    body = encode(message.content)
    headers = signed_headers(receiver.secrets, str(message.content["id"]), body)
    status, rest = post(receiver.url, headers, body, private=not settings.production)
    if 200 <= status < 300:
        return f"HTTP {status}"
    if status == GONE:
        raise EndpointGone(Reaction.STOP, "The endpoint answered HTTP 410: it wants no more events.")
    error = GatewayError(Reaction.TRY_AGAIN, f"The endpoint answered HTTP {status}; any 2xx confirms an event.")
    error.retry_after = deadline.asked_for(rest)
    raise error


def encode(payload: Mapping[str, Any]) -> bytes:
    """The body of an event: the same bytes are signed and sent."""
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()


def signed_headers(secrets: tuple[str, ...], event_id: str, body: bytes) -> dict[str, str]:
    """The headers of Standard Webhooks, with one signature for each secret, and ours."""
    now = clock.now()
    signatures = [Webhook(secret).sign(event_id, now, body.decode()) for secret in secrets]
    return {
        "Content-Type": "application/json",
        "User-Agent": "pitturu",
        "Accept-Encoding": "identity",
        "webhook-id": event_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


def post(url: str, headers: Mapping[str, str], body: bytes, *, private: bool) -> tuple[int, str]:
    """The status of the answer and its Retry-After. `private` addresses are refused outside development.

    Raises GatewayError for a private address, NoAnswer.
    """
    wire = GuardedWire(private=private)
    try:
        request = requests.Request("POST", url, headers=dict(headers), data=body).prepare()
        with deadline.within(WHOLE):
            answer = wire.send(request, stream=True, timeout=TIMEOUTS, verify=certificates.bundle() or True)
            return answer.status_code, answer.headers.get("Retry-After", "")
    except (OSError, ValueError, RequestException, HTTPError, TooLarge) as error:
        # Their texts contain the URL, and so would a traceback with them.
        refused, kind = _is_private(error), type(error).__name__
    finally:
        wire.close()
    if refused:
        words = "The endpoint's host has an address that is not public, so nothing was sent. Change its URL or its DNS."
        raise GatewayError(Reaction.CALL_HUMAN, words)
    raise NoAnswer(Reaction.TRY_AGAIN, f"The endpoint did not answer ({kind}).")


def _is_private(error: BaseException | None) -> bool:
    """Whether a private address is what an exception of the HTTP libraries is about: they wrap it in their own."""
    known: list[object] = []
    while error is not None and error not in known:
        if isinstance(error, PrivateAddress):
            return True
        known.append(error)
        error = error.__cause__ or error.__context__
    return False
