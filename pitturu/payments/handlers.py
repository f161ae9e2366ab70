"""What a worker needs at hand, and the shape of the work it does."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, Generic, Protocol, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement

from pitturu.config.settings import Settings
from pitturu.domain.errors import GatewayError, Reaction
from pitturu.domain.jobs import Queue
from pitturu.domain.provider import Gateway, Generation
from pitturu.payments.row_kinds import RowKind
from pitturu.store.unit_of_work import UnitOfWork


class ClaimedJob(Protocol):
    """A claimed piece of work, as plain values that outlive the transaction."""

    @property
    def session_key(self) -> UUID | None:
        """The session whose lock `apply` takes; None where no session is concerned."""

    @property
    def request_id(self) -> str | None:
        """The request that asked for this work, for the log."""


KEYS: Final = MappingProxyType(
    {
        Generation.V1: "Set PORTONE_API_KEY and PORTONE_API_SECRET again until every V1 session has ended.",
        Generation.V2: "Set PORTONE_V2_API_SECRET again until every V2 session has ended.",
    }
)

Claimed = TypeVar("Claimed", bound=ClaimedJob)
Answer = TypeVar("Answer")


@dataclass(frozen=True)
class WorkerContext:
    """The ways to PortOne and the shop's rules, handed to every worker function."""

    gateways: Mapping[Generation, Gateway]
    settings: Settings

    def gateway(self, generation: str) -> Gateway:
        """The way to PortOne for sessions of this generation. Raises GatewayError when we have no keys for it."""
        wanted = Generation(generation)
        if wanted not in self.gateways:
            words = f"This order was opened with PortOne {wanted.upper()}, whose keys are not set. {KEYS[wanted]}"
            raise GatewayError(Reaction.CALL_HUMAN, words)
        return self.gateways[wanted]


@dataclass(frozen=True)
class JobHandler(Generic[Claimed, Answer]):
    """One kind of work: the name and queue of its Celery task, its rows, and what is done with them.

    `rows` is the registration of the table: how its rows are found by name, listed when they are stuck, explained and
    replayed. `due_rows` tells the rows of this kind where several kinds share a table. `doing` says to people what a
    worker does with such a row; it goes on a sentence like "a worker, since 12:00: ".

    `claim(context, work, room)` leases up to `room` due rows, as plain values, in a unit of work of its own. `ask`
    holds no connection; it returns PortOne's answer or raises GatewayError. `prefetch` begins the unit of work in which
    many answers are committed: it locks and reads at once what they need. `apply` runs in it, under the session's lock,
    with whichever of the two came back. `postpone` notes that ask or apply broke in an unforeseen way.
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


AnyJobHandler = JobHandler[Any, Any]
