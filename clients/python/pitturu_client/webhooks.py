"""Verifies events that pitturu posts to an endpoint of a shop, signed as Standard Webhooks says."""

from collections.abc import Iterable, Sequence
from typing import Protocol

import msgspec
from standardwebhooks import Webhook, WebhookVerificationError

from pitturu_client.errors import InvalidEvent
from pitturu_client.events import Event


class Headers(Protocol):
    """Headers as a web framework has them: a dict, or Flask's and Django's own types."""

    def items(self) -> Iterable[tuple[str, str]]:
        """Names, in any case, and values."""


def verify_event(body: bytes, headers: Headers, secrets: str | Sequence[str]) -> Event:
    """The event in a request, if it was signed with one of the secrets (`whsec_…`) within the last five minutes.

    `body` is the raw body, before any parsing: `request.get_data()` in Flask, `request.body` in Django. Give several
    secrets while one is being rotated. Raises InvalidEvent, and ValueError for a secret that is none: the shop is
    configured wrongly then.
    """
    known = [secrets] if isinstance(secrets, str) else list(secrets)
    if not known or not all(secret.removeprefix("whsec_") for secret in known):
        raise ValueError("Give the secret of the event endpoint: pitturu showed it when the endpoint was created.")
    verifiers = [Webhook(secret) for secret in known]
    if not any(_signed(verifier, body, headers) for verifier in verifiers):
        raise InvalidEvent("The signature is missing, too old, or of another secret. Answer 400.")
    try:
        return msgspec.json.decode(body, type=Event)
    except msgspec.DecodeError as error:
        raise InvalidEvent(f"The signed body is no event that this version knows: {error}") from error


def _signed(verifier: Webhook, body: bytes, headers: Headers) -> bool:
    try:
        verifier.verify(body, {name.lower(): value for name, value in headers.items()}, json_parse=False)
    except (WebhookVerificationError, ValueError):  # The library raises ValueError for headers that it cannot parse.
        return False
    return True
