"""Cancels that V2 takes and the PG carries out later, seen with PortOne's own client."""

from typing import Any

from tests.portone_simulator.v2.clients import V2SimulatorClient


def test_cancels_that_take_their_time(sdk: Any, simulator: V2SimulatorClient, client: Any) -> None:
    payment_id, transaction_id = simulator.order("approve", amount=1000)
    simulator.settings(v2_cancel="requested")
    asked: Any = client.cancel_payment(payment_id=payment_id, reason="returned").cancellation
    assert type(asked) is sdk.payment.RequestedPaymentCancellation
    assert type(client.get_payment(payment_id=payment_id)) is sdk.payment.PaidPayment

    simulator.act(transaction_id, "finish-cancel")
    done: Any = client.get_payment(payment_id=payment_id)
    assert (type(done), done.cancellations[0].id) == (sdk.payment.CancelledPayment, asked.id)


def test_every_cancel_has_an_id_of_its_own(simulator: V2SimulatorClient, client: Any) -> None:
    """Also one that the console makes while another one waits for the PG."""
    payment_id, transaction_id = simulator.order("approve", amount=1000)
    simulator.settings(v2_cancel="requested")
    asked: Any = client.cancel_payment(payment_id=payment_id, reason="returned", amount=300).cancellation
    simulator.act(transaction_id, "console-cancel", amount=200)
    simulator.act(transaction_id, "finish-cancel")

    done: Any = client.get_payment(payment_id=payment_id)
    ids = [each.id for each in done.cancellations]
    assert len(ids) == len(set(ids)) == 2
    assert asked.id in ids


def test_what_the_pg_decides_about_cannot_be_cancelled_a_second_time(
    sdk: Any, simulator: V2SimulatorClient, client: Any
) -> None:
    payment_id, transaction_id = simulator.order("approve", amount=1000)
    simulator.settings(v2_cancel="requested")
    client.cancel_payment(payment_id=payment_id, reason="returned", amount=700)
    refused = simulator.control("POST", f"/payments/{transaction_id}/console-cancel", {"amount": 301}, expect=409)
    assert refused["error"]
    simulator.act(transaction_id, "console-cancel", amount=300)
    simulator.act(transaction_id, "finish-cancel")
    done: Any = client.get_payment(payment_id=payment_id)
    assert (type(done), done.amount.cancelled) == (sdk.payment.CancelledPayment, 1000)
