"""What can go wrong. `ApiError` and its subclasses are refusals of pitturu; branch on the class or on `code`.

A status has a class. A code that shops often branch on has a subclass of it; all codes of an operation are listed in
the OpenAPI document of pitturu (`/docs`).
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar


class PitturuError(Exception):
    """Anything that this package raises about a request or an event."""


class NotReached(PitturuError):
    """No answer came, also after the retries. Whether the request was carried out is unknown.

    Repeat it with the same `idempotency_key`: it is carried out once. None for a request that needs no key, which may
    simply be repeated.
    """

    def __init__(self, message: str, idempotency_key: str | None = None) -> None:
        super().__init__(message)
        self.idempotency_key = idempotency_key


class UnexpectedAnswer(PitturuError):
    """An answer that is not pitturu's, of a proxy for example, or of a version that this client does not know."""


class InvalidEvent(PitturuError):
    """What was posted is not an event with a valid signature. Answer 400, and do nothing else with it."""


class ApiError(PitturuError):
    """pitturu refused the request.

    `detail` says what happened and what to do next, for a developer. `errors` maps fields to messages. `request_id`
    finds the request in pitturu's logs.
    """

    STATUSES: ClassVar[Sequence[int]] = ()
    CODE: ClassVar[str | None] = None

    def __init__(self, status: int, body: Mapping[str, Any], retry_after: float | None = None) -> None:
        self.status, self.code = status, str(body.get("code", ""))
        self.detail = str(body.get("detail", ""))
        self.errors: dict[str, list[str]] = dict(body.get("errors") or {})
        self.request_id: str | None = body.get("request_id")
        self.retry_after = retry_after
        super().__init__(f"{status} {self.code}: {self.detail}")


class BadRequest(ApiError):
    """The request cannot be parsed. This client is too old, or was given an odd Idempotency-Key."""

    STATUSES = (400, 405, 413, 415)


class NotAuthenticated(ApiError):
    """The key or token is missing, wrong, expired or ended."""

    STATUSES = (401,)


class NotAllowed(ApiError):
    """The key or user may not do this."""

    STATUSES = (403,)


class NotFound(ApiError):
    """It does not exist, or belongs to somebody else."""

    STATUSES = (404,)


class Conflict(ApiError):
    """Not possible in the present state, for example after it was sold out, closed or refunded."""

    STATUSES = (409,)


class InvalidValues(ApiError):
    """Some values are invalid; `errors` names them."""

    STATUSES = (422,)


class TooManyRequests(ApiError):
    """A rate limit. The next request may be allowed after `retry_after` seconds."""

    STATUSES = (429,)


class ServerError(ApiError):
    """pitturu, or a proxy before it, cannot answer at the moment, also after the retries."""

    STATUSES = (500, 502, 503, 504)


class OutOfStock(Conflict):
    """Fewer pieces are available than requested."""

    CODE = "out_of_stock"


class ItemRetired(Conflict):
    """The item is not sold any more."""

    CODE = "item_retired"


class SessionClosed(Conflict):
    """The session cannot be paid any more: open a new one."""

    CODE = "session_closed"


class NothingLeft(Conflict):
    """All of the payment was refunded already, is being refunded, or waits for a decision."""

    CODE = "nothing_left"


class ReturnPeriodOver(Conflict):
    """The time to cancel or return the purchase is over."""

    CODE = "return_period_over"


class RequestInProgress(Conflict):
    """The same request, by its Idempotency-Key, is still being carried out, also after the retries."""

    CODE = "request_in_progress"


class IdempotencyKeyReused(InvalidValues):
    """The key belongs to another request. Use one key for one order."""

    CODE = "idempotency_key_reused"


class RefundAccountNeeded(InvalidValues):
    """The payment is refunded by bank transfer: send `refund_account`."""

    CODE = "refund_account_needed"


class PartialCancelNotSupported(InvalidValues):
    """The PG refunds this payment in full only."""

    CODE = "partial_cancel_not_supported"


class StockChanged(Conflict):
    """The stock is not the one that was seen any more: read it again."""

    CODE = "stock_changed"


class EndpointPaused(Conflict):
    """The event endpoint is paused: resume it first."""

    CODE = "endpoint_paused"


def _subclasses(kind: type[ApiError]) -> list[type[ApiError]]:
    return [kind, *(deeper for child in kind.__subclasses__() for deeper in _subclasses(child))]


BY_CODE = {kind.CODE: kind for kind in _subclasses(ApiError) if kind.CODE is not None}
BY_STATUS = {status: kind for kind in _subclasses(ApiError) if kind.CODE is None for status in kind.STATUSES}


def api_error(status: int, body: Mapping[str, Any], retry_after: float | None = None) -> ApiError:
    """The exception for a refusal: of its code, else of its status, else `ApiError`."""
    by_status = BY_STATUS.get(status, ApiError)
    by_code = BY_CODE.get(str(body.get("code")), by_status)
    kind = by_code if issubclass(by_code, by_status) else by_status
    return kind(status, body, retry_after)
