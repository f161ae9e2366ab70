"""The gateway of V2 against a pretend PortOne: what is asked, what is moved, and what may be done after each answer."""

from collections.abc import Iterator
from typing import Any

import pytest

from pitturu.domain.errors import GatewayError, Reaction
from pitturu.domain.provider import CancelOrder, CancelState, PaymentRef, ProviderStatus, RefundAccount
from pitturu.portone import V2Gateway, open_v2
from tests.pretend import PortOne
from tests.values import V2_SECRET, V2_STORE

ORDER, AMOUNT = "ord0v2", 15_400
REF = PaymentRef("", ORDER)
ACCOUNT = RefundAccount(bank="088", number="110123456789", holder="김하나", tel="01012345678")
LIMITS: dict[str, Any] = {"connect_timeout": 5.0, "read_timeout": 20.0, "deadline": 20.0, "pool_size": 4}


@pytest.fixture
def gateway(fresh_portone: PortOne) -> Iterator[V2Gateway]:
    opened = open_v2(fresh_portone.v2_url, V2_SECRET, V2_STORE, **LIMITS)
    yield opened
    opened.close()


def window(portone: PortOne, **order: Any) -> str:
    wish = {"generation": "v2", "merchant_uid": ORDER, "amount": AMOUNT, "sandbox": True} | order
    return str(portone.control("POST", "payments", wish)["imp_uid"])


def pay(portone: PortOne, **order: Any) -> str:
    attempt = window(portone, **order)
    portone.control("POST", f"payments/{attempt}/approve", {})
    return attempt


def order(amount: int = AMOUNT, balance: int = AMOUNT, **changes: Any) -> CancelOrder:
    values = {"reason": "변심", "pg_provider": "INICIS_V2", "key": f"can-0-{balance}-{amount}-ok"} | changes
    return CancelOrder(payment=REF, amount=amount, balance=balance, **values)


def refusal(gateway: V2Gateway, what: CancelOrder) -> GatewayError:
    with pytest.raises(GatewayError) as caught:
        gateway.cancel(what)
    return caught.value


def test_a_prepared_amount_blocks_another_one(gateway: V2Gateway, portone: PortOne) -> None:
    gateway.prepare(ORDER, AMOUNT)
    with pytest.raises(AssertionError, match="AmountNotEqualToPredefined"):
        window(portone, amount=1)
    pay(portone)
    gateway.prepare(ORDER, AMOUNT)


def test_an_order_that_nobody_tried_to_pay(gateway: V2Gateway) -> None:
    assert gateway.attempts(ORDER) == ()
    assert gateway.payment(REF) is None


def test_of_two_attempts_the_decisive_one_is_shown(gateway: V2Gateway, portone: PortOne) -> None:
    declined = window(portone)
    portone.control("POST", f"payments/{declined}/decline", {})
    (shown,) = gateway.attempts(ORDER)
    assert (shown.provider_id, shown.status) == (declined, ProviderStatus.FAILED)
    paid = pay(portone)
    (shown,) = gateway.attempts(ORDER)
    assert (shown.provider_id, shown.status, shown.sandbox) == (paid, ProviderStatus.PAID, True)


def test_cancelled_in_two_parts(gateway: V2Gateway, portone: PortOne) -> None:
    pay(portone)
    first = gateway.cancel(order(5_400))
    gateway.cancel(order(10_000, 10_000))
    shown = gateway.payment(REF)
    assert shown is not None
    assert (shown.status, shown.cancelled_amount) == (ProviderStatus.CANCELLED, AMOUNT)
    assert [one.amount for one in shown.executed] == [5_400, 10_000]
    assert shown.executed[0].cancellation_id == first.cancellation_id


def test_the_same_order_moves_money_once(gateway: V2Gateway, portone: PortOne) -> None:
    pay(portone)
    assert gateway.cancel(order(5_400)) == gateway.cancel(order(5_400))
    shown = gateway.payment(REF)
    assert shown is not None
    assert shown.cancelled_amount == 5_400


def test_another_balance_than_portones_is_refused(gateway: V2Gateway, portone: PortOne) -> None:
    attempt = pay(portone)
    portone.control("POST", f"payments/{attempt}/console-cancel", {"amount": 400})
    error = refusal(gateway, order(5_000))
    assert (error.reaction, "CANCELLABLE_AMOUNT_CONSISTENCY_BROKEN" in error.words) == (Reaction.STOP, True)


def test_cancelled_before_is_done_and_unpaid_is_refused(gateway: V2Gateway, portone: PortOne) -> None:
    attempt = window(portone)
    assert refusal(gateway, order()).reaction is Reaction.STOP
    portone.control("POST", f"payments/{attempt}/approve", {})
    gateway.cancel(order(key="another-key-of-it"))
    assert refusal(gateway, order(key="and-another-one-more")).reaction is Reaction.DONE


def test_the_pgs_words_reach_the_reader(gateway: V2Gateway, portone: PortOne) -> None:
    """It comes with HTTP 502, and is an answer all the same."""
    pay(portone)
    portone.faults({"kind": "pg_refusal", "endpoint": "payments.cancel", "message": "취소 가능 시간이 아닙니다."})
    error = refusal(gateway, order())
    assert (error.reaction, "취소 가능 시간이 아닙니다." in error.words) == (Reaction.STOP, True)


@pytest.mark.parametrize(("how", "state"), [("requested", CancelState.PENDING), ("failed", None)])
def test_http_200_is_not_yet_refunded(
    gateway: V2Gateway, portone: PortOne, how: str, state: CancelState | None
) -> None:
    pay(portone)
    portone.control("PATCH", "settings", {"v2_cancel": how})
    if state is None:
        assert refusal(gateway, order()).reaction is Reaction.STOP
        return
    receipt = gateway.cancel(order())
    shown = gateway.payment(REF)
    assert shown is not None
    assert [(one.cancellation_id, one.state) for one in shown.cancellations] == [(receipt.cancellation_id, state)]
    assert (shown.cancelled_amount, shown.executed) == (0, ())


@pytest.mark.parametrize(
    ("fault", "reaction"),
    [
        ({"kind": "reset_after"}, Reaction.ASK_FIRST),
        ({"kind": "reset_before"}, Reaction.ASK_FIRST),
        ({"kind": "malformed"}, Reaction.ASK_FIRST),
        ({"kind": "html", "status": 502}, Reaction.ASK_FIRST),
        ({"kind": "status", "status": 503}, Reaction.ASK_FIRST),
        ({"kind": "status", "status": 429}, Reaction.TRY_AGAIN),
    ],
)
def test_what_may_be_done_after_a_cancel(
    gateway: V2Gateway, portone: PortOne, fault: dict[str, Any], reaction: Reaction
) -> None:
    pay(portone)
    portone.faults({**fault, "endpoint": "payments.cancel", "times": 1})
    assert refusal(gateway, order()).reaction is reaction


def test_an_issued_account_is_closed_and_a_deposited_one_is_not(gateway: V2Gateway, portone: PortOne) -> None:
    attempt = window(portone, pay_method="vbank")
    portone.control("POST", f"payments/{attempt}/issue", {})
    (waiting,) = gateway.attempts(ORDER)
    assert waiting.awaits_deposit
    gateway.revoke(REF)
    (closed,) = gateway.attempts(ORDER)
    assert (closed.status, closed.money_came) == (ProviderStatus.CANCELLED, False)
    with pytest.raises(GatewayError) as caught:
        gateway.revoke(REF)
    assert caught.value.reaction is Reaction.STOP


def test_a_deposit_goes_back_to_an_account(gateway: V2Gateway, portone: PortOne) -> None:
    attempt = window(portone, pay_method="vbank")
    portone.control("POST", f"payments/{attempt}/issue", {})
    portone.control("POST", f"payments/{attempt}/deposit", {})
    assert refusal(gateway, order()).reaction is Reaction.STOP
    assert refusal(gateway, order(refund_account=RefundAccount("999", "1", "김"))).words.startswith("PortOne cannot")
    gateway.cancel(order(key="with-an-account-now", refund_account=ACCOUNT))
    assert portone.ledger()[attempt]["cancel_amount"] == AMOUNT


def test_a_wrong_secret_is_for_a_person(fresh_portone: PortOne) -> None:
    gateway = open_v2(fresh_portone.v2_url, "wrong", V2_STORE, **LIMITS)
    with pytest.raises(GatewayError, match="PORTONE_V2_API_SECRET") as caught:
        gateway.attempts(ORDER)
    assert caught.value.reaction is Reaction.CALL_HUMAN
    with pytest.raises(GatewayError):
        gateway.check()
    gateway.close()


def test_the_key_is_quoted_and_only_cancels_have_one(gateway: V2Gateway, portone: PortOne) -> None:
    gateway.prepare(ORDER, AMOUNT)
    pay(portone)
    gateway.cancel(order())
    gateway.check()
    keys = {call["endpoint"]: call["idempotency_key"] for call in portone.calls("v2/")}
    assert keys.pop("payments.cancel") == f'"can-0-{AMOUNT}-{AMOUNT}-ok"'
    assert set(keys.values()) == {None}
    with pytest.raises(ValueError, match="16 to 256"):
        gateway.cancel(order(key="short"))


@pytest.mark.parametrize("kind", ["extra_fields", "unknown_enum"])
def test_what_portone_may_add_without_notice(gateway: V2Gateway, portone: PortOne, kind: str) -> None:
    pay(portone)
    portone.faults({"kind": kind, "endpoint": "payments.findAll", "times": 1})
    (shown,) = gateway.attempts(ORDER)
    assert shown.status is (ProviderStatus.PAID if kind == "extra_fields" else ProviderStatus.UNKNOWN)


@pytest.mark.parametrize("name", ["", ".", ".."])
def test_a_name_that_would_be_another_path_is_never_sent(gateway: V2Gateway, portone: PortOne, name: str) -> None:
    with pytest.raises(GatewayError):
        gateway.attempts(name)
    assert portone.calls("") == []
