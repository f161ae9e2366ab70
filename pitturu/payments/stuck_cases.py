"""Work that waits for an operator as a list of cases: what each is about, what can be done about it, and who said that
nothing is left to do."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, TypeVar
from uuid import UUID

from pitturu.domain.errors import NotFound
from pitturu.domain.work import REFUNDS, REMEDIES, Remedy, Stuck
from pitturu.payments import diagnosis
from pitturu.payments.explanations import Explanation
from pitturu.payments.handler_registry import HandlerRegistry
from pitturu.store import acknowledgements, dead_letters, lookup, users
from pitturu.store.acknowledgements import Acknowledgement
from pitturu.store.base import DueRow, Keyed
from pitturu.store.dead_letters import StuckRow
from pitturu.store.history import Payment
from pitturu.store.sessions import PaymentSession
from pitturu.store.unit_of_work import UnitOfWork

DECIDE_IT: Final = "A person has to decide it: approve or reject it."


Found = TypeVar("Found")


@dataclass(frozen=True)
class Case:
    """A row that waits, why and since when, the order that it is about, and what would help."""

    explanation: Explanation
    reason: Stuck
    waiting_since: datetime
    session: PaymentSession | None
    payment: Payment | None
    merchant_uid: str | None
    amount: int | None
    acknowledged: Acknowledgement | None

    @property
    def remedies(self) -> list[Remedy]:
        """What an operator with every permission may do."""
        ours = self.payment is not None and self.payment.session_key is not None
        return [one for one in REMEDIES[self.reason] if ours or one not in REFUNDS]


@dataclass(frozen=True)
class Acknowledged:
    """Rows that are on no list any more, or again, by the id that was given; and the other ids, with the reason."""

    done: dict[str, Keyed] = field(default_factory=dict)
    left_alone: dict[str, str] = field(default_factory=dict)


def of(registry: HandlerRegistry, stuck: Sequence[StuckRow]) -> list[Case]:
    """These rows as cases, in the same order."""
    rows = dead_letters.rows_of(registry.row_kinds, stuck)
    sessions = lookup.by_keys(PaymentSession, _keys(rows, "session_key"))
    payments = lookup.by_keys(Payment, _keys(rows, "payment_key"))
    acknowledged = acknowledgements.of_rows([row.id for row in rows])

    def case(one: StuckRow, row: DueRow) -> Case:
        session = row if isinstance(row, PaymentSession) else _of(sessions, row, "session_key")
        payment = _of(payments, row, "payment_key")
        order = next((each.merchant_uid for each in (session, payment) if each), getattr(row, "merchant_uid", None))
        return Case(
            *(diagnosis.explain(registry, row), one.reason, one.since, session, payment, order),
            getattr(row, "amount", None),
            acknowledged.get((row.id, one.reason)),
        )

    return [case(one, row) for one, row in zip(stuck, rows, strict=True)]


def acknowledge(
    work: UnitOfWork, registry: HandlerRegistry, names: Iterable[str], username: str, note: str
) -> Acknowledged:
    """Take these rows off the list: what they wait for was done elsewhere. Nothing about the rows changes.

    A row that fails again is listed again. What a person has asked for and nobody has decided stays.
    """
    result = Acknowledged()
    users.ensure(work, username)
    for name in dict.fromkeys(names):
        row = registry.find(name)
        cases = _cases(registry, row)
        if row is None or not cases:
            result.left_alone[name] = _why_not(registry, name)
        elif any(Remedy.ACKNOWLEDGE not in REMEDIES[case] for case in cases):
            result.left_alone[name] = DECIDE_IT
        else:
            for case in cases:
                acknowledgements.add(work, row.id, case, username, note)
            result.done[name] = row
    return result


def reopen(work: UnitOfWork, registry: HandlerRegistry, name: str) -> Acknowledged:
    """Put a row on the list again."""
    row = registry.find(name)
    if row is not None and acknowledgements.remove(work, row.id):
        return Acknowledged({name: row})
    return Acknowledged(left_alone={name: "Nobody has acknowledged it."})


def _cases(registry: HandlerRegistry, row: Keyed | None) -> list[Stuck]:
    if not isinstance(row, DueRow):
        return []
    return [case.reason for case in dead_letters.cases_of(registry.work_of(row), row.id)]


def _why_not(registry: HandlerRegistry, name: str) -> str:
    try:
        first = diagnosis.why(registry, name)[0]
    except NotFound as unknown:
        return unknown.detail
    return f"It waits for {first.waits_for}. {first.todo}"


def _of(found: Mapping[UUID, Found], row: DueRow, column: str) -> Found | None:
    key: UUID | None = getattr(row, column, None)
    return None if key is None else found.get(key)


def _keys(rows: Iterable[DueRow], column: str) -> set[Any]:
    return {getattr(row, column, None) for row in rows} - {None}
