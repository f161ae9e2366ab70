"""Cash receipts through either of PortOne's APIs."""

from dataclasses import replace
from typing import Any

import pytest

from pitturu.domain.cash_receipts import (
    Identifier,
    IdentifierKind,
    ReceiptGateway,
    ReceiptOrder,
    ReceiptPurpose,
)
from pitturu.domain.errors import Reaction
from pitturu.portone import receipt_parse
from pitturu.portone.reading import Unreadable
from tests.fake_portone import PortOne
from tests.portone.generations import AMOUNT, Buyer, ref, refusal

PHONE = Identifier(IdentifierKind.PHONE, "01012345678")


def receipt_of(name: str, **changes: Any) -> ReceiptOrder:
    """A receipt about everything."""
    order = ReceiptOrder(
        ref(name), ReceiptPurpose.PERSONAL, PHONE, AMOUNT, "제주 감귤", channel_key="channel-key-inicis"
    )
    return replace(order, **changes)


def test_issued_once_and_cancelled(gateway: ReceiptGateway, buyer: Buyer, generation: str) -> None:
    name = buyer.pays(pay_method="trans")
    assert gateway.cash_receipt(ref(name)) is None
    gateway.issue_cash_receipt(receipt_of(name, tax_free=5_000, vat=945))
    found = gateway.cash_receipt(ref(name))
    assert found is not None
    assert (found.amount, found.cancelled, found.cancellable) == (AMOUNT, False, True)
    assert found.number
    assert found.url.startswith("https://")
    assert found.issued_at is not None
    (there,) = buyer.truth(name)["behind"]["cash_receipts"]
    assert (there["tax_free"], there["vat"]) == (5_000, 945)
    if generation == "v1":
        assert refusal(lambda: gateway.issue_cash_receipt(receipt_of(name))).reaction is Reaction.STOP
    else:
        gateway.issue_cash_receipt(receipt_of(name))
    gateway.cancel_cash_receipt(ref(name))
    gone = gateway.cash_receipt(ref(name))
    assert gone is not None
    assert (gone.number, gone.cancelled) == (found.number, True)
    assert refusal(lambda: gateway.cancel_cash_receipt(ref(name))).reaction is Reaction.STOP
    assert len(buyer.truth(name)["behind"]["cash_receipts"]) == 1


def test_issued_with_the_payment(gateway: ReceiptGateway, buyer: Buyer, generation: str) -> None:
    """V1 shows no receipt of the PG's own, only a mark."""
    buyer.portone.control("PATCH", "settings", {"cash_receipts": "with_payment"})
    found = gateway.cash_receipt(ref(buyer.deposits()))
    assert found is not None
    expected = (None, False) if generation == "v1" else (AMOUNT, True)
    assert (found.amount, found.cancellable) == expected


def test_refused(gateway: ReceiptGateway, buyer: Buyer, fresh_portone: PortOne) -> None:
    """Definitely, so that nothing is repeated: not paid, no cash, or a PG without receipts."""
    unpaid = buyer.takes_an_account()
    assert refusal(lambda: gateway.issue_cash_receipt(receipt_of(unpaid))).reaction is Reaction.STOP
    buyer.does("deposit", unpaid)
    fresh_portone.control("PATCH", "settings", {"cash_receipts": "unsupported"})
    error = refusal(lambda: gateway.issue_cash_receipt(receipt_of(unpaid)))
    assert error.reaction is Reaction.STOP
    assert PHONE.number not in str(error)


def test_a_lost_answer_is_asked_about(gateway: ReceiptGateway, buyer: Buyer) -> None:
    name = buyer.pays(pay_method="trans")
    buyer.portone.faults({"kind": "reset_after", "endpoint": "receipts.issue", "times": 1})
    error = refusal(lambda: gateway.issue_cash_receipt(receipt_of(name)))
    assert (error.reaction, gateway.cash_receipt(ref(name)) is not None) == (Reaction.ASK_FIRST, True)


@pytest.mark.parametrize("address", ["http://receipt.example/1", "javascript:alert(1)", "https:///1", 7, None])
def test_links_are_https(address: object) -> None:
    v1 = {"apply_num": "1", "amount": 1_000, "applied_at": 1, "receipt_url": address}
    v2 = {"status": "ISSUED", "issueNumber": "1", "amount": 1_000, "url": address}
    found = receipt_parse.v2(v2)
    assert found is not None
    assert (receipt_parse.v1(v1).url, found.url) == ("", "")


def test_an_absurd_amount_is_not_read() -> None:
    with pytest.raises(Unreadable):
        receipt_parse.v1({"apply_num": "1", "amount": -1})
    with pytest.raises(Unreadable):
        receipt_parse.v2({"status": "ISSUED", "amount": 10**15})
    assert receipt_parse.v2({"status": "ISSUE_FAILED"}) is None
