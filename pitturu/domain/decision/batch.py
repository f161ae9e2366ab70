"""Which orders one answer about several of them settles.

PortOne does not say whether such an answer lists every attempt of an order. So it may show that an order was paid, and
says nothing else: an order that it does not settle is asked about alone, where all attempts are listed.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

from pitturu.domain.batch import Question, Settled, Several
from pitturu.domain.decision.attempts import compare
from pitturu.domain.provider import ProviderPayment, ProviderStatus
from pitturu.domain.verdict import Environment, Verdict


def settled(questions: Iterable[Question], answer: Several, environment: Environment) -> dict[str, Settled]:
    """The orders that were paid, by order number, as far as this answer shows them."""
    names = Counter(attempt.provider_id for attempt in answer.shown)
    attempts: dict[str, list[ProviderPayment]] = {}
    for attempt in answer.shown:
        attempts.setdefault(attempt.order_id, []).append(attempt)
    found: dict[str, Settled] = {}
    for question in questions:
        own = attempts.get(question.order_id, [])
        if question.order_id in answer.unclear or any(names[attempt.provider_id] > 1 for attempt in own):
            continue
        if (payment := _payment_of(question, own, environment)) is not None:
            found[question.order_id] = Settled(payment)
    return found


def unasked(questions: Iterable[Question], answer: Several) -> tuple[ProviderPayment, ...]:
    """Payments in the answer of orders that it was not asked about."""
    asked = {question.order_id for question in questions}
    return tuple(attempt for attempt in answer.shown if attempt.order_id not in asked)


def _payment_of(question: Question, own: Sequence[ProviderPayment], environment: Environment) -> ProviderPayment | None:
    """The one attempt that took the money and kept it; None if anything about the order needs a closer look."""
    paid = [attempt for attempt in own if not _came_to_nothing(attempt)]
    if len(paid) != 1 or paid[0].status is not ProviderStatus.PAID or paid[0].paid_at is None:
        return None
    if paid[0].cancelled_amount or paid[0].cancellations:
        return None
    if question.provider_id not in (None, paid[0].provider_id):
        return None
    return paid[0] if compare(question, environment, paid[0]) is Verdict.ACCEPTED else None


def _came_to_nothing(attempt: ProviderPayment) -> bool:
    """An attempt that took no money and holds no account open for it."""
    unpaid = attempt.status in (ProviderStatus.READY, ProviderStatus.FAILED)
    return unpaid and not attempt.money_came and attempt.virtual_account is None
