"""Cash receipts in a comparison: those that PortOne lists (V2), and ours that it did not list, one by one.

Nothing is issued or cancelled here: what differs is listed for operators, and what they settled in a console is taken
over. V1 has no list, so it is asked about each receipt that was issued in the window, once.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pitturu.domain.cash_receipts import ProviderReceipt, ReceiptStage
from pitturu.domain.decision import receipt_comparison
from pitturu.domain.decision.receipt_comparison import OurReceipt, ReceiptDifference
from pitturu.domain.provider import Generation
from pitturu.domain.receipt_listing import ListedReceipt, Receipts
from pitturu.domain.verdict import Environment
from pitturu.payments.cash_receipts import compared
from pitturu.reconciliation.discrepancies import Findings
from pitturu.store import cash_receipts, orders, reconciliation_rows
from pitturu.store.cash_receipts import CashReceipt
from pitturu.store.history import Payment
from pitturu.store.reconciliation_ours import Subject


@dataclass(frozen=True)
class Shown:
    """What PortOne shows of the receipt of an order of ours. `manual` and `latest` are those of `compare`."""

    generation: str
    order_id: str
    session_key: UUID
    receipt: ProviderReceipt | None
    manual: bool = True
    latest: bool = False


@dataclass(frozen=True)
class Found:
    """A difference, with our rows."""

    shown: Shown
    payment: Payment
    row: CashReceipt | None
    difference: ReceiptDifference


def apply_listed(findings: Findings, asked_at: datetime, listed: Receipts) -> None:
    """Compare receipts that PortOne lists, of our kind of channel."""
    sandbox = findings.settings.portone_environment == Environment.TEST
    listed = tuple(one for one in listed if one.sandbox == sandbox)
    issued = orders.issued({one.order_id for one in listed})
    _sight(findings, listed)
    for one in listed:
        if one.order_id not in issued and (differs := receipt_comparison.of_unknown_order(one.receipt)):
            findings.receipt(Generation.V2, None, one.order_id, differs, one.receipt.number)
    ours = ((one, issued[one.order_id]) for one in listed if one.order_id in issued)
    shown = [Shown(session.generation, one.order_id, session.key, one.receipt, one.manual) for one, session in ours]
    _write_down(findings, asked_at, shown)


def apply_unlisted(findings: Findings, asked_at: datetime, subject: Subject, receipt: ProviderReceipt | None) -> None:
    """Compare a receipt that PortOne did not list with its answer."""
    shown = Shown(subject.generation, subject.order_id, subject.session_key, receipt, latest=True)
    _write_down(findings, asked_at, [shown])


def _write_down(findings: Findings, asked_at: datetime, shown: Sequence[Shown]) -> None:
    """Note differences, and settle our rows by them, unless the comparison is only to look."""
    work = findings.work
    keys = {found.shown.session_key for found in _differing(findings, asked_at, shown)}
    work.lock_sessions(keys)
    # Again, under the locks: money may have moved since.
    for found in _differing(findings, asked_at, [one for one in shown if one.session_key in keys]):
        one, row = found.shown, found.row
        number = one.receipt.number if one.receipt else ""
        noted = findings.receipt(one.generation, found.payment, one.order_id, found.difference, number)
        if noted and findings.run.heal and row is not None:
            session = work.lock_session(one.session_key)
            compared.settle(work, session, found.payment, row, one.receipt, found.difference)


def _differing(findings: Findings, asked_at: datetime, shown: Sequence[Shown]) -> Iterable[Found]:
    """What differs, but for rows that were changed after PortOne was asked."""
    ours = cash_receipts.of_orders({one.order_id for one in shown})
    for one in shown:
        payment, row = ours.get(one.order_id, (None, None))
        if payment is None or (row is not None and row.changed_at >= asked_at):
            continue
        known = OurReceipt(
            ReceiptStage(row.stage) if row else None,
            row.number if row else None,
            payment.remaining,
            payment.cancelled_amount > 0,
        )
        correction = findings.settings.cash_receipt_correction
        differs = receipt_comparison.compare(known, one.receipt, correction, manual=one.manual, latest=one.latest)
        if differs is not None:
            yield Found(one, payment, row, differs)


def _sight(findings: Findings, listed: Sequence[ListedReceipt]) -> None:
    """Note which of our receipts PortOne listed: the others are asked about."""
    ours = cash_receipts.of_orders({one.order_id for one in listed})
    rows = ((ours.get(one.order_id, (None, None))[1], one.receipt.number) for one in listed)
    names = {row.receipt_id for row, number in rows if row is not None and row.number == number}
    reconciliation_rows.sight(findings.work, findings.run.id, names)
