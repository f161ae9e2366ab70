"""What becomes of a receipt, from what is kept and what PortOne shows."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from pitturu.domain.cash_receipts import ProviderReceipt, ReceiptStage
from pitturu.domain.decision.cash_receipt import (
    REPEAT_AFTER,
    ReceiptChange,
    ReceiptCorrection,
    ReceiptFacts,
    changes_of,
    decide_receipt,
)

NOW = datetime(2026, 12, 1, 3, 0, tzinfo=UTC)
S, C = ReceiptStage, ReceiptCorrection
VALID, OLD = ProviderReceipt("1", 10_000), ProviderReceipt("1", 10_000, cancelled=True)
BY_PG = ProviderReceipt("", None, cancellable=False)
FACTS = ReceiptFacts(10_000, False, None, "html5_inicis", C.REPORT)
PARTLY = replace(FACTS, kept=6_000, refunded=True, found=VALID)
GONE = replace(FACTS, kept=0, refunded=True, found=VALID)


@pytest.mark.parametrize(
    ("facts", "stage"),
    [
        (FACTS, S.ISSUING),
        (replace(FACTS, found=OLD), S.ISSUING),
        (replace(FACTS, found=VALID), S.ISSUED),
        (replace(FACTS, found=BY_PG), S.ISSUED),
        (replace(FACTS, found=VALID, refusal="already issued", sent=S.ISSUING), S.ISSUED),
        (replace(FACTS, refusal="no", sent=S.ISSUING), S.FAILED),
        (replace(FACTS, refusal="cancelled before", sent=S.CANCELLING), S.ISSUING),
        (replace(FACTS, sent=S.ISSUING, sent_at=NOW), S.CHECKING),
        (replace(FACTS, sent=S.ISSUING, sent_at=NOW - REPEAT_AFTER), S.ISSUING),
        (PARTLY, S.DIFFERS),
        (replace(PARTLY, force=True), S.CANCELLING),
        (replace(PARTLY, correction=C.REISSUE), S.CANCELLING),
        (replace(PARTLY, pg_provider="KSNET"), S.CANCELLING),
        (replace(PARTLY, correction=C.PG), S.ISSUED),
        (replace(PARTLY, correction=C.PG, force=True), S.CANCELLING),
        (replace(PARTLY, found=BY_PG, correction=C.REISSUE), S.DIFFERS),
        (replace(PARTLY, found=replace(VALID, amount=6_000)), S.ISSUED),
        (GONE, S.CANCELLING),
        (replace(GONE, sent=S.CANCELLING, sent_at=NOW - timedelta(minutes=1)), S.CHECKING),
        (replace(GONE, sent=S.CANCELLING, sent_at=NOW, refusal="no"), S.FAILED),
        (replace(GONE, sent=S.ISSUING, sent_at=NOW), S.CANCELLING),
        (replace(GONE, found=OLD), S.CANCELLED),
        (replace(GONE, found=None), S.CANCELLED),
        (replace(GONE, found=BY_PG), S.DIFFERS),
        (replace(GONE, correction=C.PG), S.CANCELLED),
    ],
)
def test_decisions(facts: ReceiptFacts, stage: ReceiptStage) -> None:
    decision = decide_receipt(facts, NOW)
    assert decision.stage is stage
    assert (decision.due is None) == (stage in {S.ISSUED, S.CANCELLED, S.DIFFERS, S.FAILED})
    assert bool(decision.reason) == (stage in {S.DIFFERS, S.FAILED})


@pytest.mark.parametrize(
    ("known", "found", "stage", "happened"),
    [
        (None, VALID, S.ISSUED, "issued"),
        (None, BY_PG, S.ISSUED, "issued"),
        ("1", VALID, S.ISSUED, ""),
        ("", BY_PG, S.DIFFERS, "differs"),
        (None, None, S.ISSUING, ""),
        (None, OLD, S.FAILED, "failed"),
        ("1", OLD, S.CANCELLED, "cancelled"),
        ("1", None, S.ISSUING, "cancelled"),
        ("1", replace(VALID, number="2"), S.ISSUED, "cancelled issued"),
    ],
)
def test_what_has_happened_since_the_last_answer(
    known: str | None, found: ProviderReceipt | None, stage: ReceiptStage, happened: str
) -> None:
    assert changes_of(known, found, stage) == tuple(map(ReceiptChange, happened.split()))
