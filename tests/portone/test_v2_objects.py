"""V2's answers whole: the objects that it really sends, what may be missing in them, and any JSON in their place."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from pitturu.domain import clock
from pitturu.domain.provider import CancelState, ProviderPayment, ProviderStatus
from pitturu.portone import v2_parse
from pitturu.portone.reading import Unreadable

REQUESTED, PAID_AT = "2026-11-23T01:02:03.123456789Z", "2026-11-23T01:02:45Z"
MONEY = {"total": 15_400, "taxFree": 0, "vat": 1_400, "supply": 14_000, "discount": 0, "paid": 15_400}
MINIMAL = {
    "status": "READY",
    "id": "ord7k3m",
    "transactionId": "019a3c10-7a10-7000-8000-0000000000a1",
    "amount": {"total": 15_400, "cancelled": 0},
    "currency": "KRW",
}
WHOLE: dict[str, Any] = MINIMAL | {
    "status": "PAID",
    "merchantId": "merchant-00000000-0000-4000-8000-000000000001",
    "storeId": "store-00000000-0000-4000-8000-000000000007",
    "version": "V2",
    "requestedAt": REQUESTED,
    "updatedAt": "2026-11-23T01:02:45.5Z",
    "statusChangedAt": PAID_AT,
    "orderName": "11월 회비",
    "amount": {**MONEY, "cancelled": 0, "cancelledTaxFree": 0},
    "customer": {"name": "김하나", "email": "hana@example.org"},
    "origin": {"platformType": "PC", "ipAddress": "203.0.113.9"},
    "channel": {"type": "LIVE", "name": "inicis", "pgProvider": "INICIS_V2", "pgMerchantId": "MOIpitturu"},
    "method": {"type": "PaymentMethodCard", "card": {"issuer": "SHINHAN_CARD"}, "approvalNumber": "30012345"},
    "customData": '{"member":42}',
    "paidAt": PAID_AT,
    "pgTxId": "StdpayCARDMOIpitturu20261123100245000001",
    "receiptUrl": "https://pg.example/r/1",
    "disputes": [],
}
CANCELLATION = {
    "status": "SUCCEEDED",
    "id": "019a3c11-0000-7000-8000-00000000c001",
    "pgCancellationId": "pgc-1",
    "totalAmount": 4_400,
    "taxFreeAmount": 0,
    "vatAmount": 400,
    "reason": "한 자리 반납",
    "requestedAt": "2026-11-23T02:00:00Z",
    "cancelledAt": "2026-11-23T02:00:01.25Z",
    "receiptUrl": "https://pg.example/c/1",
    "trigger": "API",
}


@pytest.fixture
def noon() -> Iterator[datetime]:
    """The clock stands still."""
    moment = datetime(2026, 11, 23, 12, tzinfo=UTC)
    clock.use(lambda: moment)
    yield moment
    clock.use(None)


def at(hour: int, minute: int, second: int, microsecond: int = 0) -> datetime:
    return datetime(2026, 11, 23, hour, minute, second, microsecond, UTC)


def test_a_paid_card() -> None:
    assert v2_parse.payment(WHOLE) == ProviderPayment(
        provider_id="019a3c10-7a10-7000-8000-0000000000a1",
        order_id="ord7k3m",
        status=ProviderStatus.PAID,
        word="PAID",
        amount=15_400,
        cancelled_amount=0,
        currency="KRW",
        sandbox=False,
        pay_method="card",
        pg_provider="INICIS_V2",
        started_at=at(1, 2, 3, 123_456),
        paid_at=at(1, 2, 45),
        receipt_url="https://pg.example/r/1",
        exclusive=True,
    )


def test_half_of_a_kakaopay_payment_given_back() -> None:
    method = {"type": "PaymentMethodEasyPay", "provider": "KAKAOPAY", "easyPayMethod": {"type": "X"}}
    money, more = MONEY | {"cancelled": 4_400}, {"cancelledAt": "2026-11-23T02:00:01.25Z"}
    part = v2_parse.payment(
        WHOLE
        | {"status": "PARTIAL_CANCELLED", "amount": money, "method": method, "cancellations": [CANCELLATION]}
        | more
    )
    assert (part.status, part.pay_method, part.cancelled_amount) == (ProviderStatus.PAID, "kakaopay", 4_400)
    (shown,) = part.executed
    assert (shown.cancellation_id, shown.amount, shown.reason) == (CANCELLATION["id"], 4_400, "한 자리 반납")
    assert (shown.cancelled_at, shown.receipt_url) == (at(2, 0, 1, 250_000), "https://pg.example/c/1")


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        ({"reason": "[PAY_PROCESS_CANCELED] 닫음", "pgCode": "PAY_PROCESS_CANCELED", "pgMessage": "닫음"}, "닫음"),
        ({"reason": "한도\0초과"}, "한도 초과"),
        ({}, ""),
        (None, ""),
        ("한도초과", ""),
    ],
)
def test_a_failure_without_a_channel(failure: object, words: str) -> None:
    failed = v2_parse.payment(
        MINIMAL | {"status": "FAILED", "amount": MONEY | {"cancelled": 0}, "failedAt": PAID_AT, "failure": failure}
    )
    assert (failed.status, failed.fail_reason) == (ProviderStatus.FAILED, words)
    assert (failed.money_came, failed.exclusive) == (False, False)


def test_the_least_that_makes_a_payment() -> None:
    least = v2_parse.payment(MINIMAL)
    assert (least.amount, least.pay_method, least.pg_provider, least.started_at) == (15_400, "", "", None)
    assert (least.cancellations, least.virtual_account, least.receipt_url, least.fail_reason) == ((), None, "", "")
    assert least.sandbox, "what names no live channel is no live money"


@pytest.mark.parametrize("name", sorted(set(WHOLE) - set(MINIMAL) - {"channel"}))
def test_every_other_field_may_be_missing(name: str) -> None:
    less = v2_parse.payment({field: value for field, value in WHOLE.items() if field != name})
    assert (less.status, less.amount, less.money_came) == (ProviderStatus.PAID, 15_400, True)


@pytest.mark.parametrize("name", sorted(MINIMAL))
def test_without_these_it_is_nobodys(name: str) -> None:
    with pytest.raises(Unreadable):
        v2_parse.payment({field: value for field, value in WHOLE.items() if field != name})


@pytest.mark.parametrize("status", ["PAID", "PARTIAL_CANCELLED", "CANCELLED"])
@pytest.mark.parametrize("channel", [None, {}, [], {"type": None}, {"type": "live"}, {"type": ["LIVE"]}])
def test_money_without_a_known_channel_is_nobodys(status: str, channel: object) -> None:
    for shown in (WHOLE | {"channel": channel}, {name: value for name, value in WHOLE.items() if name != "channel"}):
        with pytest.raises(Unreadable, match="channel"):
            v2_parse.payment(shown | {"status": status})


@pytest.mark.parametrize("shown", [None, "yesterday", 1763870450, "2026-11-23T01:02:45"])
def test_money_that_came_has_a_moment(noon: datetime, shown: object) -> None:
    assert v2_parse.payment(WHOLE | {"paidAt": shown}).paid_at == at(1, 2, 45)
    assert v2_parse.payment(WHOLE | {"paidAt": shown, "statusChangedAt": shown}).paid_at == noon


@pytest.mark.parametrize("name", ["total", "cancelled"])
@pytest.mark.parametrize("value", [None, True, -1, 0.5, "1", [], {}, float("nan"), float("inf"), 10**12, 10**400])
def test_an_absurd_amount_is_nobodys(name: str, value: object) -> None:
    with pytest.raises(Unreadable, match=name):
        v2_parse.payment(WHOLE | {"amount": MONEY | {"cancelled": 0, name: value}})
    with pytest.raises(Unreadable, match="totalAmount"):
        v2_parse.receipt({"cancellation": CANCELLATION | {"totalAmount": value}})


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "https://", "https://[x", "//pg.example", 7, "https://a/" * 99]
)
def test_half_a_link_is_none(link: object) -> None:
    assert v2_parse.payment(WHOLE | {"receiptUrl": link}).receipt_url == ""


@pytest.mark.parametrize("status", ["PAID", "PENDING", "PAY_PENDING", "VIRTUAL_ACCOUNT_ISSUED", "CANCELLED", "NEW"])
def test_invalid_data_of_an_attempt_that_may_take_money_needs_an_operator(status: str) -> None:
    with pytest.raises(Unreadable):
        v2_parse.order(WHOLE | {"status": status, "amount": {"total": 3_000_000_000, "cancelled": 0}})


@pytest.mark.parametrize("status", ["READY", "FAILED"])
def test_nonsense_in_a_window_is_nobodys_unless_it_was_paid(status: str) -> None:
    absurd = MINIMAL | {"status": status, "amount": {"total": 3_000_000_000, "cancelled": 0}}
    assert v2_parse.order(absurd) is None
    with pytest.raises(Unreadable, match="total"):
        v2_parse.order(absurd | {"paidAt": PAID_AT})


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("SUCCEEDED", CancelState.SUCCEEDED),
        ("REQUESTED", CancelState.PENDING),
        ("FAILED", CancelState.FAILED),
        ("OF_TOMORROW", CancelState.PENDING),
        (None, CancelState.PENDING),
    ],
)
def test_what_a_cancel_is_answered_with(word: object, state: CancelState) -> None:
    receipt, shown = v2_parse.receipt({"cancellation": CANCELLATION | {"status": word}})
    assert (receipt.cancellation_id, shown.state, shown.amount) == (CANCELLATION["id"], state, 4_400)


JSON = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(max_size=60),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(max_size=8), inner, max_size=3),
    max_leaves=3,
)
PARTS = some.sampled_from(["PAID", "FAILED", "PaymentMethodVirtualAccount", "LIVE", "SUCCEEDED", "SHINHAN", PAID_AT, 1])


ACCOUNT = {"type": "PaymentMethodVirtualAccount", "bank": "SHINHAN", "accountNumber": "1", "expiredAt": PAID_AT}


def altered(whole: dict[str, Any]) -> some.SearchStrategy[dict[str, Any]]:
    """The same with anything in one or two of its fields."""
    changes = some.dictionaries(some.sampled_from(sorted(whole)), JSON | PARTS, min_size=1, max_size=2)
    return changes.map(lambda changed: whole | changed)


PAYMENTS = some.one_of(
    altered(WHOLE | {"failure": {"reason": "", "pgMessage": ""}}),
    altered(MONEY | {"cancelled": 0}).map(lambda shown: WHOLE | {"amount": shown}),
    altered(ACCOUNT).map(lambda shown: WHOLE | {"method": shown}),
    altered(WHOLE["channel"]).map(lambda shown: WHOLE | {"channel": shown}),
    altered(CANCELLATION).map(lambda shown: WHOLE | {"cancellations": [CANCELLATION, shown], "cancellation": shown}),
)
PARSERS: list[Callable[[object], object]] = [v2_parse.payment, v2_parse.order, v2_parse.receipt]


@given(JSON | PAYMENTS)
def test_any_json_is_something_of_ours_or_unreadable(value: Any) -> None:
    for parse in PARSERS:
        try:
            shown = parse(value)
        except Unreadable:
            continue
        if isinstance(shown, ProviderPayment):
            sane(shown)


def sane(shown: ProviderPayment) -> None:
    """No column, log or terminal chokes on it, and no money comes of nothing."""
    texts = [text for text in vars(shown).values() if isinstance(text, str)]
    assert all(text.isprintable() and len(text) <= 500 for text in texts)
    assert 0 <= shown.cancelled_amount <= shown.amount
    assert shown.paid_at is None or shown.paid_at.utcoffset() == timedelta()
    assert shown.money_came <= (shown.status in (ProviderStatus.PAID, ProviderStatus.CANCELLED))
