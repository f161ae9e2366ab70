"""PortOne's token endpoint: the simulator's rules, a clock that the test sets, and failures on request."""

import threading
from datetime import timedelta

from pitturu.domain.errors import GatewayError, Reaction
from pitturu.portone.tokens import Tokens
from portone_simulator import tokens


class TokenIssuer:
    """Answers token requests of any number of processes and threads, and remembers when they came."""

    def __init__(self) -> None:
        self.now, self.requests, self.failing = 1000.0, list[float](), False
        self.failure: type[GatewayError] = GatewayError
        self._account, self._one_thread = tokens.Tokens(), threading.Lock()

    def ask(self) -> tuple[str, float]:
        """`POST /users/getToken`."""
        self.requests.append(self.now)
        if self.failing:
            error = self.failure(Reaction.TRY_AGAIN, "PortOne is in trouble.")
            error.retry_after = timedelta(seconds=7)
            raise error
        with self._one_thread:  # As in the simulator's server, whose state has no locks for that reason.
            token = self._account.ask(int(self.now))
        return token.access_token, float(token.expired_at - token.now)

    def revoke(self) -> None:
        """The live token dies."""
        self._account.revoke()

    def accepts(self, token: str) -> bool:
        """Whether a call with this token gets through."""
        return self._account.admits(token, int(self.now))

    def client(self) -> Tokens:
        """The tokens of one more process."""
        return Tokens(self.ask, now=lambda: self.now)
