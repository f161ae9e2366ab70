"""Asks PortOne about several orders in one call, where its API has such a call (V1).

PortOne publishes no limit of calls, and all systems of a shop share one account. An order that is said to be paid is
asked about together with others that were claimed at the same time; whatever the answer does not settle is asked about
alone, by the usual question.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from pitturu.domain.batch import BatchGateway, Question, Settled
from pitturu.domain.decision import batch as decision
from pitturu.domain.errors import AccessRefused, GatewayError, Throttled
from pitturu.domain.provider import Generation, ProviderPayment
from pitturu.payments.handlers import BatchCall, ClaimedJob, WorkerContext

Claimed = TypeVar("Claimed", bound=ClaimedJob)
Attempts = tuple[ProviderPayment, ...]
Answer = Attempts | Settled
"""All attempts of an order, or the one that paid it."""

log = logging.getLogger(__name__)


def batch_call(job: str, question_of: Callable[[Claimed], Question | None]) -> BatchCall[Claimed, Answer]:
    """How rows of this kind are asked about together; `question_of` is None for a row that is asked about alone."""

    def batches(context: WorkerContext, rows: Sequence[Claimed]) -> Sequence[Sequence[Claimed]]:
        most = context.settings.portone_batch
        if most < 2 or Generation.V1 not in context.gateways or context.batch_pauses[job].active:
            return ()
        suitable = [row for row in rows if question_of(row) is not None]
        groups = [suitable[start : start + most] for start in range(0, len(suitable), most)]
        return [group for group in groups if len(group) > 1]

    def ask(context: WorkerContext, rows: Sequence[Claimed]) -> Mapping[Claimed, Answer]:
        questions = {row: question for row in rows if (question := question_of(row)) is not None}
        found = _settled(context, list(questions.values()))
        if not found:
            # The call was one too many. Forged webhooks, or an outage, cause few of those.
            context.batch_pauses[job].start()
        return {row: found[question.order_id] for row, question in questions.items() if question.order_id in found}

    return BatchCall(batches, ask)


def _settled(context: WorkerContext, questions: Sequence[Question]) -> Mapping[str, Settled]:
    """The orders that one call settles. Raises GatewayError where a call about a single order would fail as well."""
    gateway = context.gateway(Generation.V1)
    if not isinstance(gateway, BatchGateway):
        return {}
    seconds = context.settings.longest_batch_call.total_seconds()
    try:
        answer = gateway.several([question.order_id for question in questions], seconds)
    except (AccessRefused, Throttled):
        raise
    except GatewayError as error:
        about = {"error": error.message, "orders": len(questions), "next": "asked about one by one"}
        log.warning("batch_failed", extra=about)
        return {}
    if unasked := decision.unasked(questions, answer):
        about = {"merchant_uid": unasked[0].order_id, "payments": len(unasked)}
        log.error("portone_answered_for_another_order", extra=about)
    return decision.settled(questions, answer, context.settings.policy.environment)
