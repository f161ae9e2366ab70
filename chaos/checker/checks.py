"""All checks, in their order, and their results."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from chaos.checker import acknowledgements, events, invariants, money, rollups, taxes
from chaos.checker.snapshot import Row, Snapshot, read_snapshot

Question = Callable[[Snapshot], Iterator[str]]

CHECKS: Final[dict[str, Question]] = {
    "charged twice": money.double_charges,
    "refunded twice": money.double_refunds,
    "more cancels than requests": money.more_cancels_than_requests,
    "refunded more than paid": money.refunds_above_amount,
    "cancelled sum differs": money.cancelled_sums,
    "money not in the books": money.money_without_books,
    "money without goods": money.money_without_goods,
    "goods without money": money.goods_without_money,
    "grants missing or doubled": money.grants,
    "money back without its goods": money.buyers_cancels,
    "taxes that differ": taxes.tax_free_parts,
    "refunds that nobody approved": money.refunds_without_a_person,
    "sessions without outcome": acknowledgements.sessions_not_final,
    "work never finished": acknowledgements.work_left,
    "accepted sessions lost": acknowledgements.sessions_lost,
    "sessions opened twice": acknowledgements.sessions_doubled,
    "accepted verifies lost": acknowledgements.verifies_lost,
    "accepted cancels lost": acknowledgements.cancels_lost,
    "acknowledged webhooks lost": acknowledgements.webhooks_lost,
    "forgeries believed": acknowledgements.forged_webhooks_accepted,
    "events that did not arrive": events.events_missing,
    "events forged or changed": events.events_forged,
    "events out of sequence": events.events_out_of_sequence,
    "money without its event": events.events_unwritten,
    "answers nobody foresaw": acknowledgements.unexpected_answers,
    "rollups that differ": rollups.rollup_differences,
    "pieces lost or invented": invariants.stock_totals,
    "invariants broken": invariants.invariants,
}


@dataclass(frozen=True)
class Check:
    """One check, described by the docstring of its function, and the violations that it found."""

    name: str
    question: str
    losses: list[str]


def run_checks(database: str, simulator: str, notes: list[Row]) -> tuple[list[Check], Snapshot]:
    """The results of every check, and the snapshot they used."""
    snapshot = read_snapshot(database, simulator, notes)
    checks = [
        Check(name, (question.__doc__ or "").strip().splitlines()[0], list(question(snapshot)))
        for name, question in CHECKS.items()
    ]
    return checks, snapshot
