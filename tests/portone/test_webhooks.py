"""A webhook's body is untrusted input: it is a notice, or it is refused with a message."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pitturu.domain.errors import Malformed
from pitturu.portone.webhooks import MAX_BODY, Notice, parse_v1

JSON, FORM = "application/json", "application/x-www-form-urlencoded"
PAID = {"imp_uid": "imp_763870411022", "merchant_uid": "ord7k3m", "status": "paid"}
NOTICE = Notice(provider_id="imp_763870411022", order_id="ord7k3m", status="paid", cancellation_id="")


def as_json(**changes: Any) -> bytes:
    return json.dumps(PAID | changes).encode()


@pytest.mark.parametrize(
    ("content_type", "body", "expected"),
    [
        (JSON, as_json(), NOTICE),
        ("Application/JSON ; charset=utf-8", as_json(), NOTICE),
        (JSON, as_json(cancellation_id=None), NOTICE),
        (JSON, as_json(cancellation_id="c-2"), Notice("imp_763870411022", "ord7k3m", "paid", "c-2")),
        (JSON, as_json(merchant_uid="다른 가게의 주문"), Notice("imp_763870411022", "다른 가게의 주문", "paid", "")),
        (JSON, as_json(x_future={"since": [1]}), NOTICE),
        (FORM, b"imp_uid=imp_763870411022&merchant_uid=ord7k3m&status=paid", NOTICE),
        (FORM, b"imp_uid=imp_763870411022&merchant_uid=ord7k3m&status=paid&cancellation_id=", NOTICE),
        (FORM, b"imp_uid=imp_1&merchant_uid=%EC%A3%BC%EB%AC%B8+1&status=ready", Notice("imp_1", "주문 1", "ready", "")),
    ],
)
def test_what_portone_sends(content_type: str, body: bytes, expected: Notice) -> None:
    assert parse_v1(content_type, body) == expected


def test_an_event_without_a_status_is_a_notice_too() -> None:
    escrow = as_json(event="Inicis.Escrow.Changed", extra={"escrow_status": "denied", "denied_reason": "파손"})
    assert parse_v1(JSON, escrow) == replace(NOTICE, status="escrow.denied")
    for strange in ({"escrow_status": "<b>"}, {"escrow_status": ["denied"]}, "denied", None):
        told = as_json(event="Inicis.Escrow.Changed", extra=strange, status=None)
        assert parse_v1(JSON, told).status == "escrow.changed"
    store = json.dumps({"event": "Galaxia.Cvs.Confirm", "imp_uid": "imp_1", "merchant_uid": "o1"}).encode()
    assert parse_v1(JSON, store) == Notice("imp_1", "o1", "", "")


@pytest.mark.parametrize(
    ("content_type", "body", "hint"),
    [
        ("", as_json(), "Send application/json"),
        ("text/plain", as_json(), "Send application/json"),
        ("multipart/form-data; boundary=x", as_json(), "Send application/json"),
        (JSON, b"", "not valid"),
        (JSON, b"[]", "object"),
        (JSON, b'"imp_1"', "object"),
        (JSON, b'{"imp_uid":"a","imp_uid":"b","merchant_uid":"o","status":"paid"}', "twice"),
        (JSON, as_json() + b"\xff", "not valid"),
        (JSON, b"[" * MAX_BODY, "deeply"),
        (JSON, as_json(note="x" * MAX_BODY), "longer than"),
        (JSON, as_json(note="a\0b"), "NUL"),
        (JSON, as_json(imp_uid=None), "imp_uid"),
        (JSON, as_json(imp_uid=["imp_1"]), "imp_uid"),
        (JSON, as_json(imp_uid="imp_1/../2"), "imp_uid"),
        (JSON, as_json(imp_uid="i" * 65), "imp_uid"),
        (JSON, as_json(imp_uid="imp_1\n"), "imp_uid"),
        (JSON, as_json(merchant_uid=""), "merchant_uid"),
        (JSON, as_json(merchant_uid="o" * 41), "merchant_uid"),
        (JSON, as_json(merchant_uid="a\x07b"), "merchant_uid"),
        (JSON, as_json(merchant_uid="\ud800"), "merchant_uid"),
        (JSON, as_json(merchant_uid={"id": "o"}), "merchant_uid"),
        (JSON, as_json(status=None), "status"),
        (JSON, as_json(status={"a": 1}), "status"),
        (JSON, as_json(status="p" * 51), "status"),
        (JSON, as_json(cancellation_id=["c"]), "cancellation_id"),
        (JSON, as_json(cancellation_id="c" * 256), "cancellation_id"),
        (FORM, b"", "imp_uid"),
        (FORM, b"imp_uid" * 100, r"^.{1,300}$"),
        (FORM, b"imp_uid=a&imp_uid=b&merchant_uid=o&status=paid", "twice"),
        (FORM, b"imp_uid[]=a&merchant_uid=o&status=paid", "imp_uid"),
        (FORM, b"imp_uid=a&merchant_uid=%ff&status=paid", "not valid"),
        (FORM, b"imp_uid=a&merchant_uid=o%00&status=paid", "NUL"),
        (FORM, b"&".join(b"a%d=1" % number for number in range(60)), "not valid"),
    ],
)
def test_what_portone_does_not_send(content_type: str, body: bytes, hint: str) -> None:
    with pytest.raises(Malformed, match=hint) as caught:
        parse_v1(content_type, body)
    assert caught.value.code == "webhook_malformed"


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=70),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
FIELDS = st.dictionaries(st.sampled_from([*PAID, "cancellation_id", "event", "extra"]) | st.text(max_size=5), VALUES)
BODIES = (
    st.binary() | FIELDS.map(lambda fields: json.dumps(PAID | fields).encode()) | st.text().map(lambda t: t.encode())
)
TYPES = st.sampled_from([JSON, FORM, f"{JSON}; charset=euc-kr", ""]) | st.text(max_size=30)


@given(TYPES, BODIES)
@example(JSON, b"[" * MAX_BODY)
@example(JSON, b"9" * MAX_BODY)
@example(FORM, b"%" * MAX_BODY)
def test_any_bytes_are_a_notice_or_malformed(content_type: str, body: bytes) -> None:
    try:
        notice = parse_v1(content_type, body)
    except Malformed:
        return
    texts = list(vars(notice).values())
    assert all(isinstance(text, str) and text.isprintable() and len(text) <= 255 for text in texts)
    assert notice.provider_id
    assert notice.order_id
