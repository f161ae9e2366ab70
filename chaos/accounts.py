"""Access tokens of buyers, and the operator who refunds by amount.

Every purchase is made by a user of its own, because a user has one open session per item. They are users of an external
issuer whose secret this run knows, so that no passwords are hashed; the operator is an account of the shop.
"""

import secrets
from datetime import UTC, datetime, timedelta
from typing import Final

import jwt

from chaos.browser import Browser

API: Final = "/api/v1"
ISSUER: Final = "https://issuer.chaos.example"
SECRET: Final = secrets.token_urlsafe(48)
ENVIRON: Final = {"EXTERNAL_JWT_ISSUER": ISSUER, "EXTERNAL_JWT_SECRET": SECRET}
LIFE: Final = timedelta(days=2)
"""Longer than any run."""


def buyer_token(number: int) -> str:
    """An access token of the buyer of the purchase with this number."""
    claims = {"iss": ISSUER, "sub": f"buyer-{number}", "exp": datetime.now(UTC) + LIFE}
    return jwt.encode(claims, SECRET, "HS256")


class Operator:
    """An account of the shop. Its access token is renewed before it expires."""

    def __init__(self, browser: Browser) -> None:
        self._browser, self.name = browser, f"operator-{secrets.token_hex(6)}"
        self._password, self._token, self._renew_at = secrets.token_urlsafe(16), "", datetime.min.replace(tzinfo=UTC)

    def register(self) -> None:
        """Register the user; it has to be made an operator before its first token is requested."""
        self._browser.request("POST", f"{API}/auth/register", self._who())

    def token(self) -> str:
        """An access token that is valid for some minutes."""
        if datetime.now(UTC) >= self._renew_at:
            answer = self._browser.request("POST", f"{API}/auth/login", self._who())
            self._token = str(answer.body["access_token"])
            self._renew_at = datetime.now(UTC) + timedelta(minutes=5)
        return self._token

    def _who(self) -> dict[str, str]:
        return {"username": self.name, "password": self._password}
