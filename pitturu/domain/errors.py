"""Two families of errors: invalid requests of a caller, and failed calls to others with what may be done next."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum


class Problem(Exception):
    """A request that cannot be served, explained to the person who made it.

    `code` is stable and machine-readable; `detail` says what happened and what to do next; `errors` maps a field to
    its messages. The HTTP layer chooses the status by the class.
    """

    def __init__(self, code: str, detail: str, errors: Mapping[str, list[str]] | None = None) -> None:
        super().__init__(detail)
        self.code, self.detail, self.errors = code, detail, dict(errors or {})


class Malformed(Problem):
    """The request cannot be parsed."""


class NotAuthenticated(Problem):
    """Nobody is logged in, or the credentials are wrong."""


class NotAllowed(Problem):
    """The caller is authenticated, but not permitted to do this."""


class NotFound(Problem):
    """It does not exist, or belongs to another user; callers cannot distinguish the two."""


class Conflict(Problem):
    """The request is valid, but not possible in the current state."""


class Unprocessable(Problem):
    """Well-formed JSON with invalid values."""


class Reaction(StrEnum):
    """What may be done after an answer of PortOne or of a receiver of messages, or the lack of one."""

    TRY_AGAIN = "try_again"
    ASK_FIRST = "ask_first"
    STOP = "stop"
    DONE = "done"
    CALL_HUMAN = "call_human"


class GatewayError(Exception):
    """PortOne, or a receiver of messages, did not do what was requested. `reaction` says what to do next, `message` is
    their or our own text.

    `retry_after` is how long they ask us to wait, where they do.
    """

    retry_after: timedelta | None = None

    def __init__(self, reaction: Reaction, message: str) -> None:
        super().__init__(f"{reaction}: {message}")
        self.reaction, self.message = reaction, message[:500]


class AccessRefused(GatewayError):
    """PortOne does not accept our keys, or not from this address (401, 403).

    `generation` is the API that refused, None until the gateway has named it.
    """

    generation: str | None = None


class Throttled(GatewayError):
    """PortOne asks to be called less often (429)."""
