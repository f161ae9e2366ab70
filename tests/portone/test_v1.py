"""The whole gateway against a pretend PortOne."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from redis import Redis

from pitturu.domain.errors import GatewayError, Reaction
from pitturu.domain.provider import CancelOrder, PaymentRef, ProviderStatus, RefundAccount
from pitturu.portone import V1Gateway
from tests.portone.conftest import Opener
from tests.pretend import PortOne

ORDER, AMOUNT = "ord0v1", 15_400
ACCOUNT = RefundAccount(bank="088", number="110123456789", holder="김하나", tel="01012345678")


def open_window(portone: PortOne, **order: Any) -> str:
    """The buyer opens the window; the `imp_uid`."""
    wish = {"merchant_uid": ORDER, "amount": AMOUNT, "pg": "html5_inicis.INIpayTest", "sandbox": True} | order
    return str(portone.control("POST", "payments", wish)["imp_uid"])


def pay(portone: PortOne, **order: Any) -> str:
    """The buyer opens the window and pays."""
    imp_uid = open_window(portone, **order)
    portone.control("POST", f"payments/{imp_uid}/approve", {})
    return imp_uid


def issue(portone: PortOne) -> str:
    """The buyer takes a virtual account."""
    imp_uid = open_window(portone, pay_method="vbank")
    portone.control("POST", f"payments/{imp_uid}/issue", {})
    return imp_uid


def ref(imp_uid: str) -> PaymentRef:
    """A payment by its name in V1."""
    return PaymentRef(imp_uid, ORDER)


def order(imp_uid: str, amount: int = AMOUNT, balance: int = AMOUNT, **changes: Any) -> CancelOrder:
    """A cancel of everything unless told otherwise."""
    values = {"reason": "변심", "pg_provider": "html5_inicis"} | changes
    return CancelOrder(payment=ref(imp_uid), amount=amount, balance=balance, key="k" * 16, **values)


def refusal(gateway: V1Gateway, what: CancelOrder) -> GatewayError:
    """Why this cancel was not executed."""
    with pytest.raises(GatewayError) as caught:
        gateway.cancel(what)
    return caught.value


def test_a_prepared_amount_blocks_another_one(gateway: V1Gateway, portone: PortOne) -> None:
    gateway.prepare(ORDER, AMOUNT)
    gateway.prepare(ORDER, AMOUNT)
    with pytest.raises(AssertionError, match="409"):
        open_window(portone, amount=1)
    assert open_window(portone)


def test_an_order_that_nobody_tried_to_pay_has_no_attempts(gateway: V1Gateway) -> None:
    assert gateway.attempts(ORDER) == ()


def test_attempts_start_with_the_money_however_many_windows_were_opened(gateway: V1Gateway, portone: PortOne) -> None:
    first = open_window(portone)
    junk = {open_window(portone) for _ in range(110)}
    portone.control("POST", f"payments/{first}/approve", {})
    attempts = gateway.attempts(ORDER)
    assert attempts[0].provider_id == first
    assert {one.provider_id for one in attempts[1:]} < junk


def test_a_payment_by_its_id(gateway: V1Gateway, portone: PortOne) -> None:
    imp_uid = pay(portone)
    payment = gateway.payment(ref(imp_uid))
    assert payment is not None
    assert (payment.provider_id, payment.order_id, payment.amount) == (imp_uid, ORDER, AMOUNT)
    assert (payment.status, payment.currency, payment.sandbox) == (ProviderStatus.PAID, "KRW", True)
    assert payment.money_came
    assert gateway.payment(ref("imp_000000000000")) is None


def test_a_live_installation_does_not_see_test_payments(opener: Opener, portone: PortOne) -> None:
    imp_uid = pay(portone)
    assert opener(sandbox=False).payment(ref(imp_uid)) is None


def test_money_goes_back_in_parts_and_then_in_full(gateway: V1Gateway, portone: PortOne) -> None:
    imp_uid = pay(portone)
    part = gateway.cancel(order(imp_uid, amount=5_400))
    assert (part.amount, part.cancelled_amount) == (AMOUNT, 5_400)
    assert [(one.amount, one.reason) for one in part.cancellations] == [(5_400, "변심")]
    rest = gateway.cancel(order(imp_uid, amount=10_000, balance=10_000))
    assert rest.cancelled_amount == AMOUNT
    assert refusal(gateway, order(imp_uid)).reaction is Reaction.DONE


def test_the_same_partial_cancel_moves_money_once(gateway: V1Gateway, portone: PortOne) -> None:
    imp_uid = pay(portone)
    gateway.cancel(order(imp_uid, amount=5_400))
    repeated = refusal(gateway, order(imp_uid, amount=5_400))
    assert repeated.reaction is Reaction.STOP
    assert "checksum" in repeated.words
    assert portone.ledger()[imp_uid]["cancel_amount"] == 5_400


@pytest.mark.parametrize(("amount", "balance"), [(0, AMOUNT), (-1, AMOUNT), (AMOUNT + 1, AMOUNT), (0, 0)])
def test_an_impossible_amount_is_never_sent(gateway: V1Gateway, portone: PortOne, amount: int, balance: int) -> None:
    imp_uid = pay(portone)
    assert refusal(gateway, order(imp_uid, amount, balance)).reaction is Reaction.STOP
    assert portone.calls("/payments/cancel") == []


def test_a_deposit_goes_back_to_the_account_named(gateway: V1Gateway, portone: PortOne) -> None:
    imp_uid = issue(portone)
    portone.control("POST", f"payments/{imp_uid}/deposit", {})
    assert gateway.cancel(order(imp_uid, refund_account=ACCOUNT)).cancelled_amount == AMOUNT


def test_a_bank_that_the_pg_cannot_refund_to_is_never_sent(gateway: V1Gateway, portone: PortOne) -> None:
    unknown = RefundAccount(bank="999", number="1", holder="김하나")
    error = refusal(gateway, order("imp_1", refund_account=unknown))
    assert error.reaction is Reaction.STOP
    assert "another bank" in error.words
    assert portone.calls("/payments/cancel") == []


def test_a_virtual_account_is_seen_and_withdrawn(gateway: V1Gateway, portone: PortOne) -> None:
    imp_uid = issue(portone)
    (waiting,) = gateway.attempts(ORDER)
    assert waiting.awaits_deposit
    assert waiting.virtual_account is not None
    assert waiting.virtual_account.due_at is not None
    assert gateway.revoke(ref(imp_uid)).status is ProviderStatus.CANCELLED
    with pytest.raises(GatewayError) as caught:
        gateway.revoke(ref(imp_uid))
    assert caught.value.reaction is Reaction.STOP


@pytest.mark.parametrize("name", ["", ".", "..", "..."])
def test_a_name_that_would_be_another_path_is_never_sent(gateway: V1Gateway, portone: PortOne, name: str) -> None:
    for ask in (lambda: gateway.attempts(name), lambda: gateway.payment(ref(name)), lambda: gateway.revoke(ref(name))):
        with pytest.raises(GatewayError):
            ask()
    assert portone.calls("") == []


@pytest.mark.parametrize("name", ["한글 주문", "a?b#c", "50%", "a+b&c=d", "%2e%2e"])
def test_an_order_number_of_another_system_is_one_step_of_the_path(
    gateway: V1Gateway, portone: PortOne, name: str
) -> None:
    pay(portone, merchant_uid=name)
    assert [one.order_id for one in gateway.attempts(name)] == [name]


@pytest.mark.parametrize("kind", ["reset_after", "html", "malformed"])
def test_a_cancel_whose_answer_is_lost_is_asked_about(gateway: V1Gateway, portone: PortOne, kind: str) -> None:
    imp_uid = pay(portone)
    portone.faults({"kind": kind, "endpoint": "payments.cancel", "status": 502, "times": 1})
    assert refusal(gateway, order(imp_uid)).reaction is Reaction.ASK_FIRST
    payment = gateway.payment(ref(imp_uid))
    assert payment is not None
    assert payment.cancelled_amount == AMOUNT
    assert len(portone.calls("/payments/cancel")) == 1


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_a_read_in_trouble_is_tried_again(gateway: V1Gateway, portone: PortOne, status: int) -> None:
    portone.faults({"kind": "status", "status": status, "endpoint": "payments.get"})
    with pytest.raises(GatewayError) as caught:
        gateway.payment(ref("imp_1"))
    assert caught.value.reaction is Reaction.TRY_AGAIN
    assert len(portone.calls("/payments/imp_1")) == 1


def test_the_future_is_survived(gateway: V1Gateway, portone: PortOne) -> None:
    imp_uid = pay(portone)
    portone.faults({"kind": "extra_fields"}, {"kind": "unknown_enum", "field": "status", "value": "suspended"})
    payment = gateway.payment(ref(imp_uid))
    assert payment is not None
    assert (payment.status, payment.word) == (ProviderStatus.UNKNOWN, "suspended")


def test_a_revoked_token_costs_one_repetition(gateway: V1Gateway, portone: PortOne) -> None:
    imp_uid = pay(portone)
    portone.faults({"kind": "revoke_token", "endpoint": "payments.cancel", "times": 1})
    assert gateway.cancel(order(imp_uid)).cancelled_amount == AMOUNT
    assert [call["status"] for call in portone.calls("/payments/cancel")] == [401, 200]
    assert len(portone.calls("/users/getToken")) == 2


def test_a_token_that_never_works_is_for_a_human(gateway: V1Gateway, portone: PortOne) -> None:
    portone.faults({"kind": "revoke_token", "endpoint": "payments.get"})
    with pytest.raises(GatewayError) as caught:
        gateway.payment(ref("imp_1"))
    assert caught.value.reaction is Reaction.CALL_HUMAN
    assert len(portone.calls("/payments/imp_1")) == 2


def test_wrong_keys_are_for_a_human_and_named(opener: Opener, portone: PortOne) -> None:
    with pytest.raises(GatewayError) as caught:
        opener(secret="wrong").payment(ref("imp_1"))
    assert caught.value.reaction is Reaction.CALL_HUMAN
    assert "PORTONE_API_SECRET" in caught.value.words
    assert portone.calls("/payments") == []


def test_a_hundred_threads_in_three_processes_ask_for_one_token(opener: Opener, portone: PortOne) -> None:
    imp_uid = pay(portone)
    gateways = [opener() for _ in range(3)]
    assert all(one.payment(ref(imp_uid)) for one in gateways)
    portone.running.world.tokens.revoke()
    portone.control("DELETE", "calls")
    with ThreadPoolExecutor(100) as threads:
        found = list(threads.map(lambda number: gateways[number % 3].payment(ref(imp_uid)), range(300)))
    assert all(found)
    assert len(portone.calls("/users/getToken")) == 1


def test_without_redis_a_process_keeps_its_own_token(opener: Opener, portone: PortOne) -> None:
    imp_uid = pay(portone)
    with Redis.from_url("redis://127.0.0.1:1") as nowhere:
        alone = opener(redis=nowhere)
        assert all(alone.payment(ref(imp_uid)) for _ in range(3))
    assert len(portone.calls("/users/getToken")) == 1
