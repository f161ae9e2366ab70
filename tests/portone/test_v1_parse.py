"""PortOne's payment object: strict about money and names, indulgent about the rest."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitturu.domain.provider import ProviderPayment, ProviderStatus
from pitturu.portone.reading import Unreadable
from pitturu.portone.v1_parse import page, payment, several
from tests.portone.builders import NOW, cancellation_object, payment_object

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=60),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def test_a_paid_card() -> None:
    paid = payment(payment_object())
    assert (paid.provider_id, paid.order_id) == ("imp_763870411022", "ord7k3m")
    assert (paid.status, paid.word) == (ProviderStatus.PAID, "paid")
    assert (paid.amount, paid.cancelled_amount, paid.currency) == (15_400, 0, "KRW")
    assert (paid.pay_method, paid.pg_provider, paid.sandbox) == ("card", "html5_inicis", False)
    assert paid.paid_at == datetime.fromtimestamp(NOW + 39, UTC)
    assert paid.receipt_url == "https://iniweb.inicis.com/receipt?no=1"
    assert (paid.virtual_account, paid.cancellations) == (None, ())


def test_a_partial_cancel() -> None:
    history = [cancellation_object(receipt_url="https://pg.example/c1"), cancellation_object(amount=4000.0)]
    part = payment(payment_object(status="cancelled", cancel_amount=9000, cancel_history=history))
    assert [(one.amount, one.receipt_url) for one in part.cancellations] == [
        (5000, "https://pg.example/c1"),
        (4000, ""),
    ]
    assert part.cancellations[0].cancellation_id == "c-1"


def test_a_waiting_account_is_one_only_with_a_number() -> None:
    fields = {"pay_method": "vbank", "status": "ready", "vbank_code": "088", "vbank_name": "신한은행", "paid_at": 0}
    assert payment(payment_object(**fields)).virtual_account is None
    issued = payment(
        payment_object(**fields, vbank_num="56211900012345", vbank_holder=None, vbank_date=NOW)
    ).virtual_account
    assert issued is not None
    assert (issued.number, issued.bank_code, issued.holder) == ("56211900012345", "088", "")
    assert issued.due_at == datetime.fromtimestamp(NOW, UTC)


@pytest.mark.parametrize("name", ["imp_uid", "merchant_uid", "status", "amount", "cancel_amount", "currency"])
@pytest.mark.parametrize(
    "value", [None, "", [], {}, True, -1, 0.5, float("nan"), float("inf"), 10**12, "가" * 41, "a\0b"]
)
def test_what_money_and_identity_rest_on_must_be_sane(name: str, value: object) -> None:
    if name == "status" and isinstance(value, str) and value:
        assert payment(payment_object(status=value)).status is ProviderStatus.UNKNOWN
        return
    if name == "merchant_uid" and value == "":
        value = None
    with pytest.raises(Unreadable, match=name):
        payment(payment_object(**{name: value}))
    fields = payment_object()
    del fields[name]
    with pytest.raises(Unreadable, match=name):
        payment(fields)


def test_more_cannot_be_cancelled_than_was_paid() -> None:
    with pytest.raises(Unreadable, match="cancel_amount"):
        payment(payment_object(cancel_amount=15_401))


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"sandbox": "true"}, "sandbox"),
        ({"cancel_history": {}}, "cancel_history"),
        ({"cancel_history": [None]}, "cancel_history"),
        ({"cancel_history": [cancellation_object(amount="5000")]}, "amount"),
        ({"currency": "krw"}, "currency"),
        ({"imp_uid": "imp/../1"}, "imp_uid"),
    ],
)
def test_nonsense_about_money_is_refused(change: dict[str, object], name: str) -> None:
    with pytest.raises(Unreadable, match=name):
        payment(payment_object(**change))


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"sandbox": None}, {"sandbox": False}),
        ({"cancel_history": None}, {"cancellations": ()}),
        ({"paid_at": None}, {"paid_at": None}),
        ({"paid_at": 0}, {"paid_at": None}),
        ({"paid_at": "yesterday"}, {"paid_at": None}),
        ({"paid_at": 1e300}, {"paid_at": None}),
        ({"status": "unknown"}, {"status": ProviderStatus.UNKNOWN, "word": "unknown"}),
        ({"status": "suspended"}, {"status": ProviderStatus.UNKNOWN, "word": "suspended"}),
        ({"pay_method": 7, "x_future": {}}, {"pay_method": ""}),
        ({"fail_reason": "한도\0초과\n" + "x" * 999}, {"fail_reason": ("한도 초과 " + "x" * 999)[:500]}),
        ({"receipt_url": "javascript:alert(1)"}, {"receipt_url": ""}),
        ({"receipt_url": "https://"}, {"receipt_url": ""}),
        ({"receipt_url": "https://[x"}, {"receipt_url": ""}),
        ({"receipt_url": "https://pg.example/" + "x" * 500}, {"receipt_url": ""}),
        ({"receipt_url": "https://pg.example/\n"}, {"receipt_url": ""}),
        ({"amount": 15400.0}, {"amount": 15400}),
    ],
)
def test_the_rest_may_be_anything(change: dict[str, object], expected: dict[str, object]) -> None:
    parsed = payment(payment_object(**change))
    assert {name: getattr(parsed, name) for name in expected} == expected


@given(st.sampled_from(sorted(payment_object())), JSON)
def test_any_single_surprise_is_read_or_refused(name: str, value: Any) -> None:
    try:
        parsed = payment(payment_object(**{name: value}))
    except Unreadable:
        return
    assert isinstance(parsed, ProviderPayment)
    texts = [text for text in vars(parsed).values() if isinstance(text, str)]
    assert all(text.isprintable() and len(text) <= 500 for text in texts)


@given(JSON)
def test_anything_else_is_no_payment_and_no_page(value: Any) -> None:
    for parse in (payment, page):
        with pytest.raises(Unreadable):
            parse(value)


def test_a_page() -> None:
    entries = [payment_object(), payment_object(imp_uid="imp_2", status="ready", paid_at=0)]
    found = page({"total": 2, "previous": False, "next": 0, "list": entries})
    assert [one.provider_id for one in found] == ["imp_763870411022", "imp_2"]
    assert page({"list": []}) == ()


NONSENSE = payment_object(imp_uid="imp_2", status="ready", paid_at=0, amount=3_000_000_000)


def test_an_invalid_attempt_hides_no_other() -> None:
    found = page({"list": [NONSENSE, payment_object()]})
    assert [one.provider_id for one in found] == ["imp_763870411022"]


@pytest.mark.parametrize("money", [{"status": "paid"}, {"paid_at": 1}])
def test_an_unreadable_payment_with_money_needs_an_operator(money: dict[str, Any]) -> None:
    with pytest.raises(Unreadable, match="amount"):
        page({"list": [NONSENSE | money, payment_object()]})


def test_an_answer_about_several_orders() -> None:
    other = payment_object(imp_uid="imp_2", merchant_uid="ord2")
    found = several([payment_object(), other])
    assert ([one.order_id for one in found.shown], found.unclear) == (["ord7k3m", "ord2"], frozenset())


@pytest.mark.parametrize("nonsense", [{"amount": -1}, {"currency": None}, {"imp_uid": "a b"}, {"cancel_amount": 10**9}])
def test_an_unreadable_entry_spoils_its_own_order_only(nonsense: dict[str, object]) -> None:
    found = several([payment_object(**nonsense), payment_object(imp_uid="imp_2", merchant_uid="ord2")])
    assert ([one.order_id for one in found.shown], found.unclear) == (["ord2"], {"ord7k3m"})


@pytest.mark.parametrize("order", [None, 7, [], "x" * 100])
def test_an_entry_without_a_readable_order_spoils_none(order: object) -> None:
    found = several([payment_object(merchant_uid=order), payment_object()])
    assert [one.order_id for one in found.shown] == ["ord7k3m"]
    assert "ord7k3m" not in found.unclear


@pytest.mark.parametrize("answer", [None, {}, {"list": []}, "x", [1], [None]])
def test_an_answer_about_several_orders_that_is_none(answer: object) -> None:
    with pytest.raises(Unreadable):
        several(answer)
