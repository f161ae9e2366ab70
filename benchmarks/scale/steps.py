"""One, two, four web processes or workers: the throughput, and the cost of each request per kind of process.

The costs show what saturates first, on any machine: a server that spends 0.5 ms of a processor on a request can handle
2,000 of them per second and core, however many of the others there are.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict

import psycopg

from benchmarks import chain, filling, portone, verifying
from benchmarks.environment import Environment, wait_for
from benchmarks.load import saturated
from benchmarks.scale import spending
from benchmarks.scenario import FRESH, Scenario, scenario
from devstack.ports import free_port, is_free


def web(here: Environment, counts: Sequence[int], seconds: float) -> None:
    """So many gunicorn processes, each endpoint with all connections busy."""
    shown = scenario(here)
    for count in counts:
        with here.server(WEB_CONCURRENCY=str(count)) as (address, _):
            for name, (requests, once) in _endpoints(shown).items():
                saturated(address, requests[:200], 0.5, once=once)
                before = spending.spent()
                sample = saturated(address, requests[200:], seconds, once=once)
                costs = spending.in_words(before, spending.spent(), len(sample.took))
                print(
                    f"{count} web, {name:8} {sample.per_second:6,.0f}/s, {sample.failures} failed; each costs {costs}"
                )


def workers(here: Environment, counts: Sequence[int], payments: int) -> None:
    """So many worker processes, and payments that are all due at once."""
    with _stand_in(here) as environment:
        scenario(environment)
        for count in counts:
            before = spending.spent()
            # The workers have ended when this returns, and report their own processor time.
            row = verifying.our_workers(environment, count, payments)
            costs = f"workers {row['processor_ms']:.2f} ms, {spending.in_words(before, spending.spent(), payments)}"
            print(f"{count} workers: {row['per_second']:,.0f} payments/s; each costs {costs}")


def _endpoints(shown: Scenario) -> dict[str, tuple[Sequence[bytes], bool]]:
    since = next(FRESH)
    filling.checkouts(shown.environment.database, since, 5000)
    return {
        "create": (shown.opening(shown.endless, 20_000), True),
        "poll": (shown.poll() * 10, False),
        "webhook": (shown.webhooks(20_000), True),
        "verify": (shown.verify(since, 5000), True),
    }


@contextmanager
def _stand_in(here: Environment) -> Iterator[Environment]:
    """Replace PortOne by a stand-in that returns the simulator's answers after 200 ms, at a low cost."""
    with psycopg.connect(here.database) as connection:
        row = connection.execute("SELECT price FROM items WHERE stock IS NULL ORDER BY name LIMIT 1").fetchone()
    keys = here.environ["PORTONE_API_KEY"], here.environ["PORTONE_API_SECRET"]
    recording = here.directory / "recording.json"
    recording.write_text(json.dumps(asdict(portone.record(here.simulator, *keys, int(row[0]) if row else 0))))
    port = free_port()
    command = f'python -m benchmarks.portone --port {port} --latency {chain.LATENCY} < "{recording}"'
    with ExitStack() as stack:
        stack.enter_context(here.program("portone", command))
        wait_for(lambda: not is_free(port), "PortOne's stand-in")
        yield here.on(PORTONE_BASE_URL=f"http://127.0.0.1:{port}")
