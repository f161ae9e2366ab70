"""The client of one pitturu."""

from collections.abc import Callable
from types import TracebackType
from typing import Self

from pitturu_client.catalogue import Catalogue, Items
from pitturu_client.events import EventEndpoints, Events
from pitturu_client.pay_methods import PayMethods
from pitturu_client.payments import Payments
from pitturu_client.sessions import Sessions
from pitturu_client.transport import Transport


class Pitturu:
    """One pitturu, as a shop's server uses it. Make one for the process; several threads may use it.

    `base_url` is the address without /api/v1. The credential is an API key (`sk_…`), or `token`: an
    access token, or a function that returns one, which is called for each request. Without either, only what is for
    sale can be read.

    `timeout` is for each answer, in seconds; it must be above the 25 that a long poll takes. What fails on the way, is
    limited (429) or unavailable (5xx) is repeated up to `retries` times with growing pauses. Every POST has an
    Idempotency-Key, so a repeat does nothing twice.
    """

    def __init__(
        self,
        base_url: str,
        *,
        api_key: str | None = None,
        token: str | Callable[[], str] | None = None,
        connect_timeout: float = 5,
        timeout: float = 35,
        retries: int = 3,
    ) -> None:
        if api_key is not None and token is not None:
            raise ValueError("Give either api_key or token.")
        given = api_key if token is None else token
        credential = (lambda: given) if isinstance(given, str) else given
        self._transport = Transport(
            base_url, credential, connect_timeout=connect_timeout, timeout=timeout, retries=retries
        )
        self.sessions = Sessions(self._transport)
        self.payments = Payments(self._transport)
        self.events = Events(self._transport)
        self.event_endpoints = EventEndpoints(self._transport)
        self.items = Items(self._transport)
        self.pay_methods = PayMethods(self._transport)
        self.catalogue = Catalogue(self._transport)

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
