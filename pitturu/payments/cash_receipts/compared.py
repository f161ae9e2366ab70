"""A comparison found that a cash receipt differs at PortOne: our row is settled accordingly, without a request."""

from pitturu.domain import clock
from pitturu.domain.cash_receipts import ProviderReceipt, ReceiptStage
from pitturu.domain.cause import CauseKind
from pitturu.domain.decision.cash_receipt import ReceiptChange, changes_of
from pitturu.domain.decision.receipt_comparison import ReceiptDifference, ReceiptKind
from pitturu.payments.cash_receipts import change_events
from pitturu.store.cash_receipts import CashReceipt
from pitturu.store.history import Payment
from pitturu.store.sessions import PaymentSession
from pitturu.store.unit_of_work import UnitOfWork


def settle(
    work: UnitOfWork,
    session: PaymentSession,
    payment: Payment,
    row: CashReceipt,
    theirs: ProviderReceipt | None,
    difference: ReceiptDifference,
) -> None:
    """Take PortOne's receipt over, or list ours for operators. The caller holds the lock of the session."""
    known = row.valid_number
    row.check(clock.now())
    if difference.kind is ReceiptKind.UNKNOWN and not difference.taken_over:
        # Ours may still be valid besides: an operator sees which of them is to stay.
        happened: tuple[ReceiptChange, ...] = (ReceiptChange.DIFFERS,)
        row.settle(ReceiptStage.DIFFERS, difference.words)
    else:
        stage = ReceiptStage.ISSUED if difference.taken_over else ReceiptStage.DIFFERS
        row.show(theirs)
        row.kept = payment.remaining
        row.settle(stage, None if difference.taken_over else difference.words)
        happened = changes_of(known, theirs, stage)
    change_events.write(work, session, payment, row, happened, CauseKind.COMPARISON)
