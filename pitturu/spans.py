"""Where a trace can observe this program: spans around what takes time. Without a tracer they cost a function call.

Modules that may not know a tracing library import this one; `monitoring/tracing.py` is the tracer, if traces are on.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Final, Protocol


class Tracer(Protocol):
    """What a trace needs. A row of work carries the id of the request that caused it, which leads back to its trace."""

    def request_id(self, traceparent: str | None, proposed: str) -> str:
        """The id of the request that begins: the proposed one, or another one that leads to the caller's trace."""

    def call(self, name: str) -> AbstractContextManager["CallSpan"]:
        """A span for a call to another system, within the current one."""

    def of_requests(self, name: str, request_ids: Sequence[str | None]) -> AbstractContextManager[object]:
        """A span in the trace of each of these requests. With several there is one more, which is linked to all."""


class CallSpan(Protocol):
    """A span that tells how a call ended."""

    def ended(self, status: int, outcome: str, attempt: int) -> None:
        """The HTTP status (0 without an answer), `ok` or what follows from the failure, and which try it was."""


class _NoSpan:
    def ended(self, status: int, outcome: str, attempt: int) -> None:
        """Nothing is traced."""


_NO_SPAN: Final = nullcontext(_NoSpan())


class _NoTracer:
    def request_id(self, traceparent: str | None, proposed: str) -> str:
        """Nothing is traced."""
        return proposed

    def call(self, name: str) -> AbstractContextManager[CallSpan]:
        """Nothing is traced."""
        return _NO_SPAN

    def of_requests(self, name: str, request_ids: Sequence[str | None]) -> AbstractContextManager[object]:
        """Nothing is traced."""
        return _NO_SPAN


_tracer: Tracer = _NoTracer()


def use(tracer: Tracer | None) -> None:
    """Trace this process from now on with this tracer, or with none."""
    global _tracer
    _tracer = tracer or _NoTracer()


def request_id(traceparent: str | None, proposed: str) -> str:
    """The id of the request that begins, see `Tracer`. `traceparent` is the W3C header of that name."""
    return _tracer.request_id(traceparent, proposed)


def call(name: str) -> AbstractContextManager[CallSpan]:
    """A span for one call to PortOne, by the name of the call."""
    return _tracer.call(name)


def of_requests(name: str, request_ids: Sequence[str | None]) -> AbstractContextManager[object]:
    """A span in the trace of each of these requests, for work on rows that carry their ids."""
    return _tracer.of_requests(name, request_ids)
