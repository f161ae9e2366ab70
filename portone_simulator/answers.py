"""PortOne's envelope and its refusals."""

import json
from dataclasses import dataclass
from typing import Any, Final


@dataclass(frozen=True)
class Answer:
    """A response: `{code, message, response}` with an HTTP status."""

    response: Any = None
    http: int = 200
    code: int = 0
    message: str | None = None
    retry_after: int | None = None

    def envelope(self) -> dict[str, Any]:
        """The response body."""
        return {"code": self.code, "message": self.message, "response": self.response}


class Refusal(Exception):
    """A refusal of PortOne. A business refusal is HTTP 200 with a code other than 0."""

    def __init__(self, message: str, code: int = 1, http: int = 200) -> None:
        super().__init__(message)
        self.answer = Answer(http=http, code=code, message=message)


def written_json(value: object) -> str:
    """JSON as PortOne writes it; a dataclass in `value` is an object of its fields."""
    return json.dumps(value, ensure_ascii=False, default=vars)


NO_PAYMENT: Final = "존재하지 않는 결제정보입니다."
BAD_STATUS: Final = "지원되지 않는 상태값입니다."


def not_found(message: str = NO_PAYMENT) -> Refusal:
    """HTTP 404 with PortOne's message."""
    return Refusal(message, code=-1, http=404)


def bad_request(message: str) -> Refusal:
    """HTTP 400 with PortOne's message."""
    return Refusal(message, code=1, http=400)
