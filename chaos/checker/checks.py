"""All checks, one after the other, and what each of them found."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from chaos.checker import books, money, promises
from chaos.checker.evidence import Evidence, Row, gather

Question = Callable[[Evidence], Iterator[str]]

CHECKS: Final[dict[str, Question]] = {
    "charged twice": money.double_charges,
    "refunded twice": money.double_refunds,
    "more cancels than wishes": money.more_rows_than_wishes,
    "refunded more than paid": money.refunds_above_amount,
    "cancelled sum differs": money.cancelled_sums,
    "money not in the books": money.money_without_books,
    "money without goods": money.money_without_goods,
    "goods without money": money.goods_without_money,
    "grants missing or doubled": money.grants,
    "money back without its goods": money.buyers_cancels,
    "sessions without outcome": promises.sessions_not_final,
    "work never finished": promises.work_left,
    "accepted sessions lost": promises.sessions_lost,
    "sessions opened twice": promises.sessions_doubled,
    "accepted verifies lost": promises.verifies_lost,
    "accepted cancels lost": promises.cancels_lost,
    "acknowledged webhooks lost": promises.webhooks_lost,
    "forgeries believed": promises.forgeries_believed,
    "answers nobody foresaw": promises.answers_of_the_shop,
    "pieces lost or invented": books.stock_totals,
    "invariants broken": books.invariants,
}


@dataclass(frozen=True)
class Check:
    """One question, in the words of its function, and the losses it found."""

    name: str
    question: str
    losses: list[str]


def run_checks(database: str, simulator: str, notes: list[Row]) -> tuple[list[Check], Evidence]:
    """Every check, and what was looked at."""
    evidence = gather(database, simulator, notes)
    checks = [
        Check(name, (question.__doc__ or "").strip().splitlines()[0], list(question(evidence)))
        for name, question in CHECKS.items()
    ]
    return checks, evidence
