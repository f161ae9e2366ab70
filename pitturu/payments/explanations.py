"""What a row waits for, as text for operators: who has to act next, and what to do."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from pitturu.domain import clock
from pitturu.domain.work import NextActor
from pitturu.store.base import DueRow
from pitturu.store.history import Payment

REPLAY: Final = "replay it with `flask --app wsgi pitturu replay ID` or POST /api/v1/operations/replay"


@dataclass(frozen=True)
class Waiting:
    """What is waited for, who has to act next, and what to do."""

    waits_for: str
    next_actor: NextActor
    todo: str


@dataclass(frozen=True)
class Description:
    """A row for operators: its id, its status and since when, and what it waits for."""

    id: str
    status: str
    since: datetime
    waiting: Waiting


@dataclass(frozen=True)
class Explanation:
    """A row and what it waits for. `attempts` counts tries since the last request; times are UTC."""

    kind: str
    id: str
    status: str
    waits_for: str
    since: datetime
    next_actor: NextActor
    todo: str
    attempts: int = 0
    last_error: str | None = None
    next_try: datetime | None = None
    dead_since: datetime | None = None


def waiting_for(row: DueRow, doing: str, otherwise: Waiting) -> Waiting:
    """What `row` waits for, by its due time and tries; `doing` is what a worker does with it. `otherwise` is returned
    when nothing failed and nothing is due."""
    if row.dead_at is not None:
        return _dead(row, row.dead_at, doing)
    if row.due_at is None:
        return otherwise
    if row.due_at <= clock.now():
        late = f"a worker, since {clock_time(row.due_at)}: {doing}"
        todo = "Nothing; if it takes minutes, /readyz shows whether workers are missing."
        return Waiting(late, NextActor.WORKER, todo)
    if row.last_error is not None:
        waits_for = f"its next try at {clock_time(row.due_at)}: {doing} has failed so far"
        todo = "Nothing, unless last_error names something that only you can change."
        return Waiting(waits_for, NextActor.PORTONE, todo)
    if row.attempts > 0:
        waits_for = (
            f"{doing}: a worker is doing it; if the worker died, another one does it at {clock_time(row.due_at)}"
        )
        return Waiting(waits_for, NextActor.WORKER, "Nothing.")
    return otherwise


def clock_time(moment: datetime) -> str:
    """UTC to the second, as logs write it."""
    return f"{moment:%Y-%m-%d %H:%M:%S}Z"


def _dead(row: DueRow, dead_at: datetime, doing: str) -> Waiting:
    remove = "Remove the cause that last_error names"
    if row.due_at is not None:
        waits_for = f"an operator: {doing} fails, and is still tried"
        todo = f"{remove}. To try it now, {REPLAY}."
    else:
        waits_for = f"an operator: {doing} failed, and its tries ran out at {clock_time(dead_at)}"
        todo = f"{remove}, then {REPLAY}."
    return Waiting(waits_for, NextActor.OPERATOR, todo)


def how_to_refund(payment: Payment) -> str:
    """What an operator does to have a payment refunded, as the end of a sentence."""
    if payment.session_key is None:
        return "refund it in PortOne's console (its order was never issued here)"
    return f"POST /api/v1/payments/{payment.payment_id}/cancel as an operator"
