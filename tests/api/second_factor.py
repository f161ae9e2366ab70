"""A user with an authenticator app."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pyotp

from pitturu.domain import clock
from tests.api.test_auth import ask
from tests.shop import PASSWORD, Shop

TOTP = "/api/v1/auth/totp"
STEP = timedelta(seconds=30)


@dataclass
class Phone:
    """The app on the phone of one user. Time stands still, so that each test says which code is the one of now."""

    shop: Shop
    username: str = "hana"
    role: str = "buyer"
    secret: str = ""
    recovery_codes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.at = datetime.now(UTC)
        clock.use(lambda: self.at)
        self.shop.login(self.username, self.role)

    def wait(self) -> None:
        """The next code is shown."""
        self.at += STEP

    def code(self, steps: int = 0) -> str:
        """The code of now, or of some steps before or after."""
        return pyotp.TOTP(self.secret).at(self.at, counter_offset=steps)

    def login(self, status: int = 200, **more: Any) -> dict[str, Any]:
        """Log in with the password and whatever else."""
        return ask(self.shop, "login", status, username=self.username, password=PASSWORD, **more)

    def call(self, headers: dict[str, str], method: str, path: str = "", status: int = 200, **body: Any) -> Any:
        """An endpoint of the second factor."""
        answer = self.shop.client.open(f"{TOTP}{path}", method=method, headers=headers, json=body)
        assert answer.status_code == status, answer.text
        return answer.json

    def begin(self, headers: dict[str, str] | None = None) -> dict[str, str]:
        """Begin to enrol; the headers of the login in which that was done."""
        headers = headers or bearer(self.login())
        self.secret = self.call(headers, "POST", status=201, password=PASSWORD)["secret"]
        return headers

    def enrol(self, headers: dict[str, str] | None = None) -> dict[str, str]:
        """Switch the second factor on, and wait until the code of that is over."""
        headers = self.begin(headers)
        self.recovery_codes = self.call(headers, "POST", "/confirm", code=self.code())["recovery_codes"]
        self.wait()
        return headers


def bearer(tokens: dict[str, Any]) -> dict[str, str]:
    return {"Authorization": f"Bearer {tokens['access_token']}"}
