"""Which traces are kept: a share of them, that no caller can choose, and none that begins with a statement.

Imported only when traces are on, see `tracing`.
"""

from collections.abc import Sequence
from hashlib import blake2b

from opentelemetry.context import Context
from opentelemetry.sdk.trace.sampling import Decision, Sampler, SamplingResult, TraceIdRatioBased
from opentelemetry.trace import Link, SpanKind, TraceState
from opentelemetry.util.types import Attributes


class SecretShare(Sampler):
    """Keeps a share of the traces, the same ones in every process with this key.

    `traceparent` and the request id let callers choose the number of a trace. The ratio sampler of OpenTelemetry keeps
    low numbers, so with it they could have everything recorded that they send, at our cost.
    """

    def __init__(self, share: float, key: str) -> None:
        self._ratio, self._key = TraceIdRatioBased(share), blake2b(key.encode(), person=b"pitturu sample").digest()

    def should_sample(
        self,
        parent_context: Context | None,
        trace_id: int,
        name: str,
        kind: SpanKind | None = None,
        attributes: Attributes = None,
        links: Sequence[Link] | None = None,
        trace_state: TraceState | None = None,
    ) -> SamplingResult:
        """Whether this trace is kept."""
        number = int.from_bytes(blake2b(trace_id.to_bytes(16), digest_size=8, key=self._key).digest())
        return self._ratio.should_sample(parent_context, number, name, kind, attributes, links, trace_state)

    def get_description(self) -> str:
        """For people."""
        return f"a secret choice, {self._ratio.get_description()}"


class Roots(Sampler):
    """Begins no trace with a statement: those of heartbeats and sweeps, every few seconds, say nothing."""

    def __init__(self, share: Sampler) -> None:
        self._share = share

    def should_sample(
        self,
        parent_context: Context | None,
        trace_id: int,
        name: str,
        kind: SpanKind | None = None,
        attributes: Attributes = None,
        links: Sequence[Link] | None = None,
        trace_state: TraceState | None = None,
    ) -> SamplingResult:
        """Whether this span begins a trace."""
        if kind is SpanKind.CLIENT:
            return SamplingResult(Decision.DROP)
        return self._share.should_sample(parent_context, trace_id, name, kind, attributes, links, trace_state)

    def get_description(self) -> str:
        """For people."""
        return f"no statements, otherwise {self._share.get_description()}"
