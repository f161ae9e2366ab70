"""V2's confirm process: the shop is asked before the approval, and may refuse."""

import pytest

from tests.portone_simulator.clients import Shop, open_shop
from tests.portone_simulator.v2.clients import OLD, V2SimulatorClient, open_receiver


def test_the_shop_is_asked_with_a_signed_question(simulator: V2SimulatorClient) -> None:
    with open_receiver() as receiver:
        simulator.settings(v2_webhook_secrets=OLD)
        payment_id, transaction_id = simulator.order("approve", amount=1000, confirm_url=receiver.url)
    (asked,) = receiver.posted

    data = {"paymentId": payment_id, "transactionId": transaction_id, "totalAmount": 1000}
    assert asked.body == {"type": "Transaction.Confirm", "timestamp": asked.body["timestamp"], "data": data}
    assert asked.genuine(OLD)
    assert simulator.found(f"/payments/{payment_id}")["status"] == "PAID"


def test_the_former_version(simulator: V2SimulatorClient, shop: Shop) -> None:
    simulator.settings(v2_webhook_version="2024-01-01", webhook_url=None)
    payment_id, transaction_id = simulator.order("approve", amount=1000, confirm_url=shop.url)

    expected = {"payment_id": payment_id, "tx_id": transaction_id, "total_amount": 1000}
    assert [each["body"] for each in shop.received] == [expected]


@pytest.mark.parametrize(
    ("status", "body", "message"),
    [
        (409, {"errorMessage": "재고가 없습니다."}, "재고가 없습니다."),
        (500, {"reason": "재고가 없습니다."}, "알 수 없음"),
        (204, {}, "알 수 없음"),
    ],
)
@pytest.mark.parametrize(("method", "move"), [("card", "approve"), ("vbank", "issue"), ("card", "pend")])
def test_the_shop_may_refuse(
    simulator: V2SimulatorClient, method: str, move: str, status: int, body: dict[str, str], message: str
) -> None:
    with open_shop() as shop:
        shop.answer(status, **body)
        payment_id, transaction_id = simulator.order(pay_method=method, confirm_url=shop.url)
        result = simulator.act(transaction_id, move)
        if move == "pend":
            result = simulator.act(transaction_id, "approve")
    shown = simulator.found(f"/payments/{payment_id}")

    assert (result["code"], result["message"]) == ("ConfirmProcessFailed", message)
    assert (shown["status"], shown["failure"]) == ("FAILED", {"reason": message})


def test_a_shop_that_is_too_slow_refuses(simulator: V2SimulatorClient, shop: Shop) -> None:
    simulator.settings(confirm_timeout=1, webhook_url=None)
    shop.may_answer.clear()
    _, transaction_id = simulator.order(confirm_url=shop.url)

    assert simulator.act(transaction_id, "approve")["code"] == "ConfirmProcessFailed"
