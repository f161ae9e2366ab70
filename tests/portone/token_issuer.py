"""PortOne's office for tokens, by its own rule and a clock that the test turns."""

from redis import Redis

from pitturu.domain.errors import GatewayError, Reaction
from pitturu.portone.token_cache import Shelf
from pitturu.portone.tokens import Tokens

ACCOUNT = "api.iamport.kr imp_key"
NOWHERE = "redis://127.0.0.1:1"


class TokenIssuer:
    """A token lives 1800 s, is repeated while it lives, and prolonged by 300 s in its last minute."""

    def __init__(self) -> None:
        self.now, self.asked, self.failing = 1000.0, 0, False
        self._number, self._dies_at = 0, 0.0

    def ask(self) -> tuple[str, float]:
        """`POST /users/getToken`."""
        self.asked += 1
        if self.failing:
            raise GatewayError(Reaction.TRY_AGAIN, "PortOne is in trouble.")
        left = self._dies_at - self.now
        if left <= 0:
            self._number, self._dies_at = self._number + 1, self.now + 1800
        elif left <= 60:
            self._dies_at += 300
        return f"token{self._number}", self._dies_at - self.now

    def revoke(self) -> None:
        """The living token dies."""
        self._dies_at = self.now

    def accepts(self, token: str) -> bool:
        """Whether a call with this token gets through."""
        return token == f"token{self._number}" and self.now < self._dies_at

    def client(self, redis: Redis) -> Tokens:
        """The tokens of one more process."""
        return Tokens(self.ask, Shelf(redis, ACCOUNT), now=lambda: self.now)
