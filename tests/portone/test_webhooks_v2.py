"""V2's webhooks in both of their versions: a notice about a payment, a notice of nothing, or refused in words."""

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as some

from pitturu.domain.errors import Malformed
from pitturu.portone.webhooks import MAX_BODY, Notice, is_v2, parse_v1, parse_v2

JSON, FORM = "application/json", "application/x-www-form-urlencoded"
PAYMENT, TRANSACTION, CANCEL = "ord7k3m", "019a3c10-7a10-7000-8000-0000000000c3", "019a3c11-0000-7000-8000-00000000c001"
DATA = {"storeId": "store-1", "paymentId": PAYMENT, "transactionId": TRANSACTION}
LEGACY = {"payment_id": PAYMENT, "tx_id": TRANSACTION, "status": "Paid"}
V1 = {"imp_uid": "imp_763870411022", "merchant_uid": PAYMENT, "status": "paid"}
LEGACY_WORDS = [
    "Ready",
    "Paid",
    "VirtualAccountIssued",
    "PartialCancelled",
    "Cancelled",
    "Failed",
    "PayPending",
    "CancelPending",
]
TELLING = [*LEGACY_WORDS, "DisputeCreated", "DisputeResolved"]


def news(kind: object = "Transaction.Paid", data: object = None, **more: Any) -> bytes:
    """The current version's body; a change to None leaves the field of the data out."""
    shown = {name: value for name, value in (DATA | (data or {})).items() if value is not None} if data != [] else []
    return json.dumps({"type": kind, "timestamp": "2026-11-23T02:00:00.000Z", "data": shown} | more).encode()


def legacy(**changes: Any) -> bytes:
    """The body of version 2024-01-01; a change to None leaves the field out."""
    return json.dumps({name: value for name, value in (LEGACY | changes).items() if value is not None}).encode()


def form(**changes: str) -> bytes:
    """The same as a form."""
    return "&".join(f"{name}={value}" for name, value in (LEGACY | changes).items()).encode()


@pytest.mark.parametrize("word", TELLING)
def test_every_type_that_portone_documents(word: str) -> None:
    kind = f"Transaction.{word}"
    assert parse_v2(JSON, news(kind)) == Notice(TRANSACTION, PAYMENT, kind, "")
    assert parse_v2(JSON, news(kind, {"cancellationId": CANCEL})) == Notice(TRANSACTION, PAYMENT, kind, CANCEL)


@pytest.mark.parametrize("word", TELLING)
@pytest.mark.parametrize("data", [[], {"paymentId": None}, {"transactionId": None}], ids=["none", "order", "attempt"])
def test_types_that_name_a_payment_must_name_it(word: str, data: object) -> None:
    with pytest.raises(Malformed):
        parse_v2(JSON, news(f"Transaction.{word}", data))


@pytest.mark.parametrize("word", [*LEGACY_WORDS, "SomethingNew"])
def test_the_legacy_version_as_json_and_as_a_form(word: str) -> None:
    expected = Notice(TRANSACTION, PAYMENT, word, "")
    assert parse_v2(JSON, legacy(status=word)) == expected
    assert parse_v2(FORM, form(status=word)) == expected


@pytest.mark.parametrize(
    ("content_type", "body", "payment_id"),
    [
        ("Application/JSON ; charset=utf-8", news(), PAYMENT),
        (JSON, news(data={"paymentId": "다른 가게의 주문"}), "다른 가게의 주문"),
        (JSON, news(data={"paymentId": "o" * 64, "xFuture": {"since": [1]}}, xFuture=1), "o" * 64),
        (FORM, form(payment_id="%EC%A3%BC%EB%AC%B8+1"), "주문 1"),
    ],
)
def test_what_may_stand_in_it(content_type: str, body: bytes, payment_id: str) -> None:
    notice = parse_v2(content_type, body)
    assert (notice.order_id, notice.provider_id) == (payment_id, TRANSACTION)


@pytest.mark.parametrize(
    "body",
    [
        *(news(f"BillingKey.{word}", {"billingKey": "b-1"}) for word in ("Ready", "Issued", "Failed", "Deleted")),
        news("Transaction.Confirm", {"totalAmount": 1000}),
        news("Transaction.Confirm", {"storeId": None, "totalAmount": 1000}),
        news("Payout.Done"),
        news("transaction.paid"),
        news("Payout.Done", []),
        news("Transaction.OfTomorrow", []),
        news("Transaction.OfTomorrow", {"paymentId": None}),
        news("Transaction.OfTomorrow", {"transactionId": None}),
    ],
)
def test_other_types_are_notices_about_nothing(body: bytes) -> None:
    assert parse_v2(JSON, body) == Notice("", "", json.loads(body)["type"], "")


def test_an_unknown_type_that_names_a_payment_is_about_it() -> None:
    assert parse_v2(JSON, news("Transaction.OfTomorrow")) == Notice(TRANSACTION, PAYMENT, "Transaction.OfTomorrow", "")


@pytest.mark.parametrize(
    ("content_type", "body", "hint"),
    [
        ("", news(), "Send application/json"),
        ("text/plain", news(), "Send application/json"),
        (JSON, b"", "not valid"),
        (JSON, b"[]", "object"),
        (JSON, b'{"type":"a","type":"b"}', "twice"),
        (JSON, news() + b"\xff", "not valid"),
        (JSON, b"[" * MAX_BODY, "deeply"),
        (JSON, news(note="x" * MAX_BODY), "longer than"),
        (JSON, news(data={"paymentId": "a\0b"}), "NUL"),
        (JSON, news(""), "type"),
        (JSON, news(None), "type"),
        (JSON, news(["Transaction.Paid"]), "type"),
        (JSON, news("T" * 51), "type"),
        (JSON, news(data=[]), "data"),
        (JSON, news(data={"paymentId": None}), "paymentId"),
        (JSON, news(data={"paymentId": ""}), "paymentId"),
        (JSON, news(data={"paymentId": "o" * 65}), "paymentId"),
        (JSON, news(data={"paymentId": "a\x07b"}), "paymentId"),
        (JSON, news(data={"paymentId": "\ud800"}), "paymentId"),
        (JSON, news(data={"paymentId": 7}), "paymentId"),
        (JSON, news(data={"transactionId": None}), "transactionId"),
        (JSON, news(data={"transactionId": "a/../b"}), "transactionId"),
        (JSON, news(data={"transactionId": "t" * 65}), "transactionId"),
        (JSON, news(data={"cancellationId": ["c"]}), "cancellationId"),
        (JSON, news(data={"cancellationId": "c" * 256}), "cancellationId"),
        (JSON, legacy(payment_id=None), "payment_id"),
        (JSON, legacy(tx_id=None), "tx_id"),
        (JSON, legacy(status=None), "status"),
        (JSON, legacy(status=7), "status"),
        (FORM, form(status="p" * 51), "status"),
        (FORM, form(tx_id=""), "tx_id"),
        (FORM, form() + b"&status=Failed", "twice"),
        (FORM, form(payment_id="%ff"), "not valid"),
        (FORM, form(payment_id="o%00"), "NUL"),
        (FORM, b"type=Transaction.Paid&data=x", "data"),
    ],
)
def test_what_portone_does_not_send(content_type: str, body: bytes, hint: str) -> None:
    with pytest.raises(Malformed, match=hint) as caught:
        parse_v2(content_type, body)
    assert caught.value.code == "webhook_malformed"


@pytest.mark.parametrize(
    ("content_type", "body", "expected"),
    [
        (JSON, news(), True),
        (JSON, news("BillingKey.Issued"), True),
        (JSON, news("Transaction.OfTomorrow", []), True),
        (JSON, legacy(), True),
        (FORM, form(), True),
        (JSON, json.dumps(V1).encode(), False),
        (FORM, b"imp_uid=imp_1&merchant_uid=ord7k3m&status=paid", False),
        (JSON, json.dumps(V1 | {"type": "x", "data": {}, "tx_id": "t"}).encode(), False),
        (JSON, json.dumps({"merchant_uid": PAYMENT, "status": "paid"}).encode(), False),
        (JSON, b"{}", False),
    ],
)
def test_the_generations_are_distinguished(content_type: str, body: bytes, expected: bool) -> None:
    assert is_v2(content_type, body) is expected


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("text/plain", news()),
        (JSON, b""),
        (JSON, b"[]"),
        (JSON, b"\xff"),
        (JSON, b"x" * (MAX_BODY + 1)),
        (FORM, b"%00="),
    ],
)
def test_bodies_of_neither_generation_are_malformed(content_type: str, body: bytes) -> None:
    with pytest.raises(Malformed):
        is_v2(content_type, body)


VALUES = some.recursive(
    some.none() | some.booleans() | some.integers() | some.text(max_size=70),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
KINDS = some.sampled_from([*(f"Transaction.{word}" for word in TELLING), "Transaction.Confirm", "BillingKey.Issued"])
DATAS = some.dictionaries(some.sampled_from([*DATA, "cancellationId"]), VALUES)
FIELDS = some.dictionaries(some.sampled_from([*LEGACY, "type", "data", "imp_uid"]) | some.text(max_size=5), VALUES)
BODIES = (
    some.binary()
    | FIELDS.map(lambda fields: json.dumps(LEGACY | fields).encode())
    | some.builds(lambda kind, data: news(kind, data), KINDS | VALUES, DATAS)
    | some.text().map(lambda text: text.encode())
)
TYPES = some.sampled_from([JSON, FORM, f"{JSON}; charset=euc-kr", ""]) | some.text(max_size=30)


@given(TYPES, BODIES)
@example(JSON, b"[" * MAX_BODY)
@example(JSON, b"9" * MAX_BODY)
@example(FORM, b"%" * MAX_BODY)
def test_any_bytes_are_a_notice_or_malformed(content_type: str, body: bytes) -> None:
    try:
        notice = parse_v2(content_type, body) if is_v2(content_type, body) else parse_v1(content_type, body)
    except Malformed:
        return
    texts = list(vars(notice).values())
    assert all(isinstance(text, str) and text.isprintable() and len(text) <= 255 for text in texts)
    assert bool(notice.provider_id) == bool(notice.order_id)
