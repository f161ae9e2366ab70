"""V2's webhooks that were not accepted: when they are retried, what stays the same, and how a shop requests a
resend."""

import pytest

from tests.portone_simulator.v2.clients import OLD, V2SimulatorClient, WebhookReceiver, refused

MINUTES = (1, 4, 16, 64, 256)
"""Waits before the five further tries."""


@pytest.mark.parametrize("status", [500, 404, 302])
def test_tried_again_after_1_4_16_64_and_256_minutes(
    simulator: V2SimulatorClient, receiver: WebhookReceiver, status: int
) -> None:
    receiver.answers = [status] * 9
    simulator.order()
    simulator.webhooks()
    counts = []
    for minutes in (*MINUTES, 1000):
        simulator.advance(minutes - 0.5)
        counts.append(len(receiver.posted))
        simulator.advance(1)
        counts.append(len(receiver.posted))

    assert counts == [1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 6]
    assert simulator.webhooks()[0]["state"] == "failed"


def test_tried_again_when_nobody_is_there(simulator: V2SimulatorClient) -> None:
    simulator.settings(webhook_url="http://127.0.0.1:1/closed")
    simulator.order()
    simulator.webhooks()
    simulator.advance(MINUTES[0] + 0.1)
    (delivery,) = simulator.webhooks()

    assert (delivery["state"], [each["status"] for each in delivery["attempts"]]) == ("waiting", [0, 0])


def test_taken_once_is_the_end(simulator: V2SimulatorClient, receiver: WebhookReceiver) -> None:
    receiver.answers = [503, 204]
    simulator.order()
    simulator.webhooks()
    for minutes in MINUTES:
        simulator.advance(minutes + 0.1)

    assert len(receiver.posted) == 2


def test_the_same_id_and_body_in_every_attempt_and_a_new_signature(
    simulator: V2SimulatorClient, receiver: WebhookReceiver
) -> None:
    receiver.answers = [500, 500]
    simulator.order()
    simulator.webhooks()
    for minutes in MINUTES[:2]:
        simulator.advance(minutes + 0.1)
    first, second, third = receiver.posted

    assert first.name == second.name == third.name
    assert first.raw == second.raw == third.raw
    assert second.sent_at - first.sent_at >= MINUTES[0] * 60
    assert third.sent_at - second.sent_at >= MINUTES[1] * 60
    assert all(each.genuine(OLD) and len(each.marks) == 1 for each in receiver.posted)
    assert len({each.marks[0] for each in receiver.posted}) == 3


def test_different_webhooks_have_different_ids(simulator: V2SimulatorClient, receiver: WebhookReceiver) -> None:
    simulator.order("approve")
    simulator.webhooks()

    assert len({each.name for each in receiver.posted}) == 2


def test_the_payment_lists_its_webhook_deliveries(simulator: V2SimulatorClient, receiver: WebhookReceiver) -> None:
    receiver.answers = [200, 500]
    payment_id, transaction_id = simulator.order()
    simulator.webhooks()
    simulator.act(transaction_id, "approve")
    simulator.webhooks()
    log = simulator.found(f"/payments/{payment_id}")["webhooks"]

    assert [each["id"] for each in log] == [each.name for each in receiver.posted]
    assert [each["status"] for each in log] == ["SUCCEEDED", "FAILED_NOT_OK_RESPONSE"]
    assert [(each["currentExecutionCount"], each["maxExecutionCount"]) for each in log] == [(1, 6), (1, 6)]


@pytest.mark.parametrize("named", [True, False])
def test_sent_again_when_asked(simulator: V2SimulatorClient, receiver: WebhookReceiver, named: bool) -> None:
    payment_id, transaction_id = simulator.order()
    simulator.webhooks()
    simulator.act(transaction_id, "approve")
    simulator.webhooks()
    ready, paid = receiver.posted
    wanted = ready if named else paid
    body = {"webhookId": ready.name} if named else {}
    answer = simulator.ask("POST", f"/payments/{payment_id}/resend-webhook", json=body)
    simulator.webhooks()
    again = receiver.posted[-1]

    assert (answer.json()["webhook"]["id"], answer.json()["webhook"]["trigger"]) == (wanted.name, "MANUAL")
    assert (len(receiver.posted), again.name, again.raw) == (3, wanted.name, wanted.raw)
    assert again.genuine(OLD)


def test_asked_for_too_often(simulator: V2SimulatorClient, receiver: WebhookReceiver) -> None:
    payment_id, _ = simulator.order()
    simulator.webhooks()
    answers = [simulator.ask("POST", f"/payments/{payment_id}/resend-webhook", json={}) for _ in range(11)]
    simulator.webhooks()

    assert [answer.status_code for answer in answers] == [200] * 10 + [400]
    assert refused(answers[-1]) == (400, "MAX_WEBHOOK_RETRY_COUNT_REACHED")
    assert len(receiver.posted) == 11


@pytest.mark.parametrize(("payment_id", "kind"), [("sent", "WEBHOOK_NOT_FOUND"), ("nobody", "PAYMENT_NOT_FOUND")])
def test_what_was_never_sent_is_not_sent_again(
    simulator: V2SimulatorClient, receiver: WebhookReceiver, payment_id: str, kind: str
) -> None:
    simulator.order(merchant_uid="sent")
    simulator.webhooks()
    answer = simulator.ask("POST", f"/payments/{payment_id}/resend-webhook", json={"webhookId": "wh_unheard_of"})

    assert refused(answer) == (404, kind)
    assert len(receiver.posted) == 1
