"""An operator has a cash receipt issued again, or issued for a buyer who asked for one after the payment."""

from pitturu.config.settings import Settings
from pitturu.domain import clock
from pitturu.domain.cash_receipts import CASH_METHODS, NEEDS_OPERATOR, ReceiptPurpose, WantedReceipt
from pitturu.domain.errors import Conflict
from pitturu.payments.cash_receipts import money_moved
from pitturu.payments.cash_receipts.rows import JOB
from pitturu.store import cash_receipts
from pitturu.store.cash_receipts import CashReceipt
from pitturu.store.history import Payment
from pitturu.store.sessions import PaymentSession
from pitturu.store.unit_of_work import UnitOfWork


def issue_again(
    work: UnitOfWork,
    session: PaymentSession,
    wanted: WantedReceipt | None,
    settings: Settings,
    request_id: str | None,
) -> CashReceipt:
    """Have PortOne asked now which receipt there is, and what differs corrected, whatever the setting says.

    `wanted` replaces whom it is for. The caller has locked the session. Raises Conflict for an order that was not paid
    by bank transfer or virtual account or has no money left, one whose receipt is in order or under way, and one that
    nobody wants a receipt for.
    """
    payment = next((one for one in work.payments_of(session.id).values() if one.accepted), None)
    if payment is None or payment.pay_method not in CASH_METHODS:
        raise Conflict("no_cash_payment", "Cash receipts are for paid bank transfers and virtual accounts only.")
    row = cash_receipts.of_session(session.id, lock=True)
    if row is not None and row.stage not in NEEDS_OPERATOR and row.dead_at is None:
        raise Conflict("receipt_in_order", f"The cash receipt is {row.stage}: nothing is to be done about it.")
    if wanted is not None and wanted.purpose is not ReceiptPurpose.NONE:
        for name, value in cash_receipts.columns_of(wanted).items():
            setattr(session, name, value)
    return _new(work, session, payment, settings, request_id) if row is None else _again(work, session, row, request_id)


def _new(
    work: UnitOfWork, session: PaymentSession, payment: Payment, settings: Settings, request_id: str | None
) -> CashReceipt:
    if not payment.remaining:
        raise Conflict("no_cash_payment", "All of the money went back: there is nothing to issue a receipt about.")
    if not money_moved.is_wanted(session, payment, settings):
        raise Conflict("receipt_not_wanted", "The buyer gave no number. Send purpose and identifier.")
    return money_moved.add(work, session, payment, request_id)


def _again(work: UnitOfWork, session: PaymentSession, row: CashReceipt, request_id: str | None) -> CashReceipt:
    row.force, row.self_issued = True, not money_moved.asked_for(session)
    row.sent = None if row.stage in NEEDS_OPERATOR else row.sent
    row.check(clock.now(), request_id)
    work.wake(JOB)
    return row
