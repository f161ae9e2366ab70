"""How much a run measures: everything, or a quick subset."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Effort:
    """Rounds and seconds of what is repeated, payments for workers, the sizes of the database, the thread counts tried.

    `seconds` is one round of one subject. Growth is measured `growth_seconds` for each endpoint at the last of the
    `sizes`, half as long at those between, each compared with the first (a thousand sessions).
    """

    name: str
    rounds: int
    seconds: float
    payments: int
    processes: tuple[int, ...]
    task_threads: tuple[int, ...]
    view_threads: tuple[int, ...]
    chain_seconds: float
    sizes: tuple[int, ...]
    growth_seconds: float


FULL = Effort(
    name="full",
    rounds=4,
    seconds=2.5,
    payments=5000,
    processes=(1, 2, 3, 4),
    task_threads=(50, 100, 200),
    view_threads=(1, 8, 32, 100, 200),
    chain_seconds=15,
    sizes=(1_000, 10_000, 100_000, 1_000_000),
    growth_seconds=6,
)

QUICK = Effort(
    name="quick",
    rounds=2,
    seconds=1.2,
    payments=2000,
    processes=(1, 2),
    task_threads=(100,),
    view_threads=(1, 100),
    chain_seconds=6,
    sizes=(1_000, 100_000),
    growth_seconds=2,
)
