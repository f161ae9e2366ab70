"""Payments verified per second by two workers, of a bare task and of a synchronous view, and a worker's memory."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from statistics import median
from typing import Any, Final

from benchmarks import ratios
from benchmarks.effort import Effort
from benchmarks.figures import Bar
from benchmarks.scenario import Scenario
from benchmarks.workers import bare_workers, our_workers, synchronous

FASTER: Final = {"v1": 3.0, "v2": 2.0}
"""Bar c: how many times as many payments two workers verify as a bare task, by generation of PortOne."""

FASTER_THAN_A_VIEW: Final = 4.0
MEMORY: Final = 1.2
"""Bars d and h."""

Row = dict[str, Any]
Subject = Callable[[], Row]


def measure(scenario: Scenario, effort: Effort, only: set[str]) -> tuple[list[Row], list[Bar]]:
    """Rows of the table, and bars c, d and h: those that are selected."""
    generations = FASTER if "c" in only else {"v1": FASTER["v1"]}
    subjects: dict[str, Subject] = {}
    for generation in generations:
        subjects[f"ours {generation}"] = partial(our_workers, scenario.environment, 2, effort.payments, generation)
        subjects[f"bare {generation}"] = _best_of_threads(scenario, effort, generation)
    if "d" in only:
        subjects["view"] = _best_view(scenario, effort)
    found = ratios.interleaved(subjects, effort.worker_rounds)
    rows = [_middle(results) for results in found.values()]
    return rows, list(_bars(found, generations))


def _best_of_threads(scenario: Scenario, effort: Effort, generation: str) -> Subject:
    """A bare task with the number of threads that was fastest in one round of each."""

    def with_threads(threads: int) -> Row:
        return bare_workers(scenario.environment, threads, effort.payments // 2, generation)

    return partial(with_threads, _fastest(effort.task_threads, with_threads))


def _best_view(scenario: Scenario, effort: Effort) -> Subject:
    def with_threads(threads: int) -> Row:
        return synchronous(scenario, threads, effort.seconds * 2)

    return partial(with_threads, _fastest(effort.view_threads, with_threads))


def _fastest(threads: Sequence[int], measured: Callable[[int], Row]) -> int:
    return max(threads, key=lambda count: _rate(measured(count))) if len(threads) > 1 else threads[0]


def _bars(found: dict[str, list[Row]], generations: dict[str, float]) -> Iterator[Bar]:
    def of(letter: str, what: str, ours: str, theirs: str, limit: float) -> Bar:
        rates = [[_rate(row) for row in found[name]] for name in (ours, theirs)]
        detail = f"{median(rates[0]):,.0f}/s of {median(rates[1]):,.0f}/s ({found[theirs][0]['what']})"
        return Bar(letter, what, ratios.of(*rates), limit, detail=detail)

    for generation, limit in generations.items():
        what = f"verified by two workers through {generation}, of a bare task at its best"
        yield of("c", what, f"ours {generation}", f"bare {generation}", limit)
    if "view" in found:
        yield of("d", "the same through v1, of a synchronous view at its best", "ours v1", "view", FASTER_THAN_A_VIEW)
    memory = [[row["memory"] / 2**20 for row in found[name]] for name in ("ours v1", "bare v1")]
    detail = f"{median(memory[0]):.0f} MiB of {median(memory[1]):.0f} MiB"
    yield Bar(
        "h", "memory of a worker, of a bare Celery worker's", ratios.of(*memory), MEMORY, most=True, detail=detail
    )


def _middle(rows: list[Row]) -> Row:
    """The round with the median rate."""
    return sorted(rows, key=_rate)[len(rows) // 2] | {"rounds": [_rate(row) for row in rows]}


def _rate(row: Row) -> float:
    rate: float = row["per_second"]
    return rate
