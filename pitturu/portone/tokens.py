"""The access token of this process: kept in memory, renewed by one thread, and discarded when PortOne refuses it.

PortOne gives every process the same live token. It repeats the token unchanged while more than 60 s of it are left, and
extends it by 5 minutes when fewer are. So it is renewed in its last MARGIN (less than those 60 s): an earlier request
would return the old expiry. Lifetimes are durations that PortOne states, counted by a monotonic clock, so a wrong wall
clock does no harm.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from typing import Final

from pitturu.domain.errors import GatewayError, Reaction
from pitturu.portone import deadline

MARGIN: Final = 30.0
"""Seconds before its expiry from which a token is renewed: enough for a call on its way, below PortOne's 60."""

PAUSE: Final = 5.0
"""Seconds for which a token is used without another request, whatever lifetime PortOne states, and seconds between two
failed renewals of a live token: no answer of PortOne can cause a token request for every call."""

LONGEST_LIFE: Final = 3600.0
"""Seconds. PortOne's tokens live for 1800; a lifetime beyond this is an error of its clock."""

LONGEST_RENEWAL: Final = 10.0
"""Seconds to wait for another thread's renewal: more than one may take (see `login.TIMEOUTS`)."""


@dataclass(eq=False)
class AccessToken:
    """One answer to a token request. Two answers may carry the same `value`; a refusal concerns only one of them."""

    value: str
    renew_at: float
    expires_at: float


class Tokens:
    """Provides the token of a call. `ask` requests one from PortOne: (token, seconds to live), or GatewayError."""

    def __init__(self, ask: Callable[[], tuple[str, float]], now: Callable[[], float] = time.monotonic) -> None:
        self._ask, self._now = ask, now
        self._renewing = threading.Lock()
        self._held = AccessToken("", renew_at=-inf, expires_at=-inf)
        self._failure: GatewayError | None = None

    def current(self) -> AccessToken:
        """A live token. While one thread renews it, the others use the live one, or wait when there is none.

        Those who waited share the outcome: a failure is raised to all of them, and none of them asks again.
        """
        failure, held = self._failure, self._held
        if self._fresh(held):
            return held
        live = self._live(held)
        if not self._renewing.acquire(timeout=0 if live else min(deadline.left(), LONGEST_RENEWAL)):
            if live:
                return held
            raise GatewayError(Reaction.TRY_AGAIN, "PortOne gave no token in time. Nothing was sent.")
        try:
            if not self._fresh(self._held):
                if self._failure is not None and self._failure is not failure:
                    raise _copy(self._failure)
                self._held = self._renewed(self._held)
            return self._held
        finally:
            self._renewing.release()

    def check(self) -> None:
        """Request a token from PortOne even if there is one. Raises GatewayError when it gives none."""
        self._ask()

    def refused(self, token: AccessToken) -> None:
        """PortOne answered 401 to this token: it is not used again. A newer one stays."""
        token.expires_at = -inf

    def _renewed(self, held: AccessToken) -> AccessToken:
        """A new token from PortOne; or `held` for some seconds more, if the request failed and `held` is still
        valid."""
        # Counted from before the request, so that a slow answer shortens the lifetime and never extends it.
        asked_at = self._now()
        try:
            value, lifetime = self._ask()
        except GatewayError as error:
            if not self._live(held):
                self._failure = _copy(error)
                raise
            held.renew_at = self._now() + PAUSE
            return held
        life = min(lifetime, LONGEST_LIFE)
        return AccessToken(value, asked_at + max(PAUSE, life - MARGIN), asked_at + max(PAUSE, life))

    def _fresh(self, token: AccessToken) -> bool:
        return self._now() < min(token.renew_at, token.expires_at)

    def _live(self, token: AccessToken) -> bool:
        return self._now() < token.expires_at


def _copy(error: GatewayError) -> GatewayError:
    """The same failure without its traceback: each thread raises an exception of its own."""
    copy = type(error)(error.reaction, error.message)
    copy.retry_after = error.retry_after
    return copy
