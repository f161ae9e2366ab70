"""Calls that PortOne makes to the shop: a webhook, and the question before an approval."""

from dataclasses import dataclass, replace
from typing import Any, Final

import requests

FIRST_TRY: Final = (10.0, 30.0)
"""Seconds to connect and to read in the first attempt."""
NEXT_TRIES: Final = (15.0, 15.0)
"""The same for each later one."""
NO_DETAIL: Final = "알 수 없음"

_FRESH_CONNECTION: Final = {"Connection": "close"}
"""A kept connection to a receiver that restarted would lose a letter which a new connection delivers."""


@dataclass(frozen=True)
class Attempt:
    """What one try met: the HTTP status, or 0 with the kind of network trouble."""

    status: int
    error: str | None = None
    at: float = 0.0

    @property
    def delivered(self) -> bool:
        """Whether the receiver took it."""
        return 200 <= self.status < 300

    @property
    def retriable(self) -> bool:
        """Whether PortOne would try again: on network trouble and 5xx, never on 4xx."""
        return self.status == 0 or self.status >= 500


def stamped(attempt: Attempt, at: float) -> Attempt:
    """The attempt with the time at which it ended."""
    return replace(attempt, at=at)


def post(url: str, payload: dict[str, Any], form: str, again: bool) -> Attempt:
    """Deliver one webhook; never raises for what the receiver does."""
    timeout = NEXT_TRIES if again else FIRST_TRY
    data, document = (payload, None) if form == "form" else (None, payload)
    try:
        answer = requests.post(
            url, data, document, headers=_FRESH_CONNECTION, timeout=timeout, allow_redirects=False, stream=True
        )
        answer.close()
    except requests.RequestException as trouble:
        return Attempt(0, type(trouble).__name__)
    return Attempt(answer.status_code)


def ask_shop(url: str, question: dict[str, Any], seconds: int) -> str | None:
    """Ask the shop whether the payment may go on. None means yes; otherwise the reason it gave for no."""
    try:
        answer = requests.post(url, json=question, headers=_FRESH_CONNECTION, timeout=seconds, allow_redirects=False)
    except requests.RequestException:
        return NO_DETAIL
    if answer.status_code == 200:
        return None
    try:
        reason = answer.json().get("reason")
    except (ValueError, AttributeError):
        reason = None
    return str(reason)[:200] if reason else NO_DETAIL
