"""The reaction to each way in which a call to PortOne can fail; it is decided nowhere else."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from requests import exceptions as lost
from urllib3 import exceptions as below

from pitturu.domain.errors import AccessRefused, GatewayError, Reaction, Throttled
from pitturu.domain.provider import Generation
from pitturu.portone.call import Call
from pitturu.portone.http_adapter import TooLarge

NEVER_LEFT: Final = (
    lost.ConnectTimeout,
    lost.ProxyError,
    lost.URLRequired,
    lost.MissingSchema,
    lost.InvalidSchema,
    lost.InvalidURL,
    lost.InvalidHeader,
)
"""PortOne cannot have received the request when `requests` raises one of these; after any other it may have.

A ConnectionError that hides a refused or unresolved address never left either: see `_never_left`.
"""

_NO_CONNECTION: Final = (below.NewConnectionError, below.ConnectTimeoutError, below.LocationValueError)
"""What urllib3 raises when it has no connection to send anything over."""

ALREADY_DONE: Final = ("이미 전액취소된", "이미 등록된")
"""Refusals that mean the request succeeded before: cancelled in full; amount registered (V1 has no codes for them). An
order number is ours, random, and its amount never changes, so an existing registration is the wanted one."""


class Unauthorized(AccessRefused):
    """HTTP 401: PortOne did not execute the call, because it does not accept the token or the keys."""


class Unknown(GatewayError):
    """HTTP 404 in PortOne's own envelope: the payment does not exist."""


@contextmanager
def refusals_of(generation: Generation) -> Iterator[None]:
    """Name the API whose keys were refused in each AccessRefused that is raised inside."""
    try:
        yield
    except AccessRefused as error:
        error.generation = generation
        raise


def after_failure(call: Call, error: Exception) -> GatewayError:
    """No answer arrived, or not all of it."""
    what = f"{call.name}: {type(error).__name__}"
    if isinstance(error, TooLarge):
        return GatewayError(call.unreadable, f"PortOne's answer is too large to be read ({what}).")
    if _certificate_refused(error):
        return GatewayError(
            Reaction.CALL_HUMAN,
            f"The TLS certificate of PortOne's address is not trusted ({what}). Nothing was sent; check the base URL.",
        )
    if _never_left(error):
        return GatewayError(Reaction.TRY_AGAIN, f"PortOne cannot be reached ({what}). Nothing was sent.")
    return GatewayError(call.doubt, f"PortOne's answer was lost ({what}). {call.consequence}")


def check_status(call: Call, status: int) -> None:
    """Raises GatewayError if the HTTP status alone decides, whatever the body says."""
    if status == 401:
        raise Unauthorized(Reaction.CALL_HUMAN, "PortOne refused our token (401). Check the API keys in its console.")
    if status == 403:
        raise AccessRefused(
            Reaction.CALL_HUMAN,
            "PortOne forbids the call (403). Check the list of allowed addresses and the API keys in its console.",
        )
    if status == 429:
        raise Throttled(Reaction.TRY_AGAIN, "PortOne asks to be called less often (429). Nothing was executed.")
    if status in call.unsupported:
        words = f"PortOne does not support this for the PG ({call.name}: HTTP {status}). Do it in the PG's own console."
        raise GatewayError(Reaction.STOP, words)
    if status in (408, 425) or status >= 500:
        raise GatewayError(call.doubt, f"PortOne is in trouble ({call.name}: HTTP {status}). {call.consequence}")
    if not (200 <= status < 300 or 400 <= status < 500):
        raise GatewayError(call.unreadable, f"HTTP {status} is no answer of PortOne. Check the base URL.")


def after_nonsense(call: Call, status: int, why: str) -> GatewayError:
    """A complete answer that is not PortOne's: an error page of a proxy, or a changed API.

    A page with a 5xx status is handled before, as an outage. Other pages need an operator; but they may disappear soon,
    so the call is retried, slowly. After a movement of money, PortOne is asked first.
    """
    return GatewayError(call.unreadable, f"PortOne's answer makes no sense ({call.name}: HTTP {status}, {why}).")


def after_refusal(status: int, words: str) -> GatewayError:
    """PortOne processed the request and refused it, with this message."""
    if status == 404:
        return Unknown(Reaction.STOP, words)
    done = any(phrase in words for phrase in ALREADY_DONE)
    return GatewayError(Reaction.DONE if done else Reaction.STOP, words)


def _never_left(error: Exception) -> bool:
    return isinstance(error, NEVER_LEFT + _NO_CONNECTION) or isinstance(_inside(error), _NO_CONNECTION)


def _certificate_refused(error: Exception) -> bool:
    reason = _inside(error)
    return isinstance(_inside(reason), ssl.SSLCertVerificationError) or isinstance(reason, ssl.SSLCertVerificationError)


def _inside(error: object) -> object:
    """The exception that an exception of requests or urllib3 wraps.

    `__context__` is not used: it may be an earlier call's failure that is still being handled.
    """
    arguments = getattr(error, "args", ())
    wrapped = arguments[0] if arguments else None
    return wrapped.reason if isinstance(wrapped, below.MaxRetryError) else wrapped
