"""Money of a cash payment moved: its receipt has to follow. Called wherever PortOne's answers are applied."""

from collections.abc import Iterable

from pitturu.config.settings import Settings
from pitturu.domain import clock
from pitturu.domain.cash_receipts import CASH_METHODS, ReceiptPurpose
from pitturu.domain.cause import Cause
from pitturu.domain.decision import Effect
from pitturu.domain.decision.cash_receipt import PG_CORRECTS_WITHIN
from pitturu.domain.decision.effects import Accept, Money
from pitturu.payments.cash_receipts.rows import JOB
from pitturu.payments.loaded_order import LoadedOrder
from pitturu.store import cash_receipts
from pitturu.store.cash_receipts import CashReceipt
from pitturu.store.history import Payment
from pitturu.store.sessions import PaymentSession
from pitturu.store.unit_of_work import UnitOfWork


def follow(work: UnitOfWork, order: LoadedOrder, effects: Iterable[Effect], settings: Settings, cause: Cause) -> None:
    """Have the receipt of an order issued, or brought in line with what is kept, after these effects were written."""
    kinds = {type(effect) for effect in effects}
    payment = order.payments.get(order.session.imp_uid or "")
    if not kinds & {Accept, Money} or payment is None or not payment.accepted or payment.pay_method not in CASH_METHODS:
        return
    row = cash_receipts.of_session(order.session.id, lock=True)
    if row is None:
        if Accept in kinds and payment.remaining and is_wanted(order.session, payment, settings):
            add(work, order.session, payment, cause.request_id)
    elif row.kept != payment.remaining:
        row.kept = payment.remaining
        row.check(clock.now() + PG_CORRECTS_WITHIN, cause.request_id)


def add(work: UnitOfWork, session: PaymentSession, payment: Payment, request_id: str | None) -> CashReceipt:
    """The row of an order that has none, due now. One that its buyer did not ask for is self-issued."""
    row = CashReceipt(
        session_key=session.id,
        payment_key=payment.id,
        self_issued=not asked_for(session),
        kept=payment.remaining,
        due_at=clock.now(),
        request_id=request_id,
    )
    # The payment may be new as well, and the database wants it first.
    work.session.flush()
    work.session.add(row)
    work.wake(JOB)
    return row


def is_wanted(session: PaymentSession, payment: Payment, settings: Settings) -> bool:
    """Whether a receipt is to be issued: the buyer asked for it, or the law does."""
    return asked_for(session) or 0 < settings.cash_receipt_self_issue_from <= payment.amount


def asked_for(session: PaymentSession) -> bool:
    """Whether somebody is to get the receipt."""
    return session.cash_receipt_purpose not in (None, ReceiptPurpose.NONE)
