"""The HTTP doors against bare views in the same server: how much they do, how long one waits, what they cost."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any, Final

import psycopg
import requests

from benchmarks import filling, watching
from benchmarks.effort import Effort
from benchmarks.figures import Bar, Sample, merged, typical
from benchmarks.load import Plan, message, run, saturated, steady, warm
from benchmarks.scenario import API, FRESH, Scene
from benchmarks.watching import Family

FASTEST: Final = 2000
"""Requests per second made ahead for doors where each may be sent only once: more than can be used up."""


@dataclass(frozen=True)
class Door:
    """What is measured: a name, where it is, and requests: the same for ever, or new ones for so many seconds.

    `aside` doors are no bar's subject, so one round of them is enough.
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
        """Enough requests for that long."""
        return self.requests(seconds) if callable(self.requests) else self.requests


def measure(scene: Scene, effort: Effort) -> tuple[list[dict[str, Any]], list[Bar]]:
    """Rows of the table, and bars a and b."""
    with psycopg.connect(scene.stage.database) as connection:
        connection.execute(filling.BARE)
    with ExitStack() as stack:
        ours = stack.enter_context(scene.stage.server())
        least = stack.enter_context(scene.stage.server("benchmarks.bare:app"))
        doors = _doors(scene, (ours[0], Family(ours[1].pid)), (least[0], Family(least[1].pid)))
        rows = _rows(scene, doors, effort)
    return rows, _bars({row["what"]: row for row in rows})


def scaling(scene: Scene, effort: Effort) -> tuple[list[dict[str, Any]], list[Bar]]:
    """What one, two and more web processes do at most; no bar is about it."""
    rows = []
    for processes in effort.processes:
        with scene.stage.server(WEB_CONCURRENCY=str(processes)) as (address, _):
            opening = scene.opening(scene.endless, int((effort.seconds + 1) * FASTEST))
            asked = {"create": (opening, True), "poll": (scene.poll(), False), "webhook": (scene.webhooks(1000), False)}
            warm(address, asked["poll"][0])
            rates = {
                name: saturated(address, requests, effort.seconds, once=once).per_second
                for name, (requests, once) in asked.items()
            }
        rows.append({"processes": processes, "per_second": rates})
    return rows, []


def _doors(scene: Scene, ours: tuple[str, Family], least: tuple[str, Family]) -> list[Door]:
    known = requests.post(f"http://{least[0]}/orders", **_bare_order(scene), timeout=30).json()["id"]
    read = [message("GET", f"/orders/{known}", token=token) for token in scene.tokens]

    def verify(seconds: float) -> Sequence[bytes]:
        since, count = next(FRESH), int(seconds * FASTEST)
        filling.checkouts(scene.stage.database, since, count)
        return scene.verify(since, count)

    def webhooks(path: str) -> Callable[[float], Sequence[bytes]]:
        return lambda seconds: scene.webhooks(int(seconds * FASTEST), path)

    def opening(
        item_id: str, path: str = f"{API}/payments/sessions", **how: bool
    ) -> Callable[[float], Sequence[bytes]]:
        return lambda seconds: scene.opening(item_id, int(seconds * FASTEST), path, **how)

    return [
        Door("create", *ours, opening(scene.endless)),
        Door("create, bare", *least, opening(scene.endless, "/orders")),
        Door("webhook", *ours, webhooks(f"{API}/payments/webhook")),
        Door("webhook, bare", *least, webhooks("/webhook")),
        Door("poll", *ours, scene.poll()),
        Door("poll, bare", *least, read),
        Door("poll, 304", *ours, scene.look_again(ours[0])),
        Door("verify", *ours, verify, aside=True),
        Door("create, item with stock", *ours, opening(scene.limited), aside=True),
        Door("create, Idempotency-Key", *ours, opening(scene.endless, keyed=True), aside=True),
    ]


def _bare_order(scene: Scene) -> dict[str, Any]:
    body = {"item_id": scene.endless, "quantity": 1, "buyer_name": "김하나", "buyer_email": "h@example.org"}
    return {"json": body | {"buyer_tel": "010"}, "headers": {"Authorization": f"Bearer {scene.tokens[0]}"}}


def _rows(scene: Scene, doors: list[Door], effort: Effort) -> list[dict[str, Any]]:
    for address in {door.address: None for door in doors}:
        warm(address, [message("GET", "/healthz")])
    for door in doors:
        saturated(door.address, door.for_seconds(1), 0.3, once=door.once)
    samples: dict[str, list[Sample]] = {door.name: [] for door in doors}
    costs = dict.fromkeys(samples, 0.0)
    # Taking turns lets a machine that grows slower meanwhile do so for all of them.
    for number in range(effort.rounds):
        for door in doors:
            if door.aside and number > 0:
                continue
            planned = door.for_seconds(effort.seconds)
            door.family.seconds()
            samples[door.name].append(saturated(door.address, planned, effort.seconds, once=door.once))
            costs[door.name] += door.family.seconds()
    return [_row(scene, door, samples[door.name], costs[door.name], effort) for door in doors]


def _row(scene: Scene, door: Door, rounds: list[Sample], cost: float, effort: Effort) -> dict[str, Any]:
    peak, spread = typical([sample.per_second for sample in rounds])
    waited = steady(door.address, door.for_seconds(effort.seconds), max(peak / 2, 1), effort.seconds, once=door.once)
    fifty = list(door.for_seconds(1))[:50]
    with watching.statements(scene.stage.database) as work:
        run(Plan([(door.address, fifty)], 30, None, 1, once=True))
    whole = merged(rounds)
    return {
        "what": door.name,
        "per_second": peak,
        "spread": spread,
        "rounds": [sample.per_second for sample in rounds],
        "processor_ms": cost / max(sum(whole.statuses.values()), 1) * 1000,
        "half": waited.summary(),
        "saturated": whole.summary(),
        "failures": whole.failures + waited.failures,
        "statements": work.statements / len(fifty),
        "commits": work.commits / len(fifty),
        "memory": door.family.memory(),
    }


def _bars(rows: dict[str, dict[str, Any]]) -> list[Bar]:
    def share(ours: str, theirs: str) -> tuple[float, str]:
        pairs = [mine / yours for mine, yours in zip(rows[ours]["rounds"], rows[theirs]["rounds"], strict=True)]
        rates = rows[ours]["per_second"], rows[theirs]["per_second"]
        detail = f"{rates[0]:,.0f}/s of {rates[1]:,.0f}/s; rounds {min(pairs):.0%} to {max(pairs):.0%}"
        return rates[0] / rates[1], detail

    create, webhook, poll = (share(name, f"{name}, bare") for name in ("create", "webhook", "poll"))
    again = rows["poll, 304"]["processor_ms"] / rows["poll"]["processor_ms"]
    detail = f"{rows['poll, 304']['processor_ms']:.2f} ms of {rows['poll']['processor_ms']:.2f} ms"
    return [
        Bar("a", "session creation, of a bare view (token, one row, one task)", create[0], 0.6, "%", detail=create[1]),
        Bar("a", "webhook intake, of a bare view (one row, one task)", webhook[0], 0.6, "%", detail=webhook[1]),
        Bar("b", "poll, of a bare view (token, one row read)", poll[0], 0.6, "%", detail=poll[1]),
        Bar("b", "processor time of a 304, of a whole poll", again, 1.0, "%", most=True, detail=detail),
    ]
