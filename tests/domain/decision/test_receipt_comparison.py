"""What differs between our record of a cash receipt and PortOne's."""

from dataclasses import replace

import pytest

from pitturu.domain.cash_receipts import ProviderReceipt, ReceiptStage
from pitturu.domain.decision.cash_receipt import ReceiptCorrection
from pitturu.domain.decision.receipt_comparison import OurReceipt, ReceiptKind, compare, of_unknown_order

S, K, C = ReceiptStage, ReceiptKind, ReceiptCorrection
OURS, THEIRS = OurReceipt(S.ISSUED, "1", 10_000, False), ProviderReceipt("1", 10_000)
OTHER, GONE, MARK = replace(THEIRS, number="2"), replace(THEIRS, cancelled=True), ProviderReceipt("", None)
PARTLY, NONE = replace(OURS, kept=6_000, refunded=True), OurReceipt(None, None, 10_000, False)
BACK = OurReceipt(S.CANCELLED, "1", 0, True)


@pytest.mark.parametrize(
    ("ours", "theirs", "kind"),
    [
        (OURS, THEIRS, None),
        (OURS, MARK, None),
        (OURS, None, K.MISSING),
        (OURS, GONE, K.CANCELLED),
        (OURS, OTHER, K.UNKNOWN),
        (OURS, replace(OTHER, cancelled=True), None),
        (PARTLY, THEIRS, K.AMOUNT),
        (BACK, GONE, None),
        (BACK, None, None),
        (BACK, THEIRS, K.UNKNOWN),
        (NONE, None, None),
        (NONE, GONE, None),
        (NONE, THEIRS, K.UNKNOWN),
        (replace(OURS, stage=S.FAILED, number=None), THEIRS, K.UNKNOWN),
        (replace(OURS, stage=S.DIFFERS), replace(THEIRS, amount=9_000), None),
        (replace(OURS, stage=S.DIFFERS), GONE, None),
        *((replace(OURS, stage=stage), None, None) for stage in (S.CHECKING, S.ISSUING, S.CANCELLING)),
    ],
)
def test_what_differs(ours: OurReceipt, theirs: ProviderReceipt | None, kind: ReceiptKind | None) -> None:
    found = compare(ours, theirs, C.REPORT, manual=True, latest=False)
    assert (found and found.kind) == kind
    assert found is None or found.taken_over == (ours.stage is S.FAILED)


def test_what_the_pg_does_by_itself_is_as_it_has_to_be() -> None:
    """It issues a receipt with the payment, and corrects it where the shop says so."""
    assert compare(NONE, THEIRS, C.REPORT, manual=False, latest=False) is None
    after_refund = compare(replace(NONE, kept=0), THEIRS, C.REPORT, manual=False, latest=False)
    assert after_refund is not None
    assert (after_refund.kind, after_refund.ours, after_refund.theirs) == (K.AMOUNT, "0", "10000")
    assert compare(PARTLY, THEIRS, C.PG, manual=True, latest=False) is None
    assert compare(OURS, replace(THEIRS, amount=1), C.PG, manual=True, latest=False) is not None


def test_an_older_one_counts_if_portone_has_no_newer_one() -> None:
    older = replace(OTHER, cancelled=True)
    found = compare(OURS, older, C.REPORT, manual=True, latest=True)
    assert found is not None
    assert found.kind is K.CANCELLED


def test_orders_that_we_never_issued() -> None:
    found = of_unknown_order(THEIRS)
    assert found is not None
    assert (found.kind, found.amount) == (K.UNKNOWN, 10_000)
    assert of_unknown_order(GONE) is None
