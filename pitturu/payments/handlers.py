"""The context of worker functions, and the interface of a kind of work."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final, Generic, Protocol, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement

from pitturu.config.settings import Settings
from pitturu.cooldown import Cooldown
from pitturu.domain.cash_receipts import ReceiptGateway
from pitturu.domain.errors import GatewayError, Reaction
from pitturu.domain.jobs import Queue
from pitturu.domain.provider import Generation
from pitturu.payments.row_kinds import RowKind
from pitturu.store.unit_of_work import UnitOfWork


class ClaimedJob(Protocol):
    """A claimed row, as plain values that outlive the transaction."""

    @property
    def session_key(self) -> UUID | None:
        """The session that `apply` locks; None if it locks none."""

    @property
    def request_id(self) -> str | None:
        """The request that caused this work, for the log."""


KEYS: Final[Mapping[Generation, str]] = {
    Generation.V1: "Set PORTONE_API_KEY and PORTONE_API_SECRET again until every V1 session has ended.",
    Generation.V2: "Set PORTONE_V2_API_SECRET again until every V2 session has ended.",
}

Claimed = TypeVar("Claimed", bound=ClaimedJob)
Answer = TypeVar("Answer")


BATCH_PAUSE: Final = timedelta(seconds=5)
"""How long a process asks about each order alone after an answer about several of them that settled none."""


@dataclass(frozen=True)
class WorkerContext:
    """The gateways to PortOne and the settings, which every worker function gets.

    `batch_pauses` has the pause of each kind of work that asks about several orders at once.
    """

    gateways: Mapping[Generation, ReceiptGateway]
    settings: Settings
    batch_pauses: defaultdict[str, Cooldown] = field(default_factory=lambda: defaultdict(lambda: Cooldown(BATCH_PAUSE)))

    def gateway(self, generation: str) -> ReceiptGateway:
        """The gateway for sessions of this generation. Raises GatewayError when its keys are not set."""
        wanted = Generation(generation)
        if wanted not in self.gateways:
            message = f"This order was opened with PortOne {wanted.upper()}, whose keys are not set. {KEYS[wanted]}"
            raise GatewayError(Reaction.CALL_HUMAN, message)
        return self.gateways[wanted]


@dataclass(frozen=True)
class BatchCall(Generic[Claimed, Answer]):
    """How several claimed rows are asked about with one call.

    `batches` says which of these rows are, in groups of two or more. `ask` returns the answers of the rows of a group;
    a row without one is asked about alone. A GatewayError that it raises is the answer of each.
    """

    batches: Callable[[WorkerContext, Sequence[Claimed]], Sequence[Sequence[Claimed]]]
    ask: Callable[[WorkerContext, Sequence[Claimed]], Mapping[Claimed, Answer]]


@dataclass(frozen=True)
class JobHandler(Generic[Claimed, Answer]):
    """One kind of work: the name and queue of its Celery task, its rows, and what is done with them.

    `rows` is the registration of the table: how its rows are found by id, listed when they are stuck, explained and
    replayed. `due_rows` selects the rows of this kind if several kinds share a table. `doing` tells operators what a
    worker does with such a row; it follows text like "a worker, since 12:00: ".

    `own_slots` is how many calls of this kind a process makes at once if they do not go to PortOne: they take none of
    the call slots of PortOne, so that no slow receiver delays a payment. None: its calls share those slots.

    `batch_call`: rows that were claimed together may be asked about with one call. None: each has its own.

    `partial`: a claim may leave due rows although there is room, so due rows are looked for again after every answer.

    `claim(context, work, room)` leases up to `room` due rows, as plain values, in its own unit of work. `ask` holds no
    database connection; it returns the answer of PortOne, or of a receiver, or raises GatewayError. `prefetch` begins
    the unit of work in which many answers are committed: it locks and reads all rows that they need. `apply` runs in
    it, under the session's lock, with the answer or the GatewayError. `postpone` records that ask or apply raised an
    unexpected exception.
    """

    name: str
    queue: Queue
    rows: RowKind[Any]
    doing: str
    claim: Callable[[WorkerContext, UnitOfWork, int], Sequence[Claimed]]
    ask: Callable[[WorkerContext, Claimed], Answer]
    apply: Callable[[WorkerContext, UnitOfWork, Claimed, Answer | GatewayError], None]
    postpone: Callable[[UnitOfWork, Claimed, str], None]
    prefetch: Callable[[UnitOfWork, Sequence[Claimed]], None] = lambda _work, _claimed_jobs: None
    due_rows: tuple[ColumnElement[bool], ...] = ()
    own_slots: int | None = None
    partial: bool = False
    batch_call: BatchCall[Claimed, Answer] | None = None


AnyJobHandler = JobHandler[Any, Any]
