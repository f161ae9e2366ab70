"""How every door and the worker do as the database grows: a large one beside one of a thousand sessions, in turns."""

from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any, Final

from benchmarks import filling
from benchmarks.effort import Effort
from benchmarks.figures import Bar, Sample, percentile
from benchmarks.load import Plan, message, run
from benchmarks.scene import Scene
from benchmarks.verifying import our_workers

RATE: Final = 80.0
"""Requests per second for both databases together: they take turns, and neither is busy."""

ALLOWED: Final = 1.2

BESIDE: Final = ("readyz", "metrics")
"""Probes are told about; the bar is about the doors of buyers and of PortOne."""


def measure(scene: Scene, effort: Effort) -> tuple[list[dict[str, Any]], list[Bar]]:
    """Rows of the table (one for each door and size), and bar f. The scene's database stays small."""
    large = scene.stage.on(DATABASE_URL=filling.copy(scene.stage.database, "large"))
    rows: list[dict[str, Any]] = []
    for size in effort.sizes[1:]:
        filling.fill(large.database, size)
        with ExitStack() as stack:
            pair = [stack.enter_context(one.server())[0] for one in (scene.stage, large)]
            rows += _doors(scene, pair, size, effort.growth_seconds)
        rows.append(_verified(scene, large, size, effort))
    biggest = [row for row in rows if row["sessions"] == effort.sizes[-1] and "ratio" in row]
    asked = [row for row in biggest if row["what"] not in BESIDE]
    return rows, [_bar(row, effort.sizes[-1]) for row in sorted(asked, key=lambda row: -float(row["ratio"]))]


def _doors(scene: Scene, pair: Sequence[str], size: int, seconds: float) -> list[dict[str, Any]]:
    sets = [scene.everything(address) for address in pair]
    for each in sets:
        each |= {"readyz": [message("GET", "/readyz")], "metrics": [message("GET", "/metrics")]}
    return [_door(name, [(pair[n], sets[n][name]) for n in range(2)], size, seconds) for name in sets[0]]


def _door(name: str, lanes: Sequence[tuple[str, Sequence[bytes]]], size: int, seconds: float) -> dict[str, Any]:
    """One door of both. A slow one is asked less often, so that it does not wait in its own line."""
    rate = RATE / 10 if name in BESIDE else RATE
    small, large = run(Plan(lanes, seconds, rate, connections=8))
    return {
        "what": name,
        "sessions": size,
        "small": small.summary(),
        "large": large.summary(),
        "ratio": percentile(large.took, 50) / max(percentile(small.took, 50), 1e-9),
        "failures": _wrong(small) + _wrong(large) if name not in BESIDE else 0,
    }


def _wrong(sample: Sample) -> int:
    return sample.failures


def _verified(scene: Scene, large: Any, size: int, effort: Effort) -> dict[str, Any]:
    small, big = (our_workers(stage, 2, effort.payments // 2)["per_second"] for stage in (scene.stage, large))
    return {"what": "verified by two workers", "sessions": size, "per_second": {"small": small, "large": big}}


def _bar(row: dict[str, Any], size: int) -> Bar:
    detail = f"{row['large']['p50']:.1f} ms of {row['small']['p50']:.1f} ms"
    what = f"p50 of {row['what']} at {size:,} sessions, of that at 1,000"
    return Bar("f", what, row["ratio"], ALLOWED, "x", most=True, detail=detail)
