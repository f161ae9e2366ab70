"""Processor time by kind of program, identified by its name."""

from collections import Counter
from typing import Final

import psutil

KINDS: Final = {"postgres": "Postgres", "valkey-server": "Redis", "gunicorn": "web", "celery": "workers"}
"""The kinds of programs, by a part of their name or command line; the rest is load and PortOne."""


def spent() -> Counter[str]:
    """Seconds of processor time so far of all running processes that this process started."""
    seconds: Counter[str] = Counter()
    for process in psutil.Process().children(recursive=True):
        try:
            times, words = process.cpu_times(), " ".join([process.name(), *process.cmdline()[:3]])
        except psutil.NoSuchProcess:
            continue
        kind = next((name for word, name in KINDS.items() if word in words), "load")
        # Postgres has one process per connection; the time of finished ones is included in their parent's.
        seconds[kind] += times.user + times.system + times.children_user + times.children_system
    return seconds


def each(before: Counter[str], after: Counter[str], requests: float) -> dict[str, float]:
    """Milliseconds of processor time per request, by kind."""
    kinds = [kind for kind in (*KINDS.values(), "load") if after[kind] > before[kind]]
    return {kind: (after[kind] - before[kind]) / max(requests, 1) * 1000 for kind in kinds}


def of_load() -> float:
    """Seconds of this process and of its children that have ended, as the generators of load have."""
    times = psutil.Process().cpu_times()
    return times.user + times.system + times.children_user + times.children_system


def in_words(before: Counter[str], after: Counter[str], requests: float) -> str:
    """The same as text."""
    return ", ".join(f"{kind} {cost:.2f} ms" for kind, cost in each(before, after, requests).items())
