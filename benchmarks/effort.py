"""How much a run measures: everything, or a quick subset."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Effort:
    """Rounds and seconds of what is measured in turn, payments for workers, the numbers of threads that are tried.

    `seconds` is one round of one endpoint, `growth_seconds` all rounds of one endpoint with both databases, of a
    thousand and of `sessions` sessions. `rounds` are those of the endpoints, `worker_rounds` those of workers,
    `purchase_rounds` those of whole purchases, whose calls of PortOne are counted.
    """

    name: str
    rounds: int
    seconds: float
    worker_rounds: int
    payments: int
    task_threads: tuple[int, ...]
    view_threads: tuple[int, ...]
    chain_seconds: float
    purchase_rounds: int
    sessions: int
    growth_seconds: float
    silent_seconds: float


FULL = Effort(
    name="full",
    rounds=8,
    seconds=1.5,
    worker_rounds=7,
    payments=4000,
    task_threads=(50, 100, 200),
    view_threads=(8, 32, 100),
    chain_seconds=5,
    purchase_rounds=2,
    sessions=1_000_000,
    growth_seconds=6,
    silent_seconds=3,
)

QUICK = Effort(
    name="quick",
    rounds=2,
    seconds=0.6,
    worker_rounds=2,
    payments=1000,
    task_threads=(100,),
    view_threads=(32,),
    chain_seconds=3,
    purchase_rounds=1,
    sessions=100_000,
    growth_seconds=1.0,
    silent_seconds=2,
)
