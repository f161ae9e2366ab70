"""What a comparison does about a difference: it is written down, and the session is made due, so that a worker asks.

No status is written here. A worker asks PortOne and the one road applies the answer, under the session's lock, as it
does for a webhook. Findings are written once however often a page is read, so that nothing is asked about twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from pitturu.config.settings import Settings
from pitturu.domain import clock
from pitturu.domain.cause import Cause, CauseKind, EventKind, Origin
from pitturu.domain.jobs import JobName
from pitturu.domain.provider import PayMethod, ProviderPayment
from pitturu.domain.provider_listing import UnknownPaymentPolicy
from pitturu.domain.verdict import Environment
from pitturu.payments import timeline
from pitturu.payments.cancellations import unknown_orders
from pitturu.reconciliation import differences
from pitturu.reconciliation.differences import Difference
from pitturu.store import orders, reconciliation_ours, reconciliation_rows
from pitturu.store.cancellations import Cancellation
from pitturu.store.reconciliations import Finding, FindingState, Kind, ReconciliationRun
from pitturu.store.unit_of_work import UnitOfWork

MOST_REFUNDS: Final = 20
"""Unknown payments that one comparison gives back. More than these are no accident: another system shares the account,
or our database was restored from an old backup. Then a person has to look before any money moves."""

MOST_LISTED: Final = 1000
"""Findings of one kind that nothing is done about; beyond these they are only counted."""

PATIENCE: Final = timedelta(minutes=5)
"""How long a comparison waits for the last answer that it asked for."""

SOON: Final = timedelta(minutes=2)
"""A session that is due within this time is being asked about, or will be: longer than any lease by default."""


@dataclass(frozen=True)
class Found:
    """A difference, PortOne's names of the payment, and the session that it belongs to."""

    difference: Difference
    generation: str
    provider_id: str
    order_id: str
    session_key: UUID


def write_down(
    work: UnitOfWork, comparison: ReconciliationRun, differences_found: Sequence[Found], settings: Settings
) -> None:
    """Note differences, and have PortOne asked about their sessions, unless the comparison is only to look."""
    if comparison.heal:
        work.lock_sessions({one.session_key for one in differences_found})
    for one in differences_found:
        finding = _note(
            work,
            comparison,
            one.generation,
            one.provider_id,
            one.order_id,
            kind=one.difference.kind,
            state=FindingState.ASKED if comparison.heal else FindingState.OPEN,
            session_key=one.session_key,
            ours=one.difference.ours,
            theirs=one.difference.theirs,
            amount=one.difference.amount,
            words=one.difference.message,
        )
        if finding is not None and comparison.heal:
            _ask_about(work, comparison, finding, one.session_key, settings)


def unknown(
    work: UnitOfWork, comparison: ReconciliationRun, generation: str, payment: ProviderPayment, settings: Settings
) -> None:
    """Money of ours, by its channel, for an order number that we never issued: kept for a person, or given back."""
    left = payment.amount - payment.cancelled_amount
    real = payment.sandbox == (settings.portone_environment == Environment.TEST)
    if not payment.money_came or left <= 0 or not real:
        return
    refund, words = _refunded(work, comparison, generation, payment, settings)
    _note(
        work,
        comparison,
        generation,
        payment.provider_id,
        payment.order_id,
        kind=Kind.UNKNOWN,
        state=FindingState.ASKED if refund else FindingState.OPEN,
        theirs=str(payment.status),
        amount=left,
        words=words,
        cancellation_key=refund.id if refund else None,
    )


def _refunded(
    work: UnitOfWork, comparison: ReconciliationRun, generation: str, payment: ProviderPayment, settings: Settings
) -> tuple[Cancellation | None, str]:
    """The refund that begins now, where the policy says so, and what is to be said about this payment.

    A refund that ran out of tries begins anew when a comparison finds that its money is still there.
    """
    if settings.unknown_payment is UnknownPaymentPolicy.KEEP or not comparison.heal:
        return None, "We never issued this order number. Another system on this PortOne account, or refund it there."
    begun = reconciliation_rows.refund_of(payment.provider_id)
    if begun is not None and begun.dead_at is not None:
        begun.make_due()
        work.wake(JobName.CANCEL)
    if begun is not None:
        return None, "We never issued this order number. An earlier comparison has begun to refund it."
    if payment.pay_method == PayMethod.VBANK:
        return None, "We never issued this order number. A deposit needs an account: refund it in PortOne's console."
    if reconciliation_rows.refunds_begun(comparison.id) >= MOST_REFUNDS:
        return None, f"Nothing is refunded beyond {MOST_REFUNDS} unknown payments: look whose they are."
    cause = Cause(CauseKind.COMPARISON, Origin.SYSTEM, None, clock.now(), comparison.request_id)
    refund = unknown_orders.begin_refund(work, generation, payment, cause)
    return refund, "We never issued this order number. The money goes back, once."


def unannounced(work: UnitOfWork, comparison: ReconciliationRun) -> None:
    """Money that moved in the window and of which no webhook came. We know of it, so there is nothing to heal."""
    silent = [
        *reconciliation_ours.unannounced_payments(comparison, MOST_LISTED),
        *reconciliation_ours.unannounced_cancels(comparison, MOST_LISTED),
    ]
    for one in silent:
        moved = "cancel" if one.what else "payment"
        _note(
            work,
            comparison,
            one.generation,
            one.provider_id,
            one.order_id,
            kind=Kind.WEBHOOK_MISSING,
            state=FindingState.HEALED,
            what=one.what,
            session_key=one.session_key,
            theirs=moved,
            amount=one.amount,
            words=f"No webhook reported this {moved} of {one.at.isoformat()}. It became known in another way.",
            settled_at=clock.now(),
        )


def settled(comparison: ReconciliationRun, began: datetime, settings: Settings) -> bool:
    """Look what became of all that was asked about since `began`; whether nothing is waited for any more."""
    given_up = clock.now() >= max(began, _turn(comparison, settings)) + PATIENCE
    waiting, after = reconciliation_rows.refunds_under_way(comparison.id) and not given_up, 0
    while rows := reconciliation_rows.asked(comparison.id, after, 500):
        after = rows[-1].number
        ours = reconciliation_ours.payments({row.provider_id for row in rows})
        for finding in rows:
            payment, _ = ours.get(finding.provider_id, (None, None))
            if differences.agrees(finding.kind, finding.ours, finding.theirs, payment):
                finding.state, finding.settled_at = FindingState.HEALED, clock.now()
            elif given_up or _has_heard(finding):
                finding.state, finding.settled_at = FindingState.OPEN, clock.now()
            else:
                waiting = True
    return not waiting


def _has_heard(finding: Finding) -> bool:
    """Whether PortOne's answer has been applied to the session since: then this difference does not heal by itself."""
    session = orders.by_order(finding.order_id)
    if session is None or finding.asked_version is None:
        return True
    soon = session.due_at is not None and (session.due_at <= clock.now() + SOON or session.last_error is not None)
    return session.version > finding.asked_version and not soon


def _note(
    work: UnitOfWork,
    comparison: ReconciliationRun,
    generation: str,
    provider_id: str,
    order_id: str,
    *,
    kind: Kind,
    **values: object,
) -> Finding | None:
    """The finding as a row; None when it is there already, or when too many of its kind are."""
    quiet = values["state"] != FindingState.ASKED
    if quiet and comparison.counts.get(kind, 0) >= MOST_LISTED:
        return None
    names = {"generation": generation, "provider_id": provider_id, "order_id": order_id}
    about = {"comparison_key": comparison.id, "kind": kind}
    row = reconciliation_rows.add_finding(work, {**about, **names, "found_at": clock.now(), **values})
    if row is not None:
        comparison.counts = {**comparison.counts, kind: comparison.counts.get(kind, 0) + 1}
    return row


def _ask_about(
    work: UnitOfWork, comparison: ReconciliationRun, finding: Finding, session_key: UUID, settings: Settings
) -> None:
    """Make the session due, unless it is already to be verified, or its amount is still to be registered."""
    session = work.lock_session(session_key)
    cause = Cause(CauseKind.COMPARISON, Origin.PORTONE, None, clock.now(), comparison.request_id)
    difference = f"{finding.kind}: {finding.ours or 'nothing'} here, {finding.theirs or 'nothing'} at PortOne"
    timeline.write(work, session, cause, EventKind.COMPARED, detail=difference[:500])
    busy = session.due_at is not None and session.dead_at is None and session.next_job != JobName.EXPIRE
    if not busy:
        session.plan(JobName.EXPIRE, max(clock.now(), _turn(comparison, settings)))
        session.request_id = comparison.request_id or session.request_id
        work.wake(JobName.EXPIRE)
    work.session.flush()
    finding.asked_version = session.version


def _turn(comparison: ReconciliationRun, settings: Settings) -> datetime:
    """When the session that was found last is asked about: one after the other, at the rate of the comparison."""
    asked = sum(count for kind, count in comparison.counts.items() if kind not in (Kind.UNKNOWN, Kind.WEBHOOK_MISSING))
    return comparison.created_at + (asked - 1) * timedelta(seconds=1) / settings.comparison_rate
