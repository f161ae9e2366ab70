"""PortOne V2's payment object read strictly where money or identity is at stake, and indulgently elsewhere."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from pitturu.domain.provider import CancelState, ProviderPayment, ProviderStatus
from pitturu.portone import v2_parse
from pitturu.portone.reading import Unreadable

LIVE = {"type": "LIVE", "pgProvider": "INICIS_V2", "pgMerchantId": "MOI"}


def shown(status: str = "PAID", amount: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    """A card payment of 11,000 won; a change to None leaves the field out."""
    paid = {"paidAt": "2026-11-23T01:02:45Z"} if status in ("PAID", "PARTIAL_CANCELLED") else {}
    fields = {
        "status": status,
        "id": "ord1",
        "transactionId": "019a3c10-7a10-7000-8000-0000000000a1",
        "version": "V2",
        "requestedAt": "2026-11-23T01:02:03.123456789Z",
        "statusChangedAt": "2026-11-23T01:02:45Z",
        "amount": {"total": 11_000, "paid": 11_000, "cancelled": 0, "discount": 0, **(amount or {})},
        "currency": "KRW",
        "channel": LIVE,
        "method": {"type": "PaymentMethodCard"},
        **paid,
        **changes,
    }
    return {name: value for name, value in fields.items() if value is not None}


def cancel(status: str = "SUCCEEDED", amount: int = 4_000, name: str = "c-1") -> dict[str, Any]:
    return {
        "status": status,
        "id": name,
        "totalAmount": amount,
        "reason": "변심",
        "requestedAt": "2026-11-23T02:00:00Z",
    }


def read(*args: Any, **changes: Any) -> ProviderPayment:
    return v2_parse.payment(shown(*args, **changes))


def test_a_payment() -> None:
    payment = read()
    assert (payment.provider_id, payment.order_id) == ("019a3c10-7a10-7000-8000-0000000000a1", "ord1")
    assert (payment.amount, payment.cancelled_amount, payment.currency) == (11_000, 0, "KRW")
    assert (payment.pay_method, payment.pg_provider, payment.sandbox) == ("card", "INICIS_V2", False)
    assert payment.started_at == datetime(2026, 11, 23, 1, 2, 3, 123456, UTC)
    assert (payment.money_came, payment.exclusive, payment.word) == (True, True, "PAID")


@pytest.mark.parametrize(
    ("word", "status", "money"),
    [
        ("READY", ProviderStatus.READY, False),
        ("PENDING", ProviderStatus.PENDING, False),
        ("PAY_PENDING", ProviderStatus.PENDING, False),
        ("VIRTUAL_ACCOUNT_ISSUED", ProviderStatus.READY, False),
        ("PAID", ProviderStatus.PAID, True),
        ("PARTIAL_CANCELLED", ProviderStatus.PAID, True),
        ("FAILED", ProviderStatus.FAILED, False),
        ("SUSPENDED", ProviderStatus.UNKNOWN, False),
    ],
)
def test_every_status(word: str, status: ProviderStatus, money: bool) -> None:
    """A failed payment carries `amount.paid` as well: that proves nothing."""
    payment = read(word)
    assert (payment.status, payment.money_came, payment.word) == (status, money, word)


def test_cancelled_is_money_only_if_some_came() -> None:
    closed = read("CANCELLED")
    assert (closed.status, closed.money_came) == (ProviderStatus.CANCELLED, False)
    for sign in ({"paidAt": "2026-11-23T01:02:45Z"}, {"amount": {"cancelled": 11_000}}):
        back = read("CANCELLED", **sign)
        assert back.money_came
        assert back.paid_at is not None


@pytest.mark.parametrize(
    ("method", "word"),
    [
        ({"type": "PaymentMethodTransfer"}, "trans"),
        ({"type": "PaymentMethodMobile"}, "phone"),
        ({"type": "PaymentMethodVirtualAccount", "accountNumber": "1"}, "vbank"),
        ({"type": "PaymentMethodEasyPay", "provider": "KAKAOPAY"}, "kakaopay"),
        ({"type": "PaymentMethodEasyPay"}, "easy_pay"),
        ({"type": "PaymentMethodGiftCertificate"}, "gift_certificate"),
        ({"type": "SomethingNew"}, "something_new"),
        ({}, ""),
        (None, ""),
        ("card", ""),
    ],
)
def test_every_method(method: object, word: str) -> None:
    assert read(method=method).pay_method == word


@pytest.mark.parametrize(("bank", "code", "name"), [("SHINHAN", "088", "신한은행"), ("NEW_BANK", "", "NEW_BANK")])
def test_an_issued_account(bank: str, code: str, name: str) -> None:
    method = {
        "type": "PaymentMethodVirtualAccount",
        "bank": bank,
        "accountNumber": "56211112222333",
        "remitteeName": "피뚜루",
        "expiredAt": "2026-11-26T14:59:59Z",
    }
    payment = read("VIRTUAL_ACCOUNT_ISSUED", method=method)
    assert payment.awaits_deposit
    account = payment.virtual_account
    assert account is not None
    assert (account.bank_code, account.bank_name, account.number) == (code, name, "56211112222333")
    assert account.due_at == datetime(2026, 11, 26, 14, 59, 59, tzinfo=UTC)


def test_a_window_that_only_chose_an_account_awaits_nothing() -> None:
    assert not read("READY", method={"type": "PaymentMethodVirtualAccount", "accountNumber": "1"}).awaits_deposit


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("SUCCEEDED", CancelState.SUCCEEDED),
        ("REQUESTED", CancelState.PENDING),
        ("FAILED", CancelState.FAILED),
        ("SOMETHING_NEW", CancelState.PENDING),
    ],
)
def test_cancels_and_what_became_of_them(word: str, state: CancelState) -> None:
    payment = read("PARTIAL_CANCELLED", {"cancelled": 4_000}, cancellations=[cancel(), cancel(word, 1_000, "c-2")])
    assert [(one.cancellation_id, one.amount, one.state) for one in payment.cancellations] == [
        ("c-1", 4_000, CancelState.SUCCEEDED),
        ("c-2", 1_000, state),
    ]
    assert len(payment.executed) == 1 + (state is CancelState.SUCCEEDED)


@pytest.mark.parametrize(
    "changes",
    [
        {"status": ""},
        {"id": None},
        {"id": "o" * 65},
        {"transactionId": None},
        {"transactionId": "no id/at all"},
        {"currency": "won"},
        {"amount": {"total": -1}},
        {"amount": {"total": 10.5}},
        {"amount": {"total": "11000"}},
        {"amount": {"total": 3_000_000_000}},
        {"amount": {"cancelled": 11_001}},
        {"amount": {"cancelled": None}},
        {"channel": None},
        {"channel": {"type": "SANDBOX"}},
        {"channel": "LIVE"},
        {"cancellations": {}},
        {"cancellations": [{"status": "SUCCEEDED", "id": "c", "totalAmount": "4000"}]},
    ],
)
def test_money_and_identity_that_make_no_sense_are_nobodys(changes: dict[str, Any]) -> None:
    with pytest.raises(Unreadable):
        read(**changes)


@pytest.mark.parametrize("kind", ["TEST", "LIVE"])
def test_a_test_channel_is_no_live_money(kind: str) -> None:
    assert read(channel=LIVE | {"type": kind}).sandbox == (kind == "TEST")


def test_nonsense_that_took_no_money_is_left_out_and_other_nonsense_is_not() -> None:
    absurd = {"total": 3_000_000_000}
    assert v2_parse.order(shown("READY", absurd)) is None
    with pytest.raises(Unreadable):
        v2_parse.order(shown("PAID", absurd))


JSON = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(max_size=20),
    lambda deeper: some.lists(deeper, max_size=3) | some.dictionaries(some.text(max_size=10), deeper, max_size=4),
    max_leaves=8,
)


@given(some.sampled_from(sorted(shown())), JSON)
def test_any_json_is_a_payment_or_unreadable(name: str, value: Any) -> None:
    try:
        payment = v2_parse.payment(shown() | {name: value})
    except Unreadable:
        return
    assert payment.order_id
    assert 0 <= payment.cancelled_amount <= payment.amount
