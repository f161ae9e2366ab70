"""Access tokens for V1's keys: `POST /users/getToken`."""

import re
from typing import Final

from pitturu.domain.errors import AccessRefused, GatewayError, Reaction
from pitturu.portone import errors
from pitturu.portone.call import Call
from pitturu.portone.transport import Timeouts, Transport

TIMEOUTS: Final = Timeouts(connect=3.0, read=5.0, whole=8.0)
"""Issuing a token involves no PG: a longer duration is an outage, and many calls wait for the result."""

_TOKEN: Final = re.compile(r"[!-~]{1,512}")
"""Characters of a token; its format is PortOne's, but it must fit into a header."""


ADVICE: Final = (
    "No token was given: check PORTONE_API_KEY and PORTONE_API_SECRET (the V1 keys in PortOne's console), the list of "
    "addresses that may call the API, and PORTONE_BASE_URL. Nothing was sent."
)


def request_token(transport: Transport, imp_key: str, imp_secret: str) -> tuple[str, float]:
    """A token and its lifetime in seconds by PortOne's clock. Raises GatewayError.

    Repeating it is harmless: PortOne returns the same token while it lives.
    """
    call = Call("users.getToken", "POST", "/users/getToken", body={"imp_key": imp_key, "imp_secret": imp_secret})
    try:
        answer = transport.exchange(call, TIMEOUTS)
    except GatewayError as error:
        # A refusal concerns our keys, not the payment: its row must stay due until an administrator corrects them.
        if error.reaction is not Reaction.TRY_AGAIN:
            refused = isinstance(error, AccessRefused) or error.reaction is Reaction.STOP
            kind = AccessRefused if refused else GatewayError
            raise kind(Reaction.CALL_HUMAN, f"{error.message} {ADVICE}") from error
        raise
    fields = answer if isinstance(answer, dict) else {}
    token, now, end = (fields.get(name) for name in ("access_token", "now", "expired_at"))
    if not (isinstance(token, str) and _TOKEN.fullmatch(token) and isinstance(now, int) and isinstance(end, int)):
        raise errors.after_nonsense(call, 200, "no token with its life")
    return token, float(end - now)
