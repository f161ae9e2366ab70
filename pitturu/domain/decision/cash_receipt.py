"""What becomes of a cash receipt, from what the shop keeps of the payment and what PortOne says exists."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from pitturu.domain.cash_receipts import ProviderReceipt, ReceiptStage

REPEAT_AFTER: Final = timedelta(minutes=10)
"""A request whose answer was lost may still be executed at the PG: none is repeated before this time is over. Longer
than any lease, so that a worker that was slow has ended its call as well."""

PG_CORRECTS_WITHIN: Final = timedelta(minutes=10)
"""After a refund some PGs correct the receipt by themselves, and no source says how soon: PortOne is asked then."""

NEVER_CORRECTED: Final = frozenset({"ksnet", "smartro_v2"})
"""PGs that, by PortOne's reference of V1, do not cancel an issued receipt with the payment: it is cancelled through
PortOne, and after a partial refund issued again. In lower case; V2 has the same names in capitals."""


class ReceiptCorrection(StrEnum):
    """What is done about a receipt that a refund made wrong, where no source says what the PG does by itself.

    REPORT shows it to operators. REISSUE cancels it and issues one about the rest. PG: the contract with the PG says
    that it corrects receipts, so that PortOne's answer is not compared.
    """

    REPORT = "report"
    REISSUE = "reissue"
    PG = "pg"


@dataclass(frozen=True)
class ReceiptFacts:
    """What is known when PortOne has answered: `kept` won are what was paid less what went back.

    `sent` is the stage of the last request, `sent_at` is when it left, `refusal` what PortOne said to it if it refused.
    `force` says that an operator wants it corrected.
    """

    kept: int
    refunded: bool
    found: ProviderReceipt | None
    pg_provider: str
    correction: ReceiptCorrection
    sent: ReceiptStage | None = None
    refusal: str | None = None
    sent_at: datetime | None = None
    force: bool = False


@dataclass(frozen=True)
class ReceiptDecision:
    """The next stage, when it is due (None: never, for a settled one), and why, for an operator."""

    stage: ReceiptStage
    due: datetime | None = None
    reason: str | None = None


class ReceiptChange(StrEnum):
    """What happened to a receipt, for the timeline and the shop's server."""

    ISSUED = "issued"
    CANCELLED = "cancelled"
    FAILED = "failed"
    DIFFERS = "differs"


def changes_of(known: str | None, found: ProviderReceipt | None, stage: ReceiptStage) -> tuple[ReceiptChange, ...]:
    """What has changed since PortOne last showed a valid receipt with the number `known` (None: it showed none).

    A receipt that the PG issued with the payment has no number. Whatever replaced another one was issued as well.
    """
    shown = None if found is None or found.cancelled else found.number
    same = shown == known
    happened = (
        (ReceiptChange.CANCELLED, known is not None and not same),
        (ReceiptChange.ISSUED, shown is not None and not same),
        (ReceiptChange.FAILED, stage is ReceiptStage.FAILED),
        (ReceiptChange.DIFFERS, stage is ReceiptStage.DIFFERS),
    )
    return tuple(change for change, true in happened if true)


def decide_receipt(facts: ReceiptFacts, now: datetime) -> ReceiptDecision:
    """What follows from PortOne's answer to the question which receipt there is."""
    found = None if facts.found is None or facts.found.cancelled else facts.found
    if found is None:
        return _without_receipt(facts, now)
    # The PG issues a receipt together with a payment about all of it.
    amount = facts.kept if found.amount is None and not facts.refunded else found.amount
    if facts.kept and amount == facts.kept:
        return ReceiptDecision(ReceiptStage.ISSUED)
    return _wrong(facts, found, now)


def _without_receipt(facts: ReceiptFacts, now: datetime) -> ReceiptDecision:
    if not facts.kept:
        return ReceiptDecision(ReceiptStage.CANCELLED)
    return _send(facts, ReceiptStage.ISSUING, now)


def _wrong(facts: ReceiptFacts, found: ProviderReceipt, now: datetime) -> ReceiptDecision:
    """There is a receipt, and it is about other money than the shop keeps."""
    if facts.correction is ReceiptCorrection.PG and not facts.force:
        return ReceiptDecision(ReceiptStage.ISSUED if facts.kept else ReceiptStage.CANCELLED)
    about = "an amount that PortOne does not show" if found.amount is None else f"{found.amount} KRW"
    words = f"The receipt is about {about}, and {facts.kept} KRW are kept."
    if not found.cancellable:
        todo = "The PG issued it with the payment: see there whether it was corrected."
        return ReceiptDecision(ReceiptStage.DIFFERS, reason=f"{words} {todo}")
    # Without any money left there is nothing to guess: no receipt may remain.
    stated = not facts.kept or facts.pg_provider.lower() in NEVER_CORRECTED
    if stated or facts.force or facts.correction is ReceiptCorrection.REISSUE:
        return _send(facts, ReceiptStage.CANCELLING, now)
    todo = "No source says that the PG corrects it by itself: see there, then have it issued again if it did not."
    return ReceiptDecision(ReceiptStage.DIFFERS, reason=f"{words} {todo}")


def _send(facts: ReceiptFacts, stage: ReceiptStage, now: datetime) -> ReceiptDecision:
    """Send the request, unless the same one was refused, or may still be on its way."""
    if facts.sent is not stage:
        return ReceiptDecision(stage, due=now)
    if facts.refusal is not None:
        return ReceiptDecision(ReceiptStage.FAILED, reason=facts.refusal)
    if facts.sent_at is not None and now < facts.sent_at + REPEAT_AFTER:
        return ReceiptDecision(ReceiptStage.CHECKING, due=facts.sent_at + REPEAT_AFTER)
    return ReceiptDecision(stage, due=now)
