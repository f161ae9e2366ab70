"""The HTTP endpoints compared with bare views in the same server: throughput, latency, cost."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any, Final

import psycopg
import requests

from benchmarks import filling, watching
from benchmarks.effort import Effort
from benchmarks.figures import Bar, Sample, merged, typical
from benchmarks.load import Plan, message, run, saturated, steady, warm
from benchmarks.scenario import API, FRESH, Scenario
from benchmarks.watching import Family

CART: Final = 1.5
"""What a cart of five lines may cost, of an order of one."""

FASTEST: Final = 2000
"""Requests per second prepared for endpoints where each may be sent only once: more than can be used up."""


@dataclass(frozen=True)
class Endpoint:
    """One endpoint: its name, its address, and its requests: one list to be repeated, or new ones per second.

    `aside` endpoints belong to no bar, so one round of them is enough.
    """

    name: str
    address: str
    family: Family
    requests: Sequence[bytes] | Callable[[float], Sequence[bytes]]
    aside: bool = False

    @property
    def once(self) -> bool:
        """Whether each request may be sent only once."""
        return callable(self.requests)

    def for_seconds(self, seconds: float) -> Sequence[bytes]:
        """Enough requests for this many seconds."""
        return self.requests(seconds) if callable(self.requests) else self.requests


def measure(scenario: Scenario, effort: Effort) -> tuple[list[dict[str, Any]], list[Bar]]:
    """Rows of the table, and bars a and b."""
    with psycopg.connect(scenario.environment.database) as connection:
        connection.execute(filling.BARE)
    with ExitStack() as stack:
        ours = stack.enter_context(scenario.environment.server())
        least = stack.enter_context(scenario.environment.server("benchmarks.bare:app"))
        endpoints = _endpoints(scenario, (ours[0], Family(ours[1].pid)), (least[0], Family(least[1].pid)))
        rows = _rows(scenario, endpoints, effort)
    return rows, _bars({row["what"]: row for row in rows})


def scaling(scenario: Scenario, effort: Effort) -> tuple[list[dict[str, Any]], list[Bar]]:
    """The maximum throughput of one, two and more web processes; it belongs to no bar."""
    rows = []
    for processes in effort.processes:
        with scenario.environment.server(WEB_CONCURRENCY=str(processes)) as (address, _):
            opening = scenario.opening(scenario.endless, int((effort.seconds + 1) * FASTEST))
            asked = {
                "create": (opening, True),
                "poll": (scenario.poll(), False),
                "webhook": (scenario.webhooks(1000), False),
            }
            warm(address, asked["poll"][0])
            rates = {
                name: saturated(address, requests, effort.seconds, once=once).per_second
                for name, (requests, once) in asked.items()
            }
        rows.append({"processes": processes, "per_second": rates})
    return rows, []


def _endpoints(scenario: Scenario, ours: tuple[str, Family], least: tuple[str, Family]) -> list[Endpoint]:
    known = requests.post(f"http://{least[0]}/orders", **_bare_order(scenario), timeout=30).json()["id"]
    read = [message("GET", f"/orders/{known}", token=token) for token in scenario.tokens]

    def verify(seconds: float) -> Sequence[bytes]:
        since, count = next(FRESH), int(seconds * FASTEST)
        filling.checkouts(scenario.environment.database, since, count)
        return scenario.verify(since, count)

    def webhooks(path: str) -> Callable[[float], Sequence[bytes]]:
        return lambda seconds: scenario.webhooks(int(seconds * FASTEST), path)

    def opening(
        items: str | Sequence[str], path: str = f"{API}/payments/sessions", **how: bool
    ) -> Callable[[float], Sequence[bytes]]:
        return lambda seconds: scenario.opening(items, int(seconds * FASTEST), path, **how)

    return [
        Endpoint("create", *ours, opening(scenario.endless)),
        Endpoint("create, five lines", *ours, opening(scenario.endless_cart)),
        Endpoint("create, item with stock", *ours, opening(scenario.limited)),
        Endpoint("create, five lines with stock", *ours, opening(scenario.limited_cart)),
        Endpoint("create, bare", *least, opening(scenario.endless, "/orders")),
        Endpoint("webhook", *ours, webhooks(f"{API}/payments/webhook")),
        Endpoint("webhook, bare", *least, webhooks("/webhook")),
        Endpoint("poll", *ours, scenario.poll()),
        Endpoint("poll, bare", *least, read),
        Endpoint("poll, 304", *ours, scenario.look_again(ours[0])),
        Endpoint("verify", *ours, verify, aside=True),
        Endpoint("create, Idempotency-Key", *ours, opening(scenario.endless, keyed=True), aside=True),
    ]


def _bare_order(scenario: Scenario) -> dict[str, Any]:
    body = {"item_id": scenario.endless, "quantity": 1, "buyer_name": "김하나", "buyer_email": "h@example.org"}
    return {"json": body | {"buyer_tel": "010"}, "headers": {"Authorization": f"Bearer {scenario.tokens[0]}"}}


def _rows(scenario: Scenario, endpoints: list[Endpoint], effort: Effort) -> list[dict[str, Any]]:
    for address in {endpoint.address: None for endpoint in endpoints}:
        warm(address, [message("GET", "/healthz")])
    for endpoint in endpoints:
        saturated(endpoint.address, endpoint.for_seconds(1), 0.3, once=endpoint.once)
    samples: dict[str, list[Sample]] = {endpoint.name: [] for endpoint in endpoints}
    costs = dict.fromkeys(samples, 0.0)
    # Alternating rounds: a machine that slows down meanwhile affects all of them.
    for number in range(effort.rounds):
        for endpoint in endpoints:
            if endpoint.aside and number > 0:
                continue
            planned = endpoint.for_seconds(effort.seconds)
            endpoint.family.seconds()
            samples[endpoint.name].append(saturated(endpoint.address, planned, effort.seconds, once=endpoint.once))
            costs[endpoint.name] += endpoint.family.seconds()
    return [_row(scenario, endpoint, samples[endpoint.name], costs[endpoint.name], effort) for endpoint in endpoints]


def _row(scenario: Scenario, endpoint: Endpoint, rounds: list[Sample], cost: float, effort: Effort) -> dict[str, Any]:
    peak, spread = typical([sample.per_second for sample in rounds])
    waited = steady(
        endpoint.address, endpoint.for_seconds(effort.seconds), max(peak / 2, 1), effort.seconds, once=endpoint.once
    )
    fifty = list(endpoint.for_seconds(1))[:50]
    with watching.statements(scenario.environment.database) as work:
        run(Plan([(endpoint.address, fifty)], 30, None, 1, once=True))
    whole = merged(rounds)
    return {
        "what": endpoint.name,
        "per_second": peak,
        "spread": spread,
        "rounds": [sample.per_second for sample in rounds],
        "processor_ms": cost / max(sum(whole.statuses.values()), 1) * 1000,
        "half": waited.summary(),
        "saturated": whole.summary(),
        "failures": whole.failures + waited.failures,
        "statements": work.statements / len(fifty),
        "commits": work.commits / len(fifty),
        "memory": endpoint.family.memory(),
    }


def _bars(rows: dict[str, dict[str, Any]]) -> list[Bar]:
    def share(ours: str, theirs: str) -> tuple[float, str]:
        pairs = [mine / yours for mine, yours in zip(rows[ours]["rounds"], rows[theirs]["rounds"], strict=True)]
        rates = rows[ours]["per_second"], rows[theirs]["per_second"]
        detail = f"{rates[0]:,.0f}/s of {rates[1]:,.0f}/s; rounds {min(pairs):.0%} to {max(pairs):.0%}"
        return rates[0] / rates[1], detail

    def cart(lines: str, line: str, words: str) -> Iterator[Bar]:
        """A cart of five lines, compared with one line: the processor time of a request, and how many fewer there are
        a second."""
        cost, one = rows[lines]["processor_ms"], rows[line]["processor_ms"]
        what = f"a cart of five {words}, of one of them: processor time"
        yield Bar("a", what, cost / one, CART, most=True, detail=f"{cost:.2f} ms of {one:.2f} ms")
        ratio, detail = share(line, lines)
        yield Bar("a", "the same: rate of one, of that of five", ratio, CART, most=True, detail=detail)

    create, webhook, poll = (share(name, f"{name}, bare") for name in ("create", "webhook", "poll"))
    again = rows["poll, 304"]["processor_ms"] / rows["poll"]["processor_ms"]
    detail = f"{rows['poll, 304']['processor_ms']:.2f} ms of {rows['poll']['processor_ms']:.2f} ms"
    return [
        Bar("a", "session creation, of a bare view (token, one row, one task)", create[0], 0.6, "%", detail=create[1]),
        Bar("a", "webhook intake, of a bare view (one row, one task)", webhook[0], 0.6, "%", detail=webhook[1]),
        *cart("create, five lines", "create", "unlimited items"),
        *cart("create, five lines with stock", "create, item with stock", "items with stock"),
        Bar("b", "poll, of a bare view (token, one row read)", poll[0], 0.6, "%", detail=poll[1]),
        Bar("b", "processor time of a 304, of a whole poll", again, 1.0, "%", most=True, detail=detail),
    ]
