"""What only V1's gateway has: tokens, many attempts for one order, test payments that are hidden."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from pitturu.domain.errors import Reaction
from pitturu.domain.provider import ProviderStatus
from pitturu.portone.v1 import V1Gateway
from tests.fake_portone import PortOne
from tests.portone.conftest import Opener
from tests.portone.generations import AMOUNT, ORDER, PG, Buyer, cancel_of, ref, refusal


@pytest.fixture
def gateway(opener: Opener) -> V1Gateway:
    return opener()


@pytest.fixture
def buyer(fresh_portone: PortOne) -> Buyer:
    return Buyer(fresh_portone, "v1")


def test_attempts_start_with_the_money_however_many_windows_were_opened(gateway: V1Gateway, buyer: Buyer) -> None:
    first = buyer.opens()
    junk = {buyer.opens() for _ in range(110)}
    buyer.does("approve", first)
    attempts = gateway.attempts(ORDER)
    assert attempts[0].provider_id == first
    assert {one.provider_id for one in attempts[1:]} < junk


def test_a_live_installation_does_not_see_test_payments(opener: Opener, buyer: Buyer) -> None:
    imp_uid = buyer.pays()
    assert opener(sandbox=False).payment(ref(imp_uid)) is None


def test_a_cancel_and_a_withdrawal_show_what_came_of_them(gateway: V1Gateway, buyer: Buyer) -> None:
    assert gateway.cancel(cancel_of(buyer.pays())).cancelled_amount == AMOUNT
    waiting = buyer.takes_an_account(merchant_uid="ord0account")
    assert gateway.revoke(ref(waiting), PG).status is ProviderStatus.CANCELLED


def test_the_checksum_lets_money_move_once(gateway: V1Gateway, buyer: Buyer, portone: PortOne) -> None:
    order = cancel_of(buyer.pays(), amount=5_400)
    gateway.cancel(order)
    assert "checksum" in refusal(lambda: gateway.cancel(order)).message
    assert [call["status"] for call in portone.calls("/payments/cancel")] == [200, 200]


def test_a_revoked_token_costs_one_repetition(gateway: V1Gateway, buyer: Buyer, portone: PortOne) -> None:
    imp_uid = buyer.pays()
    portone.faults({"kind": "revoke_token", "endpoint": "payments.cancel", "times": 1})
    assert gateway.cancel(cancel_of(imp_uid)).cancelled_amount == AMOUNT
    assert [call["status"] for call in portone.calls("/payments/cancel")] == [401, 200]
    assert len(portone.calls("/users/getToken")) == 2


def test_a_token_that_never_works_is_for_a_human(gateway: V1Gateway, portone: PortOne) -> None:
    portone.faults({"kind": "revoke_token", "endpoint": "payments.get"})
    assert refusal(lambda: gateway.payment(ref("imp_1"))).reaction is Reaction.CALL_HUMAN
    assert len(portone.calls("/payments/imp_1")) == 2


def test_with_wrong_keys_no_payment_is_asked_about(opener: Opener, portone: PortOne) -> None:
    assert refusal(lambda: opener(secret="wrong").payment(ref("imp_1"))).reaction is Reaction.CALL_HUMAN
    assert portone.calls("/payments") == []


def test_processes_that_use_a_revoked_token_at_once_replace_it_once_each(
    opener: Opener, buyer: Buyer, portone: PortOne
) -> None:
    imp_uid = buyer.pays()
    gateways = [opener() for _ in range(3)]
    assert all(one.payment(ref(imp_uid)) for one in gateways)
    portone.running.simulation.tokens.revoke()
    portone.control("DELETE", "calls")
    with ThreadPoolExecutor(100) as threads:
        found = list(threads.map(lambda number: gateways[number % 3].payment(ref(imp_uid)), range(300)))
    assert all(found)
    assert len(portone.calls("/users/getToken")) == 3
