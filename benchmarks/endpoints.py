"""The HTTP endpoints compared with bare views in the same server: throughput, latency, cost."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import requests

from benchmarks import filling, ratios, watching
from benchmarks.baselines import tables
from benchmarks.effort import Effort
from benchmarks.figures import Bar, Sample, merged, typical
from benchmarks.load import Plan, message, run, saturated, steady, warm
from benchmarks.scenario import API, FRESH, Scenario
from benchmarks.watching import Family

OPENED, TAKEN_IN, POLLED, UNCHANGED = 0.85, 0.95, 0.9, 0.75
"""Bar a: sessions, webhooks and polls, of a bare view; the processor time of a 304, of a whole poll."""

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
    """Rows of the table, and bar a."""
    tables.create(scenario.environment.database)
    with ExitStack() as stack:
        ours = stack.enter_context(scenario.environment.server())
        least = stack.enter_context(scenario.environment.server("benchmarks.baselines.views:app"))
        endpoints = _endpoints(scenario, (ours[0], Family(ours[1].pid)), (least[0], Family(least[1].pid)))
        rows, found = _rows(scenario, endpoints, effort)
    return rows, list(_bars(found))


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


@dataclass(frozen=True)
class Round:
    """One endpoint with all connections busy for a while, and the processor time of gunicorn and the application."""

    sample: Sample
    processor: float

    @property
    def processor_ms(self) -> float:
        """Of one request."""
        return self.processor / max(self.sample.answers, 1) * 1000


def one_round(endpoint: Endpoint, seconds: float) -> Round:
    """Measure one round of this endpoint."""
    planned = endpoint.for_seconds(seconds)
    endpoint.family.seconds()
    return Round(saturated(endpoint.address, planned, seconds, once=endpoint.once), endpoint.family.seconds())


def in_turn(endpoints: Sequence[Endpoint], seconds: float, rounds: int) -> dict[str, list[Round]]:
    """Rounds of all endpoints, interleaved, after each was warmed up."""
    for address in {endpoint.address: None for endpoint in endpoints}:
        warm(address, [message("GET", "/healthz")])
    for endpoint in endpoints:
        saturated(endpoint.address, endpoint.for_seconds(1), 0.3, once=endpoint.once)
    return ratios.interleaved({one.name: partial(one_round, one, seconds) for one in endpoints}, rounds)


def _rows(
    scenario: Scenario, endpoints: list[Endpoint], effort: Effort
) -> tuple[list[dict[str, Any]], dict[str, list[Round]]]:
    found = in_turn([one for one in endpoints if not one.aside], effort.seconds, effort.rounds)
    found |= in_turn([one for one in endpoints if one.aside], effort.seconds, 1)
    return [_row(scenario, endpoint, found[endpoint.name], effort) for endpoint in endpoints], found


def _row(scenario: Scenario, endpoint: Endpoint, rounds: list[Round], effort: Effort) -> dict[str, Any]:
    peak, spread = typical([one.sample.per_second for one in rounds])
    waited = steady(
        endpoint.address, endpoint.for_seconds(effort.seconds), max(peak / 2, 1), effort.seconds, once=endpoint.once
    )
    fifty = list(endpoint.for_seconds(1))[:50]
    with watching.statements(scenario.environment.database) as work:
        run(Plan([(endpoint.address, fifty)], 30, None, 1, once=True))
    whole = merged([one.sample for one in rounds])
    return {
        "what": endpoint.name,
        "per_second": peak,
        "spread": spread,
        "rounds": [one.sample.per_second for one in rounds],
        "processor_ms": typical([one.processor_ms for one in rounds])[0],
        "half": waited.summary(),
        "saturated": whole.summary(),
        "failures": whole.failures + waited.failures,
        "statements": work.statements / len(fifty),
        "commits": work.commits / len(fifty),
        "memory": endpoint.family.memory(),
    }


def _bars(found: dict[str, list[Round]]) -> Iterator[Bar]:
    def rate(what: str, ours: str, theirs: str, limit: float, *, unit: str = "%", most: bool = False) -> Bar:
        mine, others = ([one.sample.per_second for one in found[name]] for name in (ours, theirs))
        detail = f"{typical(mine)[0]:,.0f}/s of {typical(others)[0]:,.0f}/s"
        return Bar("a", what, ratios.of(mine, others), limit, unit, most, detail)

    def processor(what: str, ours: str, theirs: str, limit: float, unit: str) -> Bar:
        mine, others = ([one.processor_ms for one in found[name]] for name in (ours, theirs))
        detail = f"{typical(mine)[0]:.2f} ms of {typical(others)[0]:.2f} ms"
        return Bar("a", what, ratios.of(mine, others), limit, unit, most=True, detail=detail)

    yield rate("sessions opened, of a bare view (token, one row, one task)", "create", "create, bare", OPENED)
    yield rate("webhooks taken in, of a bare view (one row, one task)", "webhook", "webhook, bare", TAKEN_IN)
    yield rate("polls, of a bare view (token, one row read)", "poll", "poll, bare", POLLED)
    yield processor("processor time of a 304, of a whole poll", "poll, 304", "poll", UNCHANGED, "%")
    for words, lines, line in (
        ("unlimited items", "create, five lines", "create"),
        ("items with stock", "create, five lines with stock", "create, item with stock"),
    ):
        yield processor(f"a cart of five {words}, of one of them: processor time", lines, line, CART, "x")
        yield rate("the same: rate of one, of that of five", line, lines, CART, unit="x", most=True)
