"""How many requests one caller may make. Counted in Redis for all processes together; in memory while Redis is away."""

from typing import Final

import limits
from flask import request

from pitturu.api import authentication, problems
from pitturu.api.client import address
from pitturu.api.rate_counter import RateCounter
from pitturu.config.settings import Settings
from pitturu.services import services

KINDS: Final = {
    "auth.register": "login",
    "auth.login": "login",
    "sessions.open_session": "session",
    "webhook.receive": "webhook",
    "confirm.ask": "webhook",
}
"""Endpoints with a limit of their own; all others share the limit per user, and all requests of an API key its own."""

BY_ADDRESS: Final = ("login", "webhook")


class RateLimits:
    """The rates of each kind of caller, and their counter. Raises ValueError for unreadable rates."""

    def __init__(self, settings: Settings) -> None:
        kinds = ("login", "account", "session", "webhook", "user", "key")
        self.rates = {kind: limits.parse_many(str(getattr(settings, f"rate_{kind}"))) for kind in kinds}
        self.counter = RateCounter(settings.redis_url)


def count() -> None:
    """Count this request if it is under `/api`; probes and pages are not limited. Raises TooManyRequests."""
    if not request.path.startswith("/api/") or request.method == "OPTIONS" or request.endpoint is None:
        return
    kind = KINDS.get(request.endpoint, "user")
    somebody = None if kind in BY_ADDRESS else authentication.known()
    if somebody is None:
        _hit(kind, f"{kind}:address:{address()}")
    elif somebody.key is not None:
        _hit("key", somebody.username)
    else:
        # Users and addresses are told apart: a user may be named like an address.
        _hit(kind, f"{kind}:user:{somebody.username}")


def count_login(username: str) -> None:
    """Count an attempt at the password or the second factor of this account, from whatever address it comes. Raises
    TooManyRequests.

    Every attempt counts, also a successful one: what is counted after the check of the password would not bound
    attempts that are made at the same time. Accounts that do not exist are counted too, so that nothing reveals them.
    """
    _hit("account", f"account:{username}")


def _hit(kind: str, who: str) -> None:
    found = services().rate_limits
    for rate in found.rates[kind]:
        if not found.counter.hit(rate, who):
            raise problems.TooManyRequests(str(rate), rate.get_expiry())
