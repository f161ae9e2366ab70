"""Behaviour of V2's gateway only: pending cancels, one attempt per order, stores, a check."""

from collections.abc import Iterator

import pytest

from pitturu.domain.errors import Reaction
from pitturu.domain.provider import CancelState, ProviderStatus, Receipt
from pitturu.portone.v2 import V2Gateway
from tests.fake_portone import PortOne
from tests.portone.generations import AMOUNT, LIMITS, ORDER, Buyer, cancel_of, ref, refusal, seen
from tests.values import V2_SECRET, V2_STORE


@pytest.fixture
def gateway(fresh_portone: PortOne) -> Iterator[V2Gateway]:
    opened = V2Gateway(fresh_portone.v2_url, V2_SECRET, V2_STORE, **LIMITS)
    yield opened
    opened.close()


@pytest.fixture
def buyer(fresh_portone: PortOne) -> Buyer:
    return Buyer(fresh_portone, "v2")


def test_a_cancel_is_answered_with_its_name(gateway: V2Gateway, buyer: Buyer) -> None:
    name = buyer.pays()
    receipt = gateway.cancel(cancel_of(name, amount=400))
    (shown,) = seen(gateway, name).cancellations
    assert receipt == Receipt(shown.cancellation_id)
    assert shown.cancellation_id


@pytest.mark.parametrize(
    ("succeeds", "state", "moved"), [(True, CancelState.SUCCEEDED, AMOUNT), (False, CancelState.FAILED, 0)]
)
def test_a_cancel_that_the_pg_decides_later_moves_no_money_yet(
    gateway: V2Gateway, buyer: Buyer, portone: PortOne, succeeds: bool, state: CancelState, moved: int
) -> None:
    name = buyer.pays()
    portone.control("PATCH", "settings", {"v2_cancel": "requested"})
    receipt = gateway.cancel(cancel_of(name))
    waiting = seen(gateway, name)
    assert (waiting.status, waiting.cancelled_amount, waiting.executed) == (ProviderStatus.PAID, 0, ())
    assert [(one.cancellation_id, one.state) for one in waiting.cancellations] == [
        (receipt.cancellation_id, CancelState.PENDING)
    ]
    buyer.does("finish-cancel", name, succeeds=succeeds)
    decided = seen(gateway, name)
    assert decided.cancelled_amount == moved
    assert [(one.cancellation_id, one.state) for one in decided.cancellations] == [(receipt.cancellation_id, state)]


def test_the_same_cancel_sent_twice_is_answered_alike(gateway: V2Gateway, buyer: Buyer) -> None:
    name = buyer.pays()
    order = cancel_of(name, amount=400)
    assert gateway.cancel(order) == gateway.cancel(order)
    assert buyer.truth(name)["cancel_amount"] == 400


def test_a_cancel_that_failed_is_a_refusal_although_it_is_a_200(
    gateway: V2Gateway, buyer: Buyer, portone: PortOne
) -> None:
    name = buyer.pays()
    portone.control("PATCH", "settings", {"v2_cancel": "failed"})
    assert refusal(lambda: gateway.cancel(cancel_of(name))).reaction is Reaction.STOP
    assert seen(gateway, name).executed == ()


def test_an_approval_that_waits_is_pending(gateway: V2Gateway, buyer: Buyer) -> None:
    payment = seen(gateway, buyer.does("pend", buyer.opens()))
    assert (payment.status, payment.money_came, payment.exclusive) == (ProviderStatus.PENDING, False, False)


def test_money_makes_an_attempt_the_only_one(gateway: V2Gateway, buyer: Buyer) -> None:
    first, second = buyer.opens(), buyer.opens()
    buyer.does("approve", first)
    (found,) = gateway.attempts(ORDER)
    assert (found.provider_id, found.exclusive) == (first, True)
    assert gateway.payment(ref(second)) == found


def test_another_store_has_other_payments(fresh_portone: PortOne, buyer: Buyer) -> None:
    buyer.pays()
    other = V2Gateway(fresh_portone.v2_url, V2_SECRET, "store-of-somebody-else", **LIMITS)
    assert other.attempts(ORDER) == ()
    other.close()


@pytest.mark.parametrize("store", ["", V2_STORE])
def test_a_check_passes_with_the_right_secret(fresh_portone: PortOne, store: str) -> None:
    gateway = V2Gateway(fresh_portone.v2_url, V2_SECRET, store, **LIMITS)
    gateway.check()
    gateway.close()
    assert [call["status"] for call in fresh_portone.calls_to("payments.list")] == [200]


@pytest.mark.parametrize(("secret", "store"), [("wrong", V2_STORE), (V2_SECRET, "store-of-somebody-else")])
def test_a_check_fails_with_a_wrong_one(fresh_portone: PortOne, secret: str, store: str) -> None:
    gateway = V2Gateway(fresh_portone.v2_url, secret, store, **LIMITS)
    assert refusal(gateway.check).reaction in (Reaction.CALL_HUMAN, Reaction.STOP)
    gateway.close()
