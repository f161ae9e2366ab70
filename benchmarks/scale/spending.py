"""Who uses the processors: each kind of program on the stage, by its name."""

from collections import Counter
from typing import Final

import psutil

KINDS: Final = {"postgres": "Postgres", "valkey-server": "Redis", "gunicorn": "web", "celery": "workers"}
"""By what the name or the command line of the program contains; the rest is load and PortOne."""


def spent() -> Counter[str]:
    """Seconds of processor time so far, of everything that this process started and that still runs."""
    seconds: Counter[str] = Counter()
    for process in psutil.Process().children(recursive=True):
        try:
            times, words = process.cpu_times(), " ".join([process.name(), *process.cmdline()[:3]])
        except psutil.NoSuchProcess:
            continue
        kind = next((name for word, name in KINDS.items() if word in words), "load")
        # Postgres has a process for each connection; what those used that are gone is in their parent's account.
        seconds[kind] += times.user + times.system + times.children_user + times.children_system
    return seconds


def in_words(before: Counter[str], after: Counter[str], requests: float) -> str:
    """Milliseconds of processor time by kind for each request."""
    kinds = [kind for kind in (*KINDS.values(), "load") if after[kind] > before[kind]]
    return ", ".join(f"{kind} {(after[kind] - before[kind]) / max(requests, 1) * 1000:.2f} ms" for kind in kinds)
