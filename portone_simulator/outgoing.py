"""Requests of PortOne to the shop: webhooks, and the confirmation before an approval."""

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

import requests

FIRST_TRY: Final = (10.0, 30.0)
"""Seconds to connect and to read in the first attempt."""
NEXT_TRIES: Final = (15.0, 15.0)
"""The same for each later one."""
V2_TRIES: Final = (30.0, 30.0)
"""The same for every attempt of V2."""
NO_DETAIL: Final = "알 수 없음"

_FRESH_CONNECTION: Final = {"Connection": "close"}
"""Opens a new connection each time: on a kept one, a receiver that restarted would lose the webhook."""


@dataclass(frozen=True)
class Attempt:
    """The result of one attempt: the HTTP status, or 0 with the kind of network error."""

    status: int
    error: str | None = None
    at: float = 0.0

    @property
    def delivered(self) -> bool:
        """Whether the receiver accepted it."""
        return 200 <= self.status < 300

    @property
    def retriable(self) -> bool:
        """Whether PortOne would retry: on network errors and 5xx, never on 4xx."""
        return self.status == 0 or self.status >= 500


@dataclass(frozen=True)
class Signer:
    """Signs V2's webhooks (Standard Webhooks): the same id in every attempt, a new signature each time."""

    message_id: str
    secrets: tuple[str, ...]

    def headers(self, body: bytes, at: int) -> dict[str, str]:
        """One signature per secret, so that a shop can rotate them without losing a webhook."""
        signed = f"{self.message_id}.{at}.".encode() + body
        marks = [hmac.new(_bytes_of(secret), signed, hashlib.sha256).digest() for secret in self.secrets]
        signatures = " ".join("v1," + base64.b64encode(mark).decode() for mark in marks)
        return {"webhook-id": self.message_id, "webhook-timestamp": str(at), "webhook-signature": signatures}


@dataclass(frozen=True)
class Notification:
    """A webhook to send; `subject` is the payment that it is about."""

    url: str
    payload: dict[str, Any]
    format: str = "json"
    waits: tuple[float, ...] = ()
    signer: Signer | None = None
    subject: str = ""


def _bytes_of(secret: str) -> bytes:
    return base64.b64decode(secret.removeprefix("whsec_"))


def post(notification: Notification, again: bool, at: int) -> Attempt:
    """Deliver one webhook, signed with the time `at` if it has a signer; never raises for errors of the receiver."""
    timeout = V2_TRIES if notification.signer else NEXT_TRIES if again else FIRST_TRY
    body, headers = _written(notification, at)
    try:
        answer = requests.post(
            notification.url, body, headers=headers, timeout=timeout, allow_redirects=False, stream=True
        )
        answer.close()
    except requests.RequestException as trouble:
        return Attempt(0, type(trouble).__name__)
    return Attempt(answer.status_code)


def _written(notification: Notification, at: int) -> tuple[bytes, dict[str, str]]:
    """The body and the headers of a request to the shop, signed if the notification has a signer."""
    payload, signer, form = notification.payload, notification.signer, notification.format == "form"
    kind = "application/x-www-form-urlencoded" if form else "application/json"
    body = (urlencode(payload) if form else json.dumps(payload, ensure_ascii=False)).encode()
    return body, {"Content-Type": kind, **_FRESH_CONNECTION, **(signer.headers(body, at) if signer else {})}


def ask_shop(question: Notification, field: str, seconds: int, at: int) -> str | None:
    """Ask the shop whether the payment may be approved. None means yes; otherwise the shop's reason for refusing,
    which stands in this field of its answer."""
    body, headers = _written(question, at)
    try:
        answer = requests.post(question.url, body, headers=headers, timeout=seconds, allow_redirects=False)
    except requests.RequestException:
        return NO_DETAIL
    if answer.status_code == 200:
        return None
    try:
        reason = answer.json().get(field)
    except (ValueError, AttributeError):
        reason = None
    return str(reason)[:200] if reason else NO_DETAIL
