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
from pitturu.domain.decision.receipt_comparison import ReceiptDifference, ReceiptKind
from pitturu.domain.jobs import JobName
from pitturu.domain.pg_capabilities import account_required
from pitturu.domain.provider import ProviderPayment
from pitturu.domain.provider_listing import UnknownPaymentPolicy
from pitturu.domain.shop_events import ShopEventType
from pitturu.domain.verdict import Environment
from pitturu.payments import asking, shop_events, timeline
from pitturu.payments.cancellations import unknown_orders
from pitturu.reconciliation import differences
from pitturu.reconciliation.differences import Difference
from pitturu.store import orders, reconciliation_ours, reconciliation_rows
from pitturu.store.cancellations import Cancellation
from pitturu.store.history import Payment
from pitturu.store.reconciliation_ours import Subject
from pitturu.store.reconciliations import Finding, FindingState, Kind, ReconciliationRun
from pitturu.store.unit_of_work import UnitOfWork

MOST_REFUNDS: Final = 20
"""Unknown payments that one comparison gives back. More than these are no accident: another system shares the account,
or our database was restored from an old backup. Then a person has to look before any money moves."""

MOST_LISTED: Final = 1000
"""Findings of one kind that nothing is done about; beyond these they are only counted."""

GRACE_PERIOD: Final = timedelta(minutes=5)
"""How long a comparison waits for the last answer that it asked for."""

SOON: Final = timedelta(minutes=2)
"""A session that is due within this time is being asked about, or will be: longer than any lease by default."""


@dataclass(frozen=True)
class Findings:
    """Writes down what one step of a comparison finds, in the transaction of the step."""

    work: UnitOfWork
    run: ReconciliationRun
    settings: Settings

    def write_down(self, found: Sequence[tuple[Subject, Difference]]) -> None:
        """Note differences, and have PortOne asked about their sessions, unless the comparison is only to look."""
        state = FindingState.ASKED if self.run.heal else FindingState.OPEN
        keys = {subject.session_key for subject, _ in found}
        self.work.lock_sessions(keys)
        self.work.read_payments(keys)
        for subject, difference in found:
            finding = self._note(state=state, **vars(subject), **vars(difference))
            if finding is None:
                continue
            self._notify_shop(finding, subject.session_key)
            if self.run.heal:
                self._ask_about(finding, subject.session_key)

    def unknown(self, generation: str, payment: ProviderPayment) -> None:
        """Money of ours, by its channel, for an order number that we never issued: kept for a person, or given back."""
        left = payment.amount - payment.cancelled_amount
        real = payment.sandbox == (self.settings.portone_environment == Environment.TEST)
        if not payment.money_came or left <= 0 or not real:
            return
        refund, words = self._refunded(generation, payment)
        finding = self._note(
            kind=Kind.UNKNOWN,
            state=FindingState.ASKED if refund else FindingState.OPEN,
            generation=generation,
            provider_id=payment.provider_id,
            order_id=payment.order_id,
            theirs=str(payment.status),
            amount=left,
            words=words,
            cancellation_key=refund.id if refund else None,
        )
        if finding is not None:
            self._notify_shop(finding, None)

    def _refunded(self, generation: str, payment: ProviderPayment) -> tuple[Cancellation | None, str]:
        """The refund that begins now, where the policy says so, and what is to be said about this payment.

        A refund that ran out of tries begins anew when a comparison finds that its money is still there.
        """
        never = "We never issued this order number."
        if self.settings.unknown_payment is UnknownPaymentPolicy.KEEP or not self.run.heal:
            return None, f"{never} Another system on this PortOne account, or refund it there."
        begun = reconciliation_rows.refund_of(payment.provider_id)
        if begun is not None and begun.dead_at is not None:
            begun.make_due()
            self.work.wake(JobName.CANCEL)
        if begun is not None:
            return None, f"{never} An earlier comparison has begun to refund it."
        if account_required(payment.pg_provider, payment.pay_method, payment.paid_at, clock.now()):
            return None, f"{never} Its refund needs an account: refund it in PortOne's console."
        if reconciliation_rows.refunds_begun(self.run.id) >= MOST_REFUNDS:
            return None, f"Nothing is refunded beyond {MOST_REFUNDS} unknown payments: look whose they are."
        refund = unknown_orders.begin_refund(self.work, generation, payment, self._cause(Origin.SYSTEM))
        return refund, f"{never} The money goes back, once."

    def unannounced(self) -> None:
        """Money that moved in the window and of which no webhook came. We know of it, so there is nothing to heal."""
        for one in reconciliation_ours.unannounced(self.run, MOST_LISTED):
            moved = "cancel" if one.what else "payment"
            self._note(
                kind=Kind.WEBHOOK_MISSING,
                state=FindingState.HEALED,
                **vars(one.subject),
                what=one.what,
                theirs=moved,
                amount=one.amount,
                words=f"No webhook reported this {moved} of {one.at.isoformat()}. It became known in another way.",
                settled_at=clock.now(),
            )

    def receipt(
        self, generation: str, payment: Payment | None, order_id: str, difference: ReceiptDifference, number: str
    ) -> bool:
        """A cash receipt differs; whether this was new. Of one with another number it is another finding."""
        session_key = payment.session_key if payment else None
        healed = difference.taken_over and self.run.heal
        finding = self._note(
            kind=Kind(difference.kind),
            state=FindingState.HEALED if healed else FindingState.OPEN,
            generation=generation,
            provider_id=payment.imp_uid if payment else order_id,
            order_id=order_id,
            what=number,
            session_key=session_key,
            ours=difference.ours,
            theirs=difference.theirs,
            amount=difference.amount,
            words=difference.words,
            settled_at=clock.now() if healed else None,
        )
        if finding is not None:
            self._notify_shop(finding, session_key)
        return finding is not None

    def settled(self, began: datetime) -> bool:
        """Look what became of all that was asked about since `began`; whether nothing is waited for any more."""
        given_up = clock.now() >= max(began, self._turn()) + GRACE_PERIOD
        waiting, after = reconciliation_rows.refunds_under_way(self.run.id) and not given_up, 0
        while rows := reconciliation_rows.asked(self.run.id, after, 500):
            after = rows[-1].number
            ours = reconciliation_ours.payments({row.provider_id for row in rows})
            for finding in rows:
                if differences.agrees(finding.kind, finding.ours, finding.theirs, ours.get(finding.provider_id)):
                    finding.state, finding.settled_at = FindingState.HEALED, clock.now()
                elif given_up or _has_heard(finding):
                    finding.state, finding.settled_at = FindingState.OPEN, clock.now()
                else:
                    waiting = True
        return not waiting

    def _note(self, *, kind: Kind, state: FindingState, **values: object) -> Finding | None:
        """The finding as a row; None when it is there already, or when too many of its kind are."""
        count = self.run.counts.get(kind, 0)
        if state != FindingState.ASKED and count >= MOST_LISTED:
            return None
        about = {"comparison_key": self.run.id, "kind": kind, "state": state, "found_at": clock.now()}
        row = reconciliation_rows.add_finding(self.work, about | values)
        if row is not None:
            self.run.counts = {**self.run.counts, kind: count + 1}
        return row

    def _notify_shop(self, finding: Finding, session_key: UUID | None) -> None:
        """The event of a difference: of its session, or of an order number that we never issued."""
        session = payment = None
        if session_key is not None:
            session = self.work.lock_session(session_key)
            payment = self.work.payments_of(session_key).get(finding.provider_id)
        shop_events.write(
            self.work,
            ShopEventType.DISCREPANCY_FOUND,
            session,
            payment,
            session.state if session else None,
            order_number=finding.order_id,
            discrepancy={
                "comparison_id": self.run.comparison_id,
                "kind": finding.kind,
                "ours": finding.ours,
                "theirs": finding.theirs,
                "amount": finding.amount,
            },
        )

    def _ask_about(self, finding: Finding, session_key: UUID) -> None:
        """Make the session due, unless it is already to be verified, or its amount is still to be registered."""
        session = self.work.lock_session(session_key)
        difference = f"{finding.kind}: {finding.ours or 'nothing'} here, {finding.theirs or 'nothing'} at PortOne"
        cause = self._cause(Origin.PORTONE)
        timeline.write(self.work, session, cause, EventKind.COMPARED, detail=difference[:500])
        asking.ask_again(self.work, session, max(clock.now(), self._turn()), self.run.request_id)
        self.work.session.flush()
        finding.asked_version = session.version

    def _cause(self, origin: Origin) -> Cause:
        return Cause(CauseKind.COMPARISON, origin, None, clock.now(), self.run.request_id)

    def _turn(self) -> datetime:
        """When the session that was found last is asked about: one after the other, at the rate of the comparison."""
        not_asked = Kind.UNKNOWN, Kind.WEBHOOK_MISSING, *ReceiptKind
        asked = sum(count for kind, count in self.run.counts.items() if kind not in not_asked)
        return self.run.created_at + (asked - 1) * timedelta(seconds=1) / self.settings.comparison_rate


def _has_heard(finding: Finding) -> bool:
    """Whether PortOne's answer has been applied to the session since: then this difference does not heal by itself."""
    session = orders.by_order(finding.order_id)
    if session is None or finding.asked_version is None:
        return True
    soon = session.due_at is not None and (session.due_at <= clock.now() + SOON or session.last_error is not None)
    return session.version > finding.asked_version and not soon
