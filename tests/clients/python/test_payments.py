"""A shop's server reads payments and refunds them."""

import pytest
from pitturu_client import Buyer, CancelLine, CancelStage, CartLine, InvalidValues, NothingLeft, Pitturu, RefundAccount
from pitturu_client.errors import RefundAccountNeeded

from pitturu.domain.cancellation import CancelStage as Known
from tests.shop import Shop


def test_a_part_and_then_the_rest_is_refunded(pitturu: Pitturu, shop: Shop) -> None:
    session = shop.paid(quantity=3)
    payment = pitturu.payments.get(session["payment_id"])
    assert (payment.status, payment.amount, payment.lines[0].owned) == ("paid", 30_000, 3)
    assert payment.timeline[0].to_status == "created"

    asked = pitturu.payments.cancel(payment.payment_id, reason="하나는 안 받을게요", quantity=1)
    assert [one.stage for one in asked.cancellations] == [CancelStage.REQUESTED]
    shop.drain()
    pitturu.payments.cancel(payment.payment_id, reason="전부 취소할게요")
    shop.drain()

    payment = pitturu.payments.get(payment.payment_id)
    assert (payment.status, payment.cancelled_amount) == ("cancelled", 30_000)
    with pytest.raises(NothingLeft):
        pitturu.payments.cancel(payment.payment_id, reason="한 번 더")
    shop.balance()


def test_a_line_of_a_cart_is_refunded(pitturu: Pitturu, shop: Shop) -> None:
    coffee, cup = shop.item(price=12_000, name="커피"), shop.item(price=5_000, name="컵")
    buyer = Buyer("김하나", "hana@example.org", "010-1234-5678")
    lines = [CartLine(2, coffee), CartLine(1, cup)]
    opened = pitturu.sessions.create(items=lines, buyer=buyer, generation="v1")
    assert ([line.item_name for line in opened.lines], opened.amount) == (["커피", "컵"], 29_000)
    shop.drain()
    session = shop.session({"session_id": opened.session_id})
    shop.verify(session, shop.pay(session))
    shop.drain()
    payment = pitturu.payments.get(shop.session(session)["payment_id"])
    returned = CancelLine(next(line.line_id for line in payment.lines if line.item_id == coffee), 1)

    asked = pitturu.payments.cancel(payment.payment_id, reason="하나는 안 받을게요", lines=[returned])

    (cancellation,) = asked.cancellations
    assert (cancellation.amount, cancellation.lines[0].quantity) == (12_000, 1)


def test_a_key_refunds_once(pitturu: Pitturu, shop: Shop) -> None:
    payment_id = shop.paid(quantity=3)["payment_id"]
    for _ in range(2):
        pitturu.payments.cancel(payment_id, reason="하나만 취소", quantity=1, idempotency_key="refund-7")

    assert len(pitturu.payments.get(payment_id).cancellations) == 1


def test_a_refund_to_an_account(pitturu: Pitturu, shop: Shop) -> None:
    session = shop.open(pay_method="vbank")
    attempt = shop.window(session)
    shop.act(attempt, "issue")
    shop.act(attempt, "deposit")
    shop.verify(session, attempt)
    shop.drain()
    payment_id = shop.session(session)["payment_id"]

    with pytest.raises(RefundAccountNeeded) as refused:
        pitturu.payments.cancel(payment_id, reason="취소")
    assert isinstance(refused.value, InvalidValues)
    assert "refund_account" in refused.value.errors
    account = RefundAccount(bank="088", number="110-123-456789", holder="김하나")
    asked = pitturu.payments.cancel(payment_id, reason="취소", refund_account=account)

    (cancellation,) = asked.cancellations
    assert cancellation.refund_account is not None
    assert cancellation.refund_account.number.endswith("6789")


def test_every_stage_is_known() -> None:
    assert {*CancelStage} == {*Known}
