"""What a run comes to in numbers: how fast, how long until everything was right, how often what happened."""

from collections import Counter
from dataclasses import dataclass
from itertools import chain
from typing import Any

from chaos.run import Course


@dataclass(frozen=True)
class Spread:
    """Seconds: the middle, the slowest hundredth, the slowest."""

    p50: float
    p99: float
    longest: float

    @classmethod
    def of(cls, values: list[float]) -> "Spread":
        """Of so many values; zeros when there are none."""
        ranked = sorted(values) or [0.0]
        return cls(ranked[len(ranked) // 2], ranked[min(int(len(ranked) * 0.99), len(ranked) - 1)], ranked[-1])


def converging(course: Course) -> list[float]:
    """For each session: seconds from what moved last (a payment, a request, else its deadline) to its final state.

    0 where it was right before the buyer asked, as when a webhook was faster than the browser.
    """
    evidence = course.evidence
    if evidence is None:
        return []
    moved: dict[int, float] = {}
    for note in course.notes.of("act", "verified", "cancel wish", "opened"):
        moved[note["purchase"]] = max(note["at"], moved.get(note["purchase"], 0))
    ended = {key: max(stamps) for key, stamps in _stamps(evidence).items()}
    seconds = []
    for key, session in evidence.sessions.items():
        number = int(session["buyer_email"].partition("@")[0].removeprefix("p"))
        origin = moved.get(number, session["created_at"].timestamp())
        if session["status"] == "expired":
            origin = max(origin, session["expires_at"].timestamp())
        seconds.append(max(ended.get(key, origin) - origin, 0.0))
    return seconds


def _stamps(evidence: Any) -> dict[Any, list[float]]:
    """When something about a session was written down: its timeline, and the end of its cancels."""
    stamps: dict[Any, list[float]] = {}
    for key, at in evidence.last_events.items():
        stamps.setdefault(key, []).append(at.timestamp())
    for row in evidence.cancellations:
        if row["decided_at"]:
            stamps.setdefault(row["session_key"], []).append(row["decided_at"].timestamp())
    return stamps


def summary(course: Course, size: Any) -> dict[str, Any]:
    """Everything for the JSON file; the page and the table show parts of it."""
    notes, evidence = course.notes, course.evidence
    spread, answers = Spread.of(converging(course)), Spread.of(notes.seconds)
    kills = notes.of("kill")
    faults = Counter(chain.from_iterable(note["kinds"] for note in notes.of("faults")))
    sessions = evidence.sessions.values() if evidence else []
    return {
        "lossless": course.lossless,
        "seed": course.plan.seed,
        "purchases": len(course.plan.purchases),
        "switches": course.plan.switches,
        "processes": {"webs": size.webs, "workers": size.workers, "beats": size.beats},
        "session_ttl": course.pace.session_ttl,
        "seconds": {"shopping": course.calm - course.began, "to_quiet": course.quiet - course.calm},
        "purchases_per_second": len(course.plan.purchases) / max(_shopping(course), 0.001),
        "came_to_rest": course.is_quiet,
        "kills": dict(Counter(note["victim"] for note in kills)),
        "faults": dict(faults),
        "gave_up": len(notes.of("gave up")),
        "ended_by_themselves": len(notes.of("ended by itself")),
        "answers": dict(notes.heard),
        "answer_seconds": vars(answers),
        "converge_seconds": vars(spread),
        "sessions": dict(Counter(row["status"] for row in sessions)),
        "acknowledged": _acknowledged(course),
        "money": _money(course),
        "checks": [{"name": one.name, "question": one.question, "losses": one.losses} for one in course.checks],
        "scripts_that_broke": course.broken,
    }


def _shopping(course: Course) -> float:
    """Seconds from the first purchase to the end of the last one."""
    left = course.notes.of("left")
    return left[-1]["at"] - course.began if left else 0.0


def _acknowledged(course: Course) -> dict[str, int]:
    """How many promises were given, and all of them checked."""
    notes = course.notes
    accepted = {kind: sum(note["status"] == 202 for note in notes.of(kind)) for kind in ("verified", "cancel")}
    return {
        "sessions": len(notes.of("opened")),
        "verifies": accepted["verified"],
        "cancels": accepted["cancel"],
        "webhooks": len(notes.of("webhook")),
    }


def _money(course: Course) -> dict[str, int]:
    """By PortOne's ledger, in won."""
    ledger = course.evidence.ledger if course.evidence else []
    paid = [line for line in ledger if line["paid_at"]]
    back = [entry["amount"] for line in ledger for entry in line["cancels"]]
    came = sum(line["amount"] for line in paid)
    return {"payments": len(paid), "came": came, "cancels": len(back), "went_back": sum(back), "kept": came - sum(back)}
