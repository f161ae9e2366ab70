"""The figures of a run: throughput, time to the final state, and counts."""

from collections import Counter
from dataclasses import dataclass
from itertools import chain
from typing import Any

from chaos.checker.events import repeated
from chaos.run import RunResult


@dataclass(frozen=True)
class Spread:
    """Seconds: median, 99th percentile, maximum."""

    p50: float
    p99: float
    longest: float

    @classmethod
    def of(cls, values: list[float]) -> "Spread":
        """The spread of these values; zeros when there are none."""
        ranked = sorted(values) or [0.0]
        return cls(ranked[len(ranked) // 2], ranked[min(int(len(ranked) * 0.99), len(ranked) - 1)], ranked[-1])


def convergence_times(result: RunResult) -> list[float]:
    """For each session: seconds from its last input (a payment, a request, or its deadline) to its final state.

    0 if the state was final before the buyer's request, as when a webhook was faster than the browser.
    """
    snapshot = result.snapshot
    if snapshot is None:
        return []
    moved: dict[int, float] = {}
    for note in result.notes.of("act", "verified", "cancel request", "opened"):
        moved[note["purchase"]] = max(note["at"], moved.get(note["purchase"], 0))
    ended = {key: max(stamps) for key, stamps in _stamps(snapshot).items()}
    seconds = []
    for key, session in snapshot.sessions.items():
        number = int(session["buyer_email"].partition("@")[0].removeprefix("p"))
        origin = moved.get(number, session["created_at"].timestamp())
        if session["status"] == "expired":
            origin = max(origin, session["expires_at"].timestamp())
        seconds.append(max(ended.get(key, origin) - origin, 0.0))
    return seconds


def _stamps(snapshot: Any) -> dict[Any, list[float]]:
    """The times of all changes of a session: its timeline, and the end of its cancels."""
    stamps: dict[Any, list[float]] = {}
    for key, at in snapshot.last_events.items():
        stamps.setdefault(key, []).append(at.timestamp())
    for row in snapshot.cancellations:
        if row["decided_at"]:
            stamps.setdefault(row["session_key"], []).append(row["decided_at"].timestamp())
    return stamps


def summary(result: RunResult, size: Any) -> dict[str, Any]:
    """Everything for the JSON file; the page and the table show parts of it."""
    notes, snapshot = result.notes, result.snapshot
    spread, answers = Spread.of(convergence_times(result)), Spread.of(notes.seconds)
    sessions = snapshot.sessions.values() if snapshot else []
    return {
        "lossless": result.lossless,
        "seed": result.plan.seed,
        "purchases": len(result.plan.purchases),
        "switches": result.plan.switches,
        "processes": {"webs": size.webs, "workers": size.workers, "beats": size.beats},
        "session_ttl": result.pace.session_ttl,
        "seconds": {"shopping": result.calm - result.began, "to_quiet": result.quiet - result.calm},
        "purchases_per_second": len(result.plan.purchases) / max(_shopping(result), 0.001),
        "came_to_rest": result.is_quiet,
        "left": result.left,
        **_happened(result),
        "answers": dict(notes.statuses),
        "answer_seconds": vars(answers),
        "converge_seconds": vars(spread),
        "sessions": dict(Counter(row["status"] for row in sessions)),
        "acknowledged": _acknowledged(result),
        "money": _money(result),
        "calls": _calls(result),
        "events": _events(result),
        "checks": [{"name": one.name, "question": one.question, "losses": one.losses} for one in result.checks],
        "scripts_that_broke": result.broken,
    }


def _happened(result: RunResult) -> dict[str, Any]:
    """Counts of what went wrong, and of what was refused."""
    notes = result.notes
    faults = Counter(chain.from_iterable(note["kinds"] for note in notes.of("faults")))
    return {
        "kills": dict(Counter(note["victim"] for note in notes.of("kill"))),
        "replaced": dict(Counter(note["kind"] for note in notes.of("replaced"))),
        "faults": dict(faults),
        "gave_up": len(notes.of("gave up")),
        "ended_by_themselves": len(notes.of("ended by itself")),
        "refused": dict(Counter(note["code"] for note in notes.of("refused", "cancel") if note["code"])),
    }


def _shopping(result: RunResult) -> float:
    """Seconds from the first purchase to the end of the last one."""
    left = result.notes.of("left")
    return left[-1]["at"] - result.began if left else 0.0


def _acknowledged(result: RunResult) -> dict[str, int]:
    """The number of acknowledged requests, all of which were checked."""
    notes = result.notes
    accepted = {kind: sum(note["status"] == 202 for note in notes.of(kind)) for kind in ("verified", "cancel")}
    return {
        "sessions": len(notes.of("opened")),
        "verifies": accepted["verified"],
        "cancels": accepted["cancel"],
        "webhooks": len(notes.of("webhook")),
    }


def _events(result: RunResult) -> dict[str, Any]:
    """What the shop's own server received."""
    snapshot, notes = result.snapshot, result.notes
    return {
        "written": len(snapshot.shop_events) if snapshot else 0,
        "arrived": len({note["event_id"] for note in notes.of("received") if note["verified"]}),
        "repeated": repeated(snapshot) if snapshot else 0,
        "silences": dict(Counter(chain.from_iterable(note["kinds"] for note in notes.of("silence")))),
        "resumed": len(notes.of("resumed")),
    }


def _calls(result: RunResult) -> dict[str, Any]:
    """Calls to PortOne by generation: all of them, and how many of each kind, for each purchase. Tokens are shared, so
    they are left out."""
    shown = {}
    for generation, counts in result.calls.items():
        purchases = max(sum(one.generation == generation for one in result.plan.purchases), 1)
        ours = {name: count for name, count in counts.items() if name != "users.getToken"}
        each = {name: round(count / purchases, 2) for name, count in ours.items()}
        shown[generation] = {"a_purchase": round(sum(ours.values()) / purchases, 2), "by_endpoint": each}
    return shown


def _money(result: RunResult) -> dict[str, int]:
    """By PortOne's ledger, in won."""
    ledger = result.snapshot.ledger if result.snapshot else []
    paid = [line for line in ledger if line["paid_at"]]
    back = [entry["amount"] for line in ledger for entry in line["cancels"]]
    came = sum(line["amount"] for line in paid)
    return {"payments": len(paid), "came": came, "cancels": len(back), "went_back": sum(back), "kept": came - sum(back)}
