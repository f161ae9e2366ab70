"""How operators find, list, explain and replay cash receipts."""

from typing import Final

from pitturu.domain.cash_receipts import NEEDS_OPERATOR, ReceiptStage
from pitturu.domain.work import NextActor, Stuck
from pitturu.payments.explanations import Description, Waiting, waiting_for
from pitturu.payments.row_kinds import By, RowKind, note_replay
from pitturu.store import lookup
from pitturu.store.cash_receipts import CashReceipt
from pitturu.store.dead_letters import StuckCase
from pitturu.store.unit_of_work import UnitOfWork

JOB: Final = "payments.cash_receipt"


def _describe(row: CashReceipt, doing: str) -> Description:
    return Description(row.receipt_id, row.stage, row.changed_at, _waiting(row, doing))


def _waiting(row: CashReceipt, doing: str) -> Waiting:
    if row.stage == ReceiptStage.ISSUED:
        return Waiting("nothing: the cash receipt is issued", NextActor.NOBODY, "Nothing.")
    if row.stage == ReceiptStage.CANCELLED:
        return Waiting("nothing: all money went back, and no cash receipt is left", NextActor.NOBODY, "Nothing.")
    if row.stage in NEEDS_OPERATOR:
        again = "POST /api/v1/operations/payments/{id}/cash-receipt"
        todo = f"Issue or correct it in the PG's console and acknowledge this, or have it tried again with {again}."
        return Waiting(f"an operator: the cash receipt is not in order ({row.refusal})", NextActor.OPERATOR, todo)
    next_step = Waiting(f"its next step: {doing}", NextActor.WORKER, "Nothing: it is scheduled.")
    return waiting_for(row, doing, next_step)


def _replay(work: UnitOfWork, row: CashReceipt, by: By) -> list[str]:
    session = work.lock_session(row.session_key)
    work.session.refresh(row, with_for_update=True)
    if row.dead_at is None:
        return []
    note_replay(work, session, None, by, f"cash receipt {row.receipt_id}", row)
    row.make_due(by.request_id)
    work.wake(JOB)
    return [row.receipt_id]


CASH_RECEIPTS: Final = RowKind(
    name="cash_receipt",
    table=CashReceipt,
    find=lookup.by_columns(CashReceipt, CashReceipt.receipt_id),
    describe=_describe,
    needs_decision=(
        StuckCase(
            Stuck.CASH_RECEIPT,
            CashReceipt.changed_at,
            CashReceipt.stage.in_(NEEDS_OPERATOR),
            counted_as="cash_receipts_not_in_order",
        ),
    ),
    replay=_replay,
    lock_key=lambda receipt: receipt.session_key,
)
