"""Two families of errors: what a caller did wrong, and what PortOne's answer allows us to do next."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum


class Problem(Exception):
    """A request that cannot be served, in words for the person who made it.

    `code` is stable and machine-readable; `detail` says what happened and what to do next; `errors` maps a field to
    its complaints. The HTTP layer chooses the status by the class.
    """

    def __init__(self, code: str, detail: str, errors: Mapping[str, list[str]] | None = None) -> None:
        super().__init__(detail)
        self.code, self.detail, self.errors = code, detail, dict(errors or {})


class Malformed(Problem):
    """The request cannot be understood at all."""


class NotAuthenticated(Problem):
    """Nobody is logged in, or the credentials are wrong."""


class NotAllowed(Problem):
    """Known, but not permitted."""


class NotFound(Problem):
    """No such thing, or it belongs to somebody else: the two are told apart by nobody outside."""


class Conflict(Problem):
    """True and well-formed, but not in the present state of things."""


class Unprocessable(Problem):
    """Well-formed JSON with values that make no sense here."""


class Reaction(StrEnum):
    """What may be done after PortOne's answer, or the lack of one."""

    TRY_AGAIN = "try_again"
    ASK_FIRST = "ask_first"
    STOP = "stop"
    DONE = "done"
    CALL_HUMAN = "call_human"


class GatewayError(Exception):
    """PortOne did not do what was asked. `reaction` says what to do next, `words` is PortOne's or our explanation.

    `retry_after` is how long PortOne asks to be left alone, where it says so.
    """

    retry_after: timedelta | None = None

    def __init__(self, reaction: Reaction, words: str) -> None:
        super().__init__(f"{reaction}: {words}")
        self.reaction, self.words = reaction, words[:500]
