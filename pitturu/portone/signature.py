"""Verifies signed webhooks (Standard Webhooks, symmetric): the sender must know one of our secrets.

Source: PortOne V2's guide, which refers to the Standard Webhooks specification. The specification's own library makes
the signatures. Its `verify` is not used: it always uses the machine's clock, raises ValueError for a malformed
signature although a valid one stands beside it, and skips characters that are not base64. No header or body can raise
anything but `Forged` here.
"""

import base64
import binascii
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from standardwebhooks import Webhook

from pitturu.domain import clock

TOLERANCE: Final = timedelta(minutes=5)
"""The largest accepted difference between the sender's clock and ours, in both directions."""

PREFIX: Final = "whsec_"
LEAST_BYTES: Final = 16
"""Bytes of a secret; the specification recommends 24 to 64, and PortOne's own tests sign with 16."""

MOST_SIGNATURES: Final = 16
"""Signatures in one header: PortOne sends one for each of at most two secrets."""

_SECONDS: Final = re.compile("[1-9][0-9]{0,11}")
"""The timestamp exactly as the library formats a number: no leading zeros and no fraction."""


class Forged(Exception):
    """The signature is invalid; the text says why, for the administrator who configures the secrets."""


def key_of(secret: str) -> bytes:
    """The bytes of `whsec_...`. Raises ValueError for an invalid secret."""
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError("it is not base64 with whsec_ before it") from error
    if len(key) < LEAST_BYTES:
        raise ValueError("it is too short")
    return key


def sign(key: bytes, message_id: str, timestamp: str, body: bytes) -> str:
    """The signature of these raw bytes, as in the header. Raises ValueError for text that is not UTF-8."""
    return Webhook(key).sign(message_id, datetime.fromtimestamp(int(timestamp), UTC), body.decode())


@dataclass(frozen=True)
class Signed:
    """The three headers as received, "" for a missing one."""

    message_id: str
    timestamp: str
    signatures: str


def verify(keys: Sequence[bytes], headers: Signed, body: bytes) -> None:
    """Raises Forged unless one of the signatures was made with one of the keys, within TOLERANCE of now."""
    message_id, timestamp = headers.message_id, headers.timestamp
    if not (message_id and timestamp and headers.signatures):
        raise Forged("webhook-id, webhook-timestamp and webhook-signature must all be there")
    if not _SECONDS.fullmatch(timestamp):
        raise Forged("webhook-timestamp is no number of seconds")
    if abs(int(clock.now().timestamp()) - int(timestamp)) > TOLERANCE.total_seconds():
        raise Forged("webhook-timestamp is more than 5 minutes away from our clock")
    try:
        expected = [sign(key, message_id, timestamp, body) for key in keys]
    except ValueError as error:
        raise Forged("webhook-id or the body is not UTF-8") from error
    received = [one for one in headers.signatures.split(" ")[:MOST_SIGNATURES] if one.isascii()]
    # Every pair is compared, so that the duration reveals nothing about the secrets.
    matches = [hmac.compare_digest(one, other) for one in received for other in expected]
    if not any(matches):
        raise Forged("no signature was made with one of our secrets")
