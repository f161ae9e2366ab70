"""What processes say about themselves: memory, CPU, open files, and what they counted (`instruments`)."""

from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Metric, PlatformCollector, ProcessCollector
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from pitturu import instruments


def registry() -> CollectorRegistry:
    """A new registry. Memory, CPU and open files are those of the process that answers; in a web of several processes
    counters and gauges are those of all of them together."""
    own = CollectorRegistry()
    ProcessCollector(registry=own)
    PlatformCollector(registry=own)
    if instruments.DIRECTORY:
        MultiProcessCollector(own, instruments.DIRECTORY)  # type: ignore[no-untyped-call]
    else:
        own.register(_Own())
    return own


class _Own(Collector):
    """The instruments of this process, for a registry that has more."""

    def describe(self) -> Iterable[Metric]:
        """Empty: registries are many in one process, the instruments are the same."""
        return []

    def collect(self) -> Iterable[Metric]:
        """Their present values."""
        return instruments.REGISTRY.collect()
