"""PortOne's own client for V2, as it is, against the simulator."""

from typing import Any

import pytest

from tests.portone_simulator.clients import order_id
from tests.portone_simulator.v2.clients import ACCOUNT, V2_SECRET, V2SimulatorClient, open_receiver

WEBHOOK_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@pytest.mark.parametrize(
    ("method", "moves", "shown", "how"),
    [
        ("card", (), "ReadyPayment", None),
        ("card", ("decline",), "FailedPayment", None),
        ("card", ("pend",), "PayPendingPayment", "PaymentMethodCard"),
        ("card", ("approve",), "PaidPayment", "PaymentMethodCard"),
        ("trans", ("approve",), "PaidPayment", "PaymentMethodTransfer"),
        ("phone", ("approve",), "PaidPayment", "PaymentMethodMobile"),
        ("kakaopay", ("approve",), "PaidPayment", "PaymentMethodEasyPay"),
        ("vbank", ("issue",), "VirtualAccountIssuedPayment", "PaymentMethodVirtualAccount"),
        ("vbank", ("issue", "deposit"), "PaidPayment", "PaymentMethodVirtualAccount"),
        ("card", ("approve", "console-cancel"), "CancelledPayment", "PaymentMethodCard"),
    ],
)
def test_get(
    simulator: V2SimulatorClient,
    client: Any,
    method: str,
    moves: tuple[str, ...],
    shown: str,
    how: str | None,
) -> None:
    payment_id, transaction_id = simulator.order(*moves, pay_method=method, amount=11000)
    found: Any = client.get_payment(payment_id=payment_id)

    assert (type(found).__name__, found.id, found.transaction_id) == (shown, payment_id, transaction_id)
    assert (found.version, found.amount.total, found.amount.vat, found.currency) == ("V2", 11000, 1000, "KRW")
    assert type(found.method).__name__ == (how or "NoneType")


@pytest.mark.parametrize("payment_id", [" ", "nobody", "a/b", "주문"])
def test_a_payment_that_is_not_there(sdk: Any, client: Any, payment_id: str) -> None:
    with pytest.raises(sdk.errors.PaymentNotFoundError):
        client.get_payment(payment_id=payment_id)


@pytest.mark.parametrize("payment_id", ["a b", "주문-1", "100%", "?#"])
def test_odd_names(simulator: V2SimulatorClient, client: Any, payment_id: str) -> None:
    simulator.order("approve", merchant_uid=payment_id)

    assert client.get_payment(payment_id=payment_id).id == payment_id


def test_a_slash_in_a_name(sdk: Any, simulator: V2SimulatorClient, client: Any) -> None:
    simulator.order("approve", merchant_uid="2026/11/1", amount=1000)
    client.cancel_payment(payment_id="2026/11/1", reason="returned", amount=400)

    assert type(client.get_payment(payment_id="2026/11/1")) is sdk.payment.PartialCancelledPayment


def test_another_store_and_another_secret(sdk: Any, simulator: V2SimulatorClient) -> None:
    payment_id, _ = simulator.order("approve")
    url = f"{simulator.running.url}/v2"
    with pytest.raises(sdk.errors.PaymentNotFoundError):
        sdk.PaymentClient(secret=V2_SECRET, base_url=url, store_id="store-0").get_payment(payment_id=payment_id)
    with pytest.raises(sdk.errors.UnauthorizedError):
        sdk.PaymentClient(secret="guessed", base_url=url).get_payment(payment_id=payment_id)


def test_lists(sdk: Any, simulator: V2SimulatorClient, client: Any) -> None:
    assert client.get_payments().items == []
    orders = [simulator.order("approve")[0] for _ in range(3)] + [simulator.order()[0]]
    second = client.get_payments(page=sdk.common.PageInput(number=1, size=3))
    ready = client.get_payments(filter=sdk.payment.PaymentFilterInput(status=["READY"]))
    beyond = client.get_payments(page=sdk.common.PageInput(number=3000, size=10))

    assert [each.id for each in client.get_payments().items] == orders[::-1]
    assert ([each.id for each in second.items], second.page.total_count) == ([orders[0]], 4)
    assert [each.id for each in ready.items] == [orders[3]]
    assert (beyond.items, beyond.page.total_count) == ([], 4)
    with pytest.raises(sdk.errors.InvalidRequestError):
        client.get_payments(page=sdk.common.PageInput(number=60, size=1000))


def test_cursors_lead_through_everything_once(simulator: V2SimulatorClient, client: Any) -> None:
    orders = [simulator.order("approve")[0] for _ in range(5)]
    seen, cursor = [], None
    while batch := client.get_all_payments_by_cursor(size=2, cursor=cursor).items:
        seen += [each.payment.id for each in batch]
        cursor = batch[-1].cursor
    events, cursor = [], None
    while found := client.get_all_payment_events_by_cursor(size=2, cursor=cursor).items:
        events += [each.payment_event.payment_id for each in found]
        cursor = found[-1].cursor

    assert (seen, sorted(events)) == (orders, sorted(orders))


def test_every_attempt_is_listed(simulator: V2SimulatorClient, client: Any) -> None:
    payment_id, first = simulator.order("decline")
    _, second = simulator.order("approve", merchant_uid=payment_id)
    tries = client.get_payment_transactions(payment_id=payment_id).items

    assert {each.id: each.payment_id for each in tries} == {first: payment_id, second: payment_id}
    assert client.get_payment(payment_id=payment_id).transaction_id == second


def test_cancels(sdk: Any, simulator: V2SimulatorClient, client: Any) -> None:
    payment_id, _ = simulator.order("approve", amount=1000)
    part: Any = client.cancel_payment(payment_id=payment_id, reason="one seat", amount=400).cancellation
    after: Any = client.get_payment(payment_id=payment_id)
    rest: Any = client.cancel_payment(payment_id=payment_id, reason="all", current_cancellable_amount=600).cancellation
    done: Any = client.get_payment(payment_id=payment_id)

    assert (type(part), part.total_amount, part.reason) == (sdk.payment.SucceededPaymentCancellation, 400, "one seat")
    assert (type(after), after.amount.cancelled) == (sdk.payment.PartialCancelledPayment, 400)
    assert (rest.total_amount, type(done)) == (600, sdk.payment.CancelledPayment)
    assert [each.id for each in done.cancellations] == [part.id, rest.id]


@pytest.mark.parametrize(
    ("moves", "wish", "error"),
    [
        ((), {}, "PaymentNotPaidError"),
        (("decline",), {}, "PaymentNotPaidError"),
        (("approve", "console-cancel"), {"amount": 1}, "PaymentAlreadyCancelledError"),
        (("approve",), {"amount": 1001}, "CancelAmountExceedsCancellableAmountError"),
        (("approve",), {"current_cancellable_amount": 999}, "CancellableAmountConsistencyBrokenError"),
        (("approve", "pg-cancel"), {}, "PgProviderError"),
    ],
)
def test_refused_cancels(
    sdk: Any,
    simulator: V2SimulatorClient,
    client: Any,
    moves: tuple[str, ...],
    wish: dict[str, int],
    error: str,
) -> None:
    payment_id, transaction_id = simulator.order(*moves, amount=1000)
    before = simulator.shown(transaction_id)["cancel_amount"]
    with pytest.raises(getattr(sdk.errors, error)):
        client.cancel_payment(payment_id=payment_id, reason="returned", **wish)

    assert simulator.shown(transaction_id)["cancel_amount"] == before


def test_a_deposit_goes_back_to_an_account(sdk: Any, simulator: V2SimulatorClient, client: Any) -> None:
    account = sdk.payment.CancelPaymentBodyRefundAccount(
        bank=ACCOUNT["bank"], number=ACCOUNT["number"], holder_name=ACCOUNT["holderName"]
    )
    payment_id, _ = simulator.order("issue", "deposit", pay_method="vbank")
    with pytest.raises(sdk.errors.InvalidRequestError):
        client.cancel_payment(payment_id=payment_id, reason="returned")
    client.cancel_payment(payment_id=payment_id, reason="returned", refund_account=account)

    assert type(client.get_payment(payment_id=payment_id)) is sdk.payment.CancelledPayment


def test_a_registered_amount(sdk: Any, simulator: V2SimulatorClient, client: Any) -> None:
    payment_id = order_id()
    client.pre_register_payment(payment_id=payment_id, total_amount=1000, currency="KRW")
    refusal = simulator.refused(generation="v2", merchant_uid=payment_id, amount=10)
    assert refusal["code"] == "AmountNotEqualToPredefined"

    simulator.order("approve", merchant_uid=payment_id, amount=1000)
    with pytest.raises(sdk.errors.AlreadyPaidError):
        client.pre_register_payment(payment_id=payment_id, total_amount=1000)


def test_close(sdk: Any, simulator: V2SimulatorClient, client: Any) -> None:
    payment_id, _ = simulator.order("issue", pay_method="vbank")
    client.close_virtual_account(payment_id=payment_id)

    assert type(client.get_payment(payment_id=payment_id)) is not sdk.payment.VirtualAccountIssuedPayment
    with pytest.raises(sdk.errors.PaymentNotWaitingForDepositError):
        client.close_virtual_account(payment_id=payment_id)


def test_a_payment_of_v1_is_seen_and_given_back(simulator: V2SimulatorClient, client: Any) -> None:
    payment_id = order_id()
    imp_uid = simulator.paid(merchant_uid=payment_id, amount=1000)
    found: Any = client.get_payment(payment_id=payment_id)
    client.cancel_payment(payment_id=payment_id, reason="returned", amount=400)

    assert (found.version, found.transaction_id) == ("V1", imp_uid)
    assert simulator.get(f"/payments/{imp_uid}")["cancel_amount"] == 400


def test_tokens(sdk: Any, simulator: V2SimulatorClient) -> None:
    client = sdk.auth.AuthClient(secret=V2_SECRET, base_url=f"{simulator.running.url}/v2")
    first = client.login_via_api_secret(api_secret=V2_SECRET)
    second = client.refresh_token(refresh_token=first.refresh_token)
    bearer = {"Authorization": f"Bearer {second.access_token}"}
    payment_id, _ = simulator.order("approve")

    assert simulator.ask("GET", f"/payments/{payment_id}", headers=bearer).status_code == 200
    with pytest.raises(sdk.errors.UnauthorizedError):
        client.refresh_token(refresh_token=first.refresh_token)
    with pytest.raises(sdk.errors.UnauthorizedError):
        client.login_via_api_secret(api_secret="guessed")


def test_webhooks_verify(sdk: Any, simulator: V2SimulatorClient, client: Any) -> None:
    with open_receiver() as receiver:
        simulator.settings(webhook_url=receiver.url, v2_webhook_secrets=WEBHOOK_SECRET)
        payment_id, transaction_id = simulator.order("approve", merchant_uid="주문-7")
        simulator.webhooks()
        client.cancel_payment(payment_id=payment_id, reason="returned")
        simulator.webhooks()
    received_types: list[Any] = [
        sdk.webhook.verify(WEBHOOK_SECRET, each.raw.decode(), each.headers) for each in receiver.posted
    ]

    assert {type(each) for each in received_types} == {
        sdk.webhook.WebhookTransactionReady,
        sdk.webhook.WebhookTransactionPaid,
        sdk.webhook.WebhookTransactionCancelledCancelled,
    }
    assert {(each.data.payment_id, each.data.transaction_id) for each in received_types} == {
        (payment_id, transaction_id)
    }
    with pytest.raises(sdk.webhook.WebhookVerificationError):
        sdk.webhook.verify(
            "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX", receiver.posted[0].raw.decode(), receiver.posted[0].headers
        )
