"""What happens to a cash receipt becomes a line of the order's timeline and an event for the shop's server."""

from collections.abc import Iterable
from typing import Final

from pitturu.domain import clock
from pitturu.domain.cause import Cause, CauseKind, EventKind, Origin
from pitturu.domain.decision.cash_receipt import ReceiptChange
from pitturu.domain.shop_events import ShopEventType
from pitturu.payments import shop_events, timeline
from pitturu.store.cash_receipts import CashReceipt
from pitturu.store.history import Payment
from pitturu.store.sessions import PaymentSession
from pitturu.store.unit_of_work import UnitOfWork

_CHANGES: Final = {
    ReceiptChange.ISSUED: (EventKind.RECEIPT_ISSUED, ShopEventType.RECEIPT_ISSUED),
    ReceiptChange.CANCELLED: (EventKind.RECEIPT_CANCELLED, ShopEventType.RECEIPT_CANCELLED),
    ReceiptChange.FAILED: (EventKind.RECEIPT_FAILED, ShopEventType.RECEIPT_FAILED),
    ReceiptChange.DIFFERS: (EventKind.RECEIPT_DIFFERS, ShopEventType.RECEIPT_DIFFERS),
}


def write(
    work: UnitOfWork,
    session: PaymentSession,
    payment: Payment,
    row: CashReceipt,
    changes: Iterable[ReceiptChange],
    about: CauseKind = CauseKind.CASH_RECEIPT,
) -> None:
    """Write what happened. The caller holds the lock of the session, and `row` has what PortOne shows now."""
    for change in changes:
        kind, event = _CHANGES[change]
        refused = change in (ReceiptChange.FAILED, ReceiptChange.DIFFERS)
        words = [f"{row.amount} KRW" if row.amount is not None else "", row.number or ""]
        detail = row.refusal if refused else ", ".join(filter(None, words))
        cause = Cause(about, Origin.SYSTEM, None, clock.now(), row.request_id)
        timeline.write(work, session, cause, kind, payment, payment_key=payment.id, detail=detail or None)
        receipt = {"stage": row.stage, "amount": row.amount, "number": row.number}
        shop_events.write(work, event, session, payment, session.state, cash_receipt=receipt)
