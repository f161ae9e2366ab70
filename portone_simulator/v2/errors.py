"""V2's errors: an HTTP status, a `type`, and an optional message."""


class V2Error(Exception):
    """A refusal of PortOne."""

    def __init__(self, http: int, kind: str, message: str = "", **more: str) -> None:
        super().__init__(message or kind)
        self.http = http
        self.body: dict[str, object] = {"type": kind, **({"message": message} if message else {}), **more}


def invalid(message: str) -> V2Error:
    """The request is malformed."""
    return V2Error(400, "INVALID_REQUEST", message)


def unknown_payment() -> V2Error:
    """There is no such payment in this store."""
    return V2Error(404, "PAYMENT_NOT_FOUND", "The payment does not exist.")


def pg_refusal(message: str, code: str = "PG_REFUSED") -> V2Error:
    """A refusal of the PG behind PortOne."""
    return V2Error(502, "PG_PROVIDER", message, pgCode=code, pgMessage=message)
