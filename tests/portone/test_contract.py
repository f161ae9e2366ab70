"""What callers may expect of a gateway, with either of PortOne's APIs."""

from contextlib import suppress
from datetime import datetime
from typing import Any

import pytest

from pitturu.domain import clock
from pitturu.domain.errors import GatewayError, Reaction
from pitturu.domain.provider import Gateway, ProviderStatus, RefundAccount
from tests.fake_portone import PortOne
from tests.portone.generations import AMOUNT, ORDER, PG, Buyer, Maker, cancel_of, ref, refusal, seen

ACCOUNT = RefundAccount(bank="088", number="110123456789", holder="김하나", tel="01012345678")
SETTING = {"v1": "PORTONE_API_SECRET", "v2": "PORTONE_V2_API_SECRET"}


def moment(seconds: Any) -> datetime | None:
    """A time of PortOne's ledger on our clock."""
    return clock.from_unix(seconds)


def test_a_prepared_amount_blocks_another_one(gateway: Gateway, buyer: Buyer) -> None:
    gateway.prepare(ORDER, AMOUNT)
    gateway.prepare(ORDER, AMOUNT)
    with pytest.raises(AssertionError, match="409"):
        buyer.opens(amount=1)
    assert buyer.opens()


def test_a_paid_order_can_be_prepared_without_harm(gateway: Gateway, buyer: Buyer) -> None:
    gateway.prepare(ORDER, AMOUNT)
    name = buyer.pays()
    gateway.prepare(ORDER, AMOUNT)
    assert seen(gateway, name).amount == AMOUNT


def test_an_order_that_nobody_tried_to_pay_has_no_attempts(gateway: Gateway) -> None:
    assert gateway.attempts(ORDER) == ()
    assert gateway.payment(ref("imp_000000000000")) is None


def test_an_opened_window_is_an_attempt_without_money(gateway: Gateway, buyer: Buyer) -> None:
    name = buyer.opens()
    (attempt,) = gateway.attempts(ORDER)
    assert (attempt.provider_id, attempt.status, attempt.amount) == (name, ProviderStatus.READY, AMOUNT)
    assert (attempt.money_came, attempt.awaits_deposit, attempt.paid_at) == (False, False, None)
    assert attempt.started_at == moment(buyer.truth(name)["started_at"])


@pytest.mark.parametrize("order", [{"sandbox": True}, {"sandbox": False}, {"currency": "USD"}])
def test_a_paid_attempt(gateway: Gateway, buyer: Buyer, order: dict[str, Any]) -> None:
    name = buyer.pays(**order)
    payment, truth = seen(gateway, name), buyer.truth(name)
    assert gateway.attempts(ORDER) == (payment,)
    assert (payment.status, payment.amount, payment.cancelled_amount) == (ProviderStatus.PAID, AMOUNT, 0)
    assert (payment.currency, payment.sandbox) == (order.get("currency", "KRW"), order.get("sandbox", True))
    assert (payment.started_at, payment.paid_at) == (moment(truth["started_at"]), moment(truth["paid_at"]))
    assert payment.receipt_url == truth["receipt_url"]
    assert (payment.money_came, payment.cancellations, payment.virtual_account) == (True, (), None)


@pytest.mark.parametrize("method", ["card", "trans", "phone", "kakaopay", "naverpay", "tosspay", "samsungpay", "payco"])
def test_the_way_to_pay_has_the_same_name(gateway: Gateway, buyer: Buyer, method: str) -> None:
    assert seen(gateway, buyer.pays(pay_method=method)).pay_method == method


def test_a_failed_attempt(gateway: Gateway, buyer: Buyer) -> None:
    name = buyer.does("decline", buyer.opens(), reason="한도초과")
    payment = seen(gateway, name)
    assert (payment.status, payment.fail_reason) == (ProviderStatus.FAILED, "한도초과")
    assert (payment.money_came, payment.cancelled_amount) == (False, 0)


def test_the_money_comes_first_however_often_it_was_tried(gateway: Gateway, buyer: Buyer) -> None:
    first, later = buyer.opens(), [buyer.opens() for _ in range(3)]
    for name in later:
        buyer.does("decline", name)
    buyer.does("approve", first)
    assert gateway.attempts(ORDER)[0].provider_id == first


def test_an_account_is_shown_before_and_after_the_deposit(gateway: Gateway, buyer: Buyer) -> None:
    name = buyer.takes_an_account()
    waiting, truth = seen(gateway, name), buyer.truth(name)
    account = waiting.virtual_account
    assert account is not None
    assert (waiting.status, waiting.pay_method, waiting.awaits_deposit) == (ProviderStatus.READY, "vbank", True)
    assert (account.bank_code, account.number) == (truth["vbank_code"], truth["vbank_num"])
    assert (account.holder, account.due_at) == (truth["vbank_holder"], moment(truth["vbank_date"]))
    assert account.bank_name
    assert not waiting.money_came
    buyer.does("deposit", name)
    paid = seen(gateway, name)
    assert (paid.status, paid.awaits_deposit, paid.virtual_account) == (ProviderStatus.PAID, False, account)


def test_money_goes_back_in_parts_and_then_in_full(gateway: Gateway, buyer: Buyer) -> None:
    name = buyer.pays()
    gateway.cancel(cancel_of(name, amount=5_400))
    part = seen(gateway, name)
    assert (part.amount, part.cancelled_amount, part.money_came) == (AMOUNT, 5_400, True)
    gateway.cancel(cancel_of(name, amount=10_000, balance=10_000, reason="나머지"))
    rest, shown = seen(gateway, name), buyer.truth(name)["cancel_history"]
    assert (rest.status, rest.amount, rest.cancelled_amount) == (ProviderStatus.CANCELLED, AMOUNT, AMOUNT)
    assert [(one.amount, one.reason) for one in rest.executed] == [(5_400, "변심"), (10_000, "나머지")]
    assert [one.cancellation_id for one in rest.cancellations] == [one["cancellation_id"] for one in shown]
    assert [one.cancelled_at for one in rest.cancellations] == [moment(one["cancelled_at"]) for one in shown]
    assert rest.paid_at == part.paid_at


def test_refunds_in_the_console_are_shown_too(gateway: Gateway, buyer: Buyer) -> None:
    name = buyer.does("console-cancel", buyer.pays(), reason="전화 요청")
    payment = seen(gateway, name)
    assert (payment.cancelled_amount, payment.money_came) == (AMOUNT, True)
    assert [one.reason for one in payment.executed] == ["전화 요청"]


def test_another_balance_than_we_believe_stops_the_cancel(gateway: Gateway, buyer: Buyer) -> None:
    name = buyer.pays()
    buyer.does("console-cancel", name, amount=400)
    assert refusal(lambda: gateway.cancel(cancel_of(name, amount=5_000))).reaction is Reaction.STOP
    assert buyer.truth(name)["cancel_amount"] == 400


def test_the_same_order_sent_twice_moves_money_once(gateway: Gateway, buyer: Buyer) -> None:
    name = buyer.pays()
    order = cancel_of(name, amount=5_400)
    gateway.cancel(order)
    with suppress(GatewayError):  # V1 refuses the second by its balance, V2 repeats the answer to the first.
        gateway.cancel(order)
    assert buyer.truth(name)["cancel_amount"] == 5_400


def test_a_repeated_cancel_is_done(gateway: Gateway, buyer: Buyer) -> None:
    name = buyer.pays()
    gateway.cancel(cancel_of(name))
    assert refusal(lambda: gateway.cancel(cancel_of(name))).reaction is Reaction.DONE
    assert buyer.truth(name)["cancel_amount"] == AMOUNT


@pytest.mark.parametrize("attempt", ["opens", "takes_an_account"])
def test_an_unpaid_attempt_cannot_be_cancelled(gateway: Gateway, buyer: Buyer, attempt: str) -> None:
    name = getattr(buyer, attempt)()
    error = refusal(lambda: gateway.cancel(cancel_of(name, refund_account=ACCOUNT)))
    assert error.reaction is Reaction.STOP


@pytest.mark.parametrize(("amount", "balance"), [(0, AMOUNT), (-1, AMOUNT), (AMOUNT + 1, AMOUNT), (0, 0)])
def test_an_impossible_amount_is_never_sent(
    gateway: Gateway, buyer: Buyer, portone: PortOne, amount: int, balance: int
) -> None:
    name = buyer.pays()
    assert refusal(lambda: gateway.cancel(cancel_of(name, amount, balance))).reaction is Reaction.STOP
    assert portone.calls_to("payments.cancel") == []


def test_a_deposit_goes_back_to_the_account_named(gateway: Gateway, buyer: Buyer) -> None:
    name = buyer.deposits()
    assert refusal(lambda: gateway.cancel(cancel_of(name))).reaction is Reaction.STOP
    gateway.cancel(cancel_of(name, refund_account=ACCOUNT))
    assert seen(gateway, name).cancelled_amount == AMOUNT


def test_a_bank_that_cannot_be_refunded_to_is_never_sent(gateway: Gateway, portone: PortOne) -> None:
    unknown = RefundAccount(bank="999", number="1", holder="김하나")
    error = refusal(lambda: gateway.cancel(cancel_of("imp_1", refund_account=unknown)))
    assert error.reaction is Reaction.STOP
    assert "another bank" in error.message
    assert portone.calls_to("payments.cancel") == []


def test_an_account_is_withdrawn_once(gateway: Gateway, buyer: Buyer) -> None:
    name = buyer.takes_an_account()
    gateway.revoke(ref(name), PG)
    payment = seen(gateway, name)
    assert (payment.status, payment.money_came) == (ProviderStatus.CANCELLED, False)
    assert refusal(lambda: gateway.revoke(ref(name), PG)).reaction is Reaction.STOP


def test_an_account_with_money_on_it_stays(gateway: Gateway, buyer: Buyer) -> None:
    name = buyer.deposits()
    assert refusal(lambda: gateway.revoke(ref(name), PG)).reaction is Reaction.STOP
    assert seen(gateway, name).status is ProviderStatus.PAID


def test_a_wrong_secret_needs_an_operator_and_is_named(make: Maker, generation: str) -> None:
    stranger = make(secret="wrong")
    for ask in (lambda: stranger.attempts(ORDER), lambda: stranger.cancel(cancel_of("imp_1"))):
        error = refusal(ask)
        assert error.reaction is Reaction.CALL_HUMAN
        assert SETTING[generation] in error.message


@pytest.mark.parametrize("name", ["", ".", "..", "..."])
def test_a_name_that_would_be_another_path_is_never_sent(gateway: Gateway, portone: PortOne, name: str) -> None:
    both = ref(name, name)
    for ask in (lambda: gateway.attempts(name), lambda: gateway.payment(both), lambda: gateway.revoke(both, PG)):
        assert refusal(ask).reaction is Reaction.STOP
    assert portone.calls("") == []


@pytest.mark.parametrize("name", ["한글 주문", "a?b#c", "50%", "a+b&c=d", "%2e%2e"])
def test_an_order_number_of_another_system_is_one_step_of_the_path(gateway: Gateway, buyer: Buyer, name: str) -> None:
    buyer.pays(merchant_uid=name)
    assert [one.order_id for one in gateway.attempts(name)] == [name]
