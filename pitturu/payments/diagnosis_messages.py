"""What a row that can be due waits for, by its times alone."""

from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from pitturu.domain import clock
from pitturu.domain.jobs import JobName
from pitturu.domain.work import Turn
from pitturu.store.base import Due

DOING: Final = MappingProxyType(
    {
        JobName.PREPARE: "telling PortOne the amount",
        JobName.VERIFY: "asking PortOne whether it was paid",
        JobName.EXPIRE: "asking PortOne whether anything was paid after all",
    }
)

REPLAY: Final = "replay it with `flask --app wsgi pitturu replay ID` or POST /api/v1/operations/replay"


@dataclass(frozen=True)
class Words:
    """Who or what is waited for, whose move that is, and what to do about it."""

    waits_for: str
    turn: Turn
    todo: str


def turn_of(row: Due, doing: str, otherwise: Words) -> Words:
    """What `row` waits for; `doing` is what a worker does with it. `otherwise` holds while nothing went wrong and
    nothing is due."""
    now = clock.now()
    if row.dead_at is not None and row.due_at is None:
        waits_for = f"a person: {doing} did not succeed, and its tries ran out at {clock_time(row.dead_at)}"
        return Words(waits_for, Turn.OPERATOR, f"Remove the cause that last_error names, then {REPLAY}.")
    if row.dead_at is not None:
        waits_for = f"a person: {doing} does not succeed, and goes on being tried"
        return Words(
            waits_for, Turn.OPERATOR, f"Remove the cause that last_error names. To have it asked now, {REPLAY}."
        )
    if row.due_at is None:
        return otherwise
    if row.due_at <= now:
        late = f"a worker, since {clock_time(row.due_at)}: {doing}"
        return Words(late, Turn.WORKER, "Nothing; if it takes minutes, /readyz says whether workers are missing.")
    if row.last_error is not None:
        waits_for = f"its next try at {clock_time(row.due_at)}: {doing} did not succeed yet"
        return Words(waits_for, Turn.PORTONE, "Nothing, unless last_error names something that only you can change.")
    if row.attempts > 0:
        waits_for = (
            f"{doing}: a worker has it in hand, or died with it; then another takes it at {clock_time(row.due_at)}"
        )
        return Words(waits_for, Turn.WORKER, "Nothing.")
    return otherwise


def clock_time(moment: datetime) -> str:
    """UTC to the second, as logs write it."""
    return f"{moment:%Y-%m-%d %H:%M:%S}Z"
