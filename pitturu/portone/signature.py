"""Signed webhooks (Standard Webhooks, symmetric): whether whoever posts these bytes knows one of our secrets.

Source: PortOne V2's guide, which refers to the Standard Webhooks specification. Nothing in a header can raise anything
but `Forged`.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from pitturu.domain import clock

TOLERANCE: Final = timedelta(minutes=5)
"""How far the sender's clock may be from ours, in both directions, that itself included."""

PREFIX: Final = "whsec_"
LEAST_BYTES: Final = 16
"""Of a secret; the specification recommends 24 to 64, and PortOne's own tests sign with 16."""

MOST_SIGNATURES: Final = 16
"""PortOne sends one for each of at most two secrets."""


class Forged(Exception):
    """The signature does not hold; the text says why, for whoever sets the secrets up."""


def key_of(secret: str) -> bytes:
    """The bytes behind `whsec_...`. Raises ValueError for what is no secret."""
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError("it is not base64 with whsec_ before it") from error
    if len(key) < LEAST_BYTES:
        raise ValueError("it is too short")
    return key


def sign(key: bytes, message_id: str, timestamp: str, body: bytes) -> str:
    """The signature of these raw bytes, as it stands in the header."""
    signed = _bytes(f"{message_id}.{timestamp}.") + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def _bytes(header: str) -> bytes:
    """UTF-8, and something that is never equal to it for half a surrogate."""
    return header.encode("utf-8", "surrogatepass")


@dataclass(frozen=True)
class Signed:
    """The three headers as they came, "" where one is missing."""

    message_id: str
    timestamp: str
    signatures: str


def verify(keys: Sequence[bytes], headers: Signed, body: bytes) -> None:
    """Raises Forged unless one of the signatures was made with one of the keys, within TOLERANCE of now."""
    message_id, timestamp = headers.message_id, headers.timestamp
    if not (message_id and timestamp and headers.signatures):
        raise Forged("webhook-id, webhook-timestamp and webhook-signature must all be there")
    if not (timestamp.isascii() and timestamp.isdecimal() and len(timestamp) <= 12):
        raise Forged("webhook-timestamp is no number of seconds")
    if abs(int(clock.now().timestamp()) - int(timestamp)) > TOLERANCE.total_seconds():
        raise Forged("webhook-timestamp is more than 5 minutes away from our clock")
    told = [_bytes(one) for one in headers.signatures.split(" ")[:MOST_SIGNATURES]]
    expected = [sign(key, message_id, timestamp, body).encode() for key in keys]
    # Every pair is compared, so that the time taken tells nothing.
    matches = [hmac.compare_digest(one, other) for one in told for other in expected]
    if not any(matches):
        raise Forged("no signature was made with one of our secrets")
