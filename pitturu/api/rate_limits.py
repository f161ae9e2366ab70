"""How many requests one caller may make. Counted in Redis for all processes together; in memory while Redis is away."""

from typing import Final

import limits
from flask import request
from limits import RateLimitItem

from pitturu.api import authentication, problems
from pitturu.api.client import address
from pitturu.api.rate_counter import RateCounter
from pitturu.config.settings import Settings
from pitturu.services import services, web_services

KINDS: Final = {
    "auth.register": "login",
    "auth.login": "login",
    "sessions.open_session": "session",
    "webhook.receive": "webhook",
    "confirm.ask": "webhook",
    "password_reset.request_reset": "login",
    "password_reset.set_password": "login",
    "order_listing.export_payments": "export",
}
"""Endpoints with a limit of their own; all others share the limit per user, and all requests of an API key its own."""

BY_ADDRESS: Final = ("login", "webhook")

QUESTIONS_OF_AN_OPERATOR: Final = limits.parse("30/minute")
QUESTIONS_ABOUT_AN_ORDER: Final = limits.parse("6/minute")
"""How often an operator may have PortOne asked, and how often all of them may about one order."""


class RateLimits:
    """The rates of each kind of caller, and their counter. Raises ValueError for unreadable rates."""

    def __init__(self, settings: Settings) -> None:
        kinds = ("login", "account", "session", "webhook", "user", "key", "export", "mail")
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


def count_page_data() -> None:
    """Count that a page carries what the API would answer. Raises TooManyRequests."""
    _hit("user", f"user:address:{address()}")


def count_login(username: str) -> None:
    """Count an attempt at the password or the second factor of this account, from whatever address it comes. Raises
    TooManyRequests.

    Every attempt counts, also a successful one: what is counted after the check of the password would not bound
    attempts that are made at the same time. Accounts that do not exist are counted too, so that nothing reveals them.
    """
    _hit("account", f"account:{username}")


def count_mail(purpose: str, whom: str) -> None:
    """Count a request to mail a secret to this address, or to the account of this name. Raises TooManyRequests.

    What somebody typed is counted whether it belongs to anybody or not. Redis keeps a keyed hash of it.
    """
    _hit("mail", f"mail:{purpose}:{services().cipher.digest('mail rate', whom.lower()).hex()}")


def count_copy(username: str) -> None:
    """Count a copy of everything that is stored about this user, which reads all orders of one. Raises
    TooManyRequests."""
    _hit("export", f"copy:user:{username}")


def count_question(order_id: str, username: str) -> None:
    """Count an operator's question to PortOne about this order. Raises TooManyRequests.

    Every one is a call to PortOne, which limits ours, and buyers need them.
    """
    _check(QUESTIONS_OF_AN_OPERATOR, f"question:user:{username}")
    _check(QUESTIONS_ABOUT_AN_ORDER, f"question:order:{order_id}")


def _hit(kind: str, who: str) -> None:
    for rate in web_services().rate_limits.rates[kind]:
        _check(rate, who)


def _check(rate: RateLimitItem, who: str) -> None:
    if not web_services().rate_limits.counter.hit(rate, who):
        raise problems.TooManyRequests(str(rate), rate.get_expiry())
