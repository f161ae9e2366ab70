"""V2's webhooks: content of each version, signatures, and receivers."""

from typing import Any

import pytest

from tests.portone_simulator.clients import order_id
from tests.portone_simulator.v2.clients import NEW, OLD, STORE, V2SimulatorClient, WebhookReceiver


def received_types(simulator: V2SimulatorClient, receiver: WebhookReceiver) -> list[str]:
    """The events received since the previous call."""
    simulator.webhooks()
    news = receiver.news()
    receiver.posted.clear()
    return news


def test_the_present_version(simulator: V2SimulatorClient, receiver: WebhookReceiver) -> None:
    payment_id, transaction_id = simulator.order(merchant_uid="주문-9")
    simulator.webhooks()
    (posted,) = receiver.posted

    data = {"storeId": STORE, "paymentId": payment_id, "transactionId": transaction_id}
    assert posted.headers["content-type"] == "application/json"
    assert posted.body == {"type": "Transaction.Ready", "timestamp": posted.body["timestamp"], "data": data}
    assert posted.body["timestamp"].endswith("Z")


@pytest.mark.parametrize("form", ["json", "form"])
def test_the_former_version(simulator: V2SimulatorClient, receiver: WebhookReceiver, form: str) -> None:
    simulator.settings(v2_webhook_version="2024-01-01", webhook_format=form)
    payment_id, transaction_id = simulator.order("issue", pay_method="vbank")
    simulator.webhooks()
    webhooks = sorted(receiver.posted, key=lambda posted: posted.raw)
    read = [
        each.body if form == "json" else dict(pair.split("=") for pair in each.raw.decode().split("&"))
        for each in webhooks
    ]

    names = {"payment_id": payment_id, "tx_id": transaction_id}
    assert read == [{**names, "status": status} for status in ("Ready", "VirtualAccountIssued")]
    assert [each.genuine(OLD) for each in webhooks] == [True, True]


@pytest.mark.parametrize(
    ("method", "moves", "news"),
    [
        ("card", ["approve"], "Paid"),
        ("card", ["pend"], "PayPending"),
        ("card", ["pend", "approve"], "Paid"),
        ("card", ["pend", "decline"], "Failed"),
        ("card", ["decline"], "Failed"),
        ("vbank", ["issue"], "VirtualAccountIssued"),
        ("vbank", ["issue", "deposit"], "Paid"),
        ("card", ["approve", "console-cancel"], "Cancelled"),
    ],
)
def test_every_transition_sends_a_webhook(
    simulator: V2SimulatorClient, receiver: WebhookReceiver, method: str, moves: list[str], news: str
) -> None:
    _, transaction_id = simulator.order(pay_method=method)
    assert received_types(simulator, receiver) == ["Ready"]
    for move in moves:
        simulator.act(transaction_id, move)
        heard = received_types(simulator, receiver)

    assert heard == [news]


def test_a_closed_window_sends_no_webhook(simulator: V2SimulatorClient, receiver: WebhookReceiver) -> None:
    simulator.order("abandon")

    assert received_types(simulator, receiver) == ["Ready"]


def test_cancel_webhooks_contain_the_cancellation_id(simulator: V2SimulatorClient, receiver: WebhookReceiver) -> None:
    payment_id, _ = simulator.order("approve", amount=1000)
    received_types(simulator, receiver)
    names = []
    for amount in (400, 600):
        names.append(simulator.give_back(payment_id, amount=amount).json()["cancellation"]["id"])
        simulator.webhooks()

    heard = [(each.news, each.body["data"]["cancellationId"]) for each in receiver.posted]
    assert heard == [("PartialCancelled", names[0]), ("Cancelled", names[1])]


@pytest.mark.parametrize(("succeeds", "news"), [(True, ["Cancelled"]), (False, [])])
def test_cancels_that_take_their_time(
    simulator: V2SimulatorClient, receiver: WebhookReceiver, succeeds: bool, news: list[str]
) -> None:
    payment_id, transaction_id = simulator.order("approve")
    received_types(simulator, receiver)
    simulator.settings(v2_cancel="requested")
    name = simulator.give_back(payment_id).json()["cancellation"]["id"]
    simulator.webhooks()
    assert [(each.news, each.body["data"]["cancellationId"]) for each in receiver.posted] == [("CancelPending", name)]

    received_types(simulator, receiver)
    simulator.act(transaction_id, "finish-cancel", succeeds=succeeds)
    assert received_types(simulator, receiver) == news


def test_cancels_without_webhooks(simulator: V2SimulatorClient, receiver: WebhookReceiver) -> None:
    payment_id, _ = simulator.order("approve", amount=1000)
    received_types(simulator, receiver)
    simulator.give_back(payment_id, amount=400, skipWebhook=True)
    assert received_types(simulator, receiver) == []

    simulator.give_back(payment_id, amount=600, skipWebhook=False)
    assert received_types(simulator, receiver) == ["Cancelled"]


def test_a_payment_of_v1_keeps_v1_webhooks(simulator: V2SimulatorClient, receiver: WebhookReceiver) -> None:
    payment_id = order_id()
    imp_uid = simulator.paid(merchant_uid=payment_id)
    simulator.webhooks()
    (posted,) = receiver.posted

    assert posted.body == {"imp_uid": imp_uid, "merchant_uid": payment_id, "status": "paid"}
    assert [name for name in posted.headers if name.startswith("webhook-")] == []


def test_addresses_of_the_payment_take_the_place_of_the_account_s(
    simulator: V2SimulatorClient, receiver: WebhookReceiver
) -> None:
    own = [f"{receiver.url}/one", f"{receiver.url}/two"]
    payment_id, _ = simulator.order(notice_url=own)
    simulator.webhooks()
    simulator.give_back(payment_id)

    assert sorted(each.path for each in receiver.posted) == ["/webhook/one", "/webhook/two"]
    assert len({each.name for each in receiver.posted}) == 2


def test_signed_with_every_secret(simulator: V2SimulatorClient, receiver: WebhookReceiver) -> None:
    for secrets in (OLD, f"{OLD},{NEW}", NEW):
        simulator.settings(v2_webhook_secrets=secrets)
        simulator.order()
        simulator.webhooks()

    believed = [(each.genuine(OLD), each.genuine(NEW)) for each in receiver.posted]
    assert believed == [(True, False), (True, True), (False, True)]
    assert [len(each.marks) for each in receiver.posted] == [1, 2, 1]


def test_a_changed_webhook_is_refused(sdk: Any, simulator: V2SimulatorClient, receiver: WebhookReceiver) -> None:
    simulator.order()
    simulator.webhooks()
    (posted,) = receiver.posted
    sdk.webhook.verify(OLD, posted.raw.decode(), posted.headers)

    for changed, secret in ((posted.raw + b" ", OLD), (posted.raw, NEW)):
        with pytest.raises(sdk.webhook.WebhookVerificationError):
            sdk.webhook.verify(secret, changed.decode(), posted.headers)


def test_a_dispute_and_its_end_send_webhooks(simulator: V2SimulatorClient, receiver: WebhookReceiver) -> None:
    _, transaction_id = simulator.order("approve")
    received_types(simulator, receiver)

    simulator.act(transaction_id, "dispute", reason="not mine")
    assert received_types(simulator, receiver) == ["DisputeCreated"]
    simulator.control("POST", f"/payments/{transaction_id}/dispute", {}, expect=409)
    simulator.act(transaction_id, "resolve-dispute")
    assert received_types(simulator, receiver) == ["DisputeResolved"]
    simulator.control("POST", f"/payments/{transaction_id}/resolve-dispute", {}, expect=409)


@pytest.mark.parametrize(
    ("generation", "moves"), [("v1", ["approve"]), ("v2", []), ("v2", ["approve", "console-cancel"])]
)
def test_only_money_of_v2_that_is_still_there_is_disputed(
    simulator: V2SimulatorClient, generation: str, moves: list[str]
) -> None:
    name = simulator.opened(generation=generation)
    for move in moves:
        simulator.act(name, move)
    simulator.control("POST", f"/payments/{name}/dispute", {}, expect=409)
