"""The lists that a comparison walks, one after the other: the call of each step, and how its answer is applied.

First PortOne's lists, which show what is missing or different here; then our payments that PortOne did not list. It is
asked about each of these, since it may list them under another day. The same with cash receipts. Every step makes one
call, or two about a cash receipt that PortOne does not know.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, cast
from uuid import UUID

from pitturu.config.settings import Settings
from pitturu.domain import clock
from pitturu.domain.cash_receipts import ProviderReceipt
from pitturu.domain.errors import GatewayError, Reaction
from pitturu.domain.provider import Generation, PaymentRef, ProviderPayment
from pitturu.domain.provider_listing import EventFeed, Events, Page, PaymentList, Payments
from pitturu.domain.receipt_listing import ReceiptList, Receipts
from pitturu.domain.verdict import Environment
from pitturu.payments.handlers import WorkerContext
from pitturu.reconciliation import differences, receipts
from pitturu.reconciliation.differences import Difference
from pitturu.reconciliation.discrepancies import Findings
from pitturu.store import orders, reconciliation_ours, reconciliation_rows
from pitturu.store.reconciliation_ours import Subject, Unlisted
from pitturu.store.reconciliations import Kind, ReconciliationRun, Scope, Walk

SIZE: Final = 100
"""Payments on a page: far below PortOne's limit, and small enough for our limit of the size of an answer."""

Answer = tuple[Payments, str] | tuple[Events, str] | tuple[Receipts, str] | ProviderPayment | ProviderReceipt | None


@dataclass(frozen=True)
class Step:
    """One step of a comparison. `page` is of PortOne's lists, `unlisted` a payment or receipt of ours to ask about."""

    key: UUID
    until: datetime
    walk: Walk
    asked_at: datetime
    pause: float
    page: Page | None
    unlisted: Unlisted | None
    request_id: str | None
    session_key: None = None

    @property
    def calls(self) -> bool:
        """Whether this step calls PortOne."""
        return self.page is not None or self.unlisted is not None


def of(scope: str, generations: str) -> tuple[Walk, ...]:
    """The walks of a comparison, in order."""
    if scope == Scope.WEBHOOKS:
        return (Walk.WEBHOOKS, Walk.END)
    v1 = (Walk.V1_PAYMENTS,) if Generation.V1 in generations.split() else ()
    v2 = (Walk.V2_PAYMENTS, Walk.V2_EVENTS) if Generation.V2 in generations.split() else ()
    receipts = (Walk.V2_RECEIPTS,) if v2 else ()
    return (*v1, *v2, Walk.OURS, *receipts, Walk.RECEIPTS, Walk.SETTLE, Walk.WEBHOOKS, Walk.END)


def page(comparison: ReconciliationRun) -> Page | None:
    """The next page of PortOne's list that is being walked; None in another kind of walk."""
    if comparison.walk not in (Walk.V1_PAYMENTS, Walk.V2_PAYMENTS, Walk.V2_EVENTS, Walk.V2_RECEIPTS):
        return None
    return Page(comparison.since, comparison.until, comparison.cursor, SIZE)


def unlisted(comparison: ReconciliationRun, settings: Settings) -> Unlisted | None:
    """The next payment or receipt of ours to ask about; None if there is none, or in another kind of walk."""
    if comparison.walk not in (Walk.OURS, Walk.RECEIPTS):
        return None
    at, _, key = comparison.cursor.partition(" ")
    after = (datetime.fromisoformat(at), UUID(key)) if key else None
    sandbox = settings.portone_environment == Environment.TEST
    if comparison.walk == Walk.RECEIPTS:
        return reconciliation_ours.next_unlisted_receipt(comparison, sandbox, after)
    return reconciliation_ours.next_unlisted(comparison, sandbox, after)


def ask(context: WorkerContext, step: Step) -> Answer:
    """Make the call of this step. Raises GatewayError."""
    if step.unlisted is not None:
        subject = step.unlisted.subject
        gateway, ref = context.gateway(subject.generation), PaymentRef(subject.provider_id, subject.order_id)
        return gateway.cash_receipt(ref) if step.walk is Walk.RECEIPTS else gateway.payment(ref)
    if step.page is None:
        return None
    if step.walk is Walk.V1_PAYMENTS:
        return cast(PaymentList, context.gateway(Generation.V1)).payments(step.page)
    if step.walk is Walk.V2_RECEIPTS:
        return cast(ReceiptList, context.gateway(Generation.V2)).receipts(step.page)
    feeds = cast(EventFeed, context.gateway(Generation.V2))
    answer = feeds.payments(step.page) if step.walk is Walk.V2_PAYMENTS else feeds.events(step.page)
    if answer[1] and answer[1] == step.page.cursor:
        raise GatewayError(
            Reaction.CALL_HUMAN, "PortOne's list returns the same cursor again. It is tried again, slowly."
        )
    return answer


def apply_answer(
    findings: Findings, step: Step, answer: tuple[Payments, str] | tuple[Events, str] | tuple[Receipts, str]
) -> None:
    """Apply a page of PortOne's lists: save its differences, and continue after it."""
    entries, cursor = answer
    last: datetime | None = None
    if step.walk is Walk.V2_EVENTS:
        events = cast(Events, entries)
        findings.write_down(_event_differences(findings.run, events))
        last = events[-1].at if events else None
    elif step.walk is Walk.V2_RECEIPTS:
        listed = cast(Receipts, entries)
        receipts.apply_listed(findings, step.asked_at, listed)
        last = listed[-1].receipt.issued_at if listed else None
    else:
        payments = cast(Payments, entries)
        _compare_payments(findings, step, payments)
        last = payments[-1].started_at if payments else None
    run = findings.run
    advance(run, cursor, ((last or run.since) - run.since) / (run.until - run.since))


def _compare_payments(findings: Findings, step: Step, payments: Payments) -> None:
    """Compare payments that PortOne lists."""
    generation = Generation.V1 if step.walk is Walk.V1_PAYMENTS else Generation.V2
    issued = orders.issued({one.order_id for one in payments})
    names = {one.provider_id for one in payments}
    ours = reconciliation_ours.payments(names)
    findings.run.listed += reconciliation_rows.sight(findings.work, findings.run.id, names)
    found = []
    for one in payments:
        session = issued.get(one.order_id)
        if session is None:
            findings.unknown(generation, one)
        elif session.generation == generation:
            # V2's lists include V1's payments, which are compared through V1.
            subject = Subject(generation, one.provider_id, one.order_id, session.key)
            found += [(subject, each) for each in differences.between(ours.get(one.provider_id), one, step.asked_at)]
    findings.write_down(found)


def _event_differences(run: ReconciliationRun, events: Events) -> list[tuple[Subject, Difference]]:
    """Differences by movements of money, also of payments that were opened before the window and so not listed."""
    names = {one.provider_id for one in events}
    issued = orders.issued({one.order_id for one in events})
    seen, ours = reconciliation_rows.sighted(run.id, names), reconciliation_ours.payments(names)
    found = []
    for one in events:
        session = issued.get(one.order_id)
        if session is None or session.generation != Generation.V2 or one.provider_id in seen:
            continue
        differs = differences.with_event(ours.get(one.provider_id), one)
        if differs is not None:
            found.append((Subject(Generation.V2, one.provider_id, one.order_id, session.key), differs))
    return found


def apply_unlisted(
    findings: Findings, step: Step, one: Unlisted, answer: ProviderPayment | ProviderReceipt | None
) -> None:
    """Compare what PortOne did not list with its answer. V2 may return another attempt of the order."""
    if step.walk is Walk.RECEIPTS:
        receipts.apply_unlisted(findings, step.asked_at, one.subject, cast(ProviderReceipt | None, answer))
        return
    payment = cast(ProviderPayment | None, answer)
    name = one.subject.provider_id
    differ: Iterable[Difference] = ()
    if payment is None:
        words = "PortOne does not know this payment. Look it up in PortOne's console: is it of another account?"
        differ = [Difference(Kind.MISSING_THERE, "paid", "", 0, words)]
    elif payment.provider_id == name:
        differ = differences.between(reconciliation_ours.payments([name]).get(name), payment, step.asked_at)
    findings.write_down([(one.subject, each) for each in differ])


def advance(comparison: ReconciliationRun, cursor: str, fraction: float = 1.0) -> None:
    """Continue at `cursor`, or with the next walk if it is empty. `fraction` of this walk is done."""
    walks = of(comparison.scope, comparison.generations)
    index = walks.index(Walk(comparison.walk))
    if not cursor:
        index, fraction = index + 1, 0.0
        comparison.walk = walks[index]
        cursor = clock.now().isoformat() if comparison.walk == Walk.SETTLE else ""
    comparison.cursor = cursor
    comparison.progress = round(100 * (index + min(max(fraction, 0.0), 1.0)) / (len(walks) - 1))
