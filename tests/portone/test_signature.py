"""Signed webhooks: the published arithmetic and its limits; whatever else stands in the headers is `Forged`."""

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as some

from pitturu.domain import clock
from pitturu.portone import signature
from pitturu.portone.signature import Forged, Signed, key_of, verify
from tests import portone_sdk, v2

SECRET = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX"
NAME, AT = "wh_example_0001", 1_764_547_200
PAID = (
    b'{"type":"Transaction.Paid","timestamp":"2025-12-01T00:00:00.000Z","data":{"storeId":"store-11111111-2222-4333-8444'
    b'-555555555555","paymentId":"order-20251201-0001","transactionId":"019ad6f0-0000-7000-8000-000000000001"}}'
)
CANCELLED = (
    '{"type":"Transaction.Cancelled","timestamp":"2025-12-01T00:00:00.000Z","data":{"storeId":"store-1","paymentId":"주문-1",'
    '"transactionId":"tx-1","cancellationId":"cancel-1"}}'
).encode()
PAID_MARK = "v1,kPC/NpBaEl5/LUUEp9wbzK6pfty2WpuLG1uRvHHJhjQ="
CANCELLED_MARK = "v1,vih7uH6e3m09OUV/d+COKRP7/pxMIwlCev15njB+Nco="
OTHER = b"another key of 24 bytes!"


@pytest.fixture(autouse=True)
def that_day() -> Iterator[None]:
    """Ten seconds after the webhooks were signed."""
    turn(10)
    yield
    clock.use(None)


def turn(seconds: int) -> None:
    clock.use(lambda: datetime.fromtimestamp(AT + seconds, UTC))


def signed(marks: str = PAID_MARK, name: str = NAME, at: str = str(AT)) -> Signed:
    return Signed(name, at, marks)


@pytest.mark.parametrize(("body", "mark"), [(PAID, PAID_MARK), (CANCELLED, CANCELLED_MARK)])
def test_known_signatures(body: bytes, mark: str) -> None:
    assert signature.sign(key_of(SECRET), NAME, str(AT), body) == mark
    verify([key_of(SECRET)], signed(mark), body)


def test_one_good_signature_among_others_is_enough() -> None:
    verify([key_of(SECRET)], signed(f"v1,AAAA v1a,xyz {PAID_MARK}"), PAID)
    verify([key_of(SECRET)], signed(f"v1 v1,A v1,\ud55c v1,a,b {PAID_MARK}"), PAID)


def test_either_key_while_secrets_are_changed() -> None:
    verify([OTHER, key_of(SECRET)], signed(), PAID)
    verify([key_of(SECRET)], signed(f"{signature.sign(OTHER, NAME, str(AT), PAID)} {PAID_MARK}"), PAID)


@pytest.mark.parametrize("seconds", [-300, 0, 300])
def test_five_minutes_are_tolerated(seconds: int) -> None:
    turn(seconds)
    verify([key_of(SECRET)], signed(), PAID)


@pytest.mark.parametrize("seconds", [-301, 301])
def test_more_than_five_minutes_are_refused(seconds: int) -> None:
    turn(seconds)
    with pytest.raises(Forged, match="5 minutes"):
        verify([key_of(SECRET)], signed(), PAID)


@pytest.mark.parametrize(
    "headers",
    [
        signed(name=""),
        signed(at=""),
        signed(""),
        signed(at="x"),
        signed(at="1764547200.5"),
        signed(at="١٧٦٤٥٤٧٢٠٠"),
        signed(name="wh_other"),
        signed(at=str(AT + 1)),
        signed("v1"),
        signed("v1,"),
        signed(PAID_MARK.removeprefix("v1,")),
        signed(PAID_MARK.replace("v1,", "v1a,")),
        signed(PAID_MARK.replace(",", ",,")),
        signed(PAID_MARK.replace("v1", "V1")),
        signed(PAID_MARK.replace("v1", "v2")),
        signed(PAID_MARK.removesuffix("=")),
        signed(PAID_MARK + "\n"),
        signed(PAID_MARK.replace("v1,", "v1,*")),
        signed(PAID_MARK + "AAAA"),
        signed(PAID_MARK.replace(" ", "") + "\tv1,AAAA"),
        signed("v1,\ud55c\uae00 \xe9 \ud800"),
        signed(name="wh_\ud800"),
        signed(at=f"0{AT}"),
        signed(at=f"+{AT}"),
        signed(at=f"-{AT}"),
        signed(at=f" {AT}"),
        signed(at="9" * 400),
        signed("v1,AAAA " * 20 + PAID_MARK),
    ],
)
def test_what_is_not_exactly_so_is_forged(headers: Signed) -> None:
    with pytest.raises(Forged):
        verify([key_of(SECRET)], headers, PAID)


@pytest.mark.parametrize("body", [PAID + b" ", PAID[:-1], b"", CANCELLED, b"\xff"])
def test_other_bytes_are_forged(body: bytes) -> None:
    with pytest.raises(Forged):
        verify([key_of(SECRET)], signed(), body)


def test_without_a_key_everything_is_forged() -> None:
    with pytest.raises(Forged):
        verify([], signed(), PAID)


ANY = some.text(some.characters(exclude_categories=()))


@given(ANY, ANY, ANY, some.binary())
@example("\ud800", str(AT), "\ud800", b"")
def test_any_other_input_raises_forged_only(name: str, at: str, marks: str, body: bytes) -> None:
    for headers in (Signed(name, at, marks), signed(marks), signed(name=name + "!")):
        with pytest.raises(Forged):
            verify([key_of(SECRET)], headers, body)


@given(some.binary(min_size=16, max_size=64), some.text(min_size=1, max_size=50), some.text())
def test_the_sdk_makes_the_same_signature(key: bytes, name: str, text: str) -> None:
    secret = "whsec_" + base64.b64encode(key).decode()
    mark = portone_sdk.signature(secret, name, AT, text)
    verify([key_of(secret)], signed(mark, name), text.encode())
    assert signature.sign(key_of(secret), name, str(AT), text.encode()) == v2.signature(secret, name, AT, text) == mark


@given(some.binary(min_size=16, max_size=64), some.dictionaries(some.text(max_size=5), some.text(max_size=5)))
def test_the_sdk_accepts_our_signature(key: bytes, shown: dict[str, str]) -> None:
    """Which looks at the machine's own clock. It is imported here, as in `tests.portone_sdk`."""
    from portone_server_sdk import webhook

    clock.use(None)
    secret, body = base64.b64encode(key).decode(), json.dumps(shown)
    at = str(int(clock.now().timestamp()))
    headers = {"webhook-id": NAME, "webhook-timestamp": at, "webhook-signature": ""}
    headers["webhook-signature"] = f"v1,AAAA {signature.sign(key_of(secret), NAME, at, body.encode())}"
    assert webhook.verify(secret, body, headers) == shown


@pytest.mark.parametrize(
    "secret",
    [
        "",
        "whsec_",
        "whsec_\ud55c\uae00",
        "whsec_whsec_" + "A" * 32,
        " " + SECRET,
        "whsec_AAAA",
        "whsec_not base64 at all!",
        "whsec_" + "A" * 21,
    ],
)
def test_invalid_secrets(secret: str) -> None:
    with pytest.raises(ValueError, match="it is"):
        key_of(secret)


@pytest.mark.parametrize(("size", "passes"), [(15, False), (16, True), (24, True), (64, True)])
def test_a_secret_has_sixteen_bytes_at_least(size: int, passes: bool) -> None:
    secret = "whsec_" + base64.b64encode(bytes(size)).decode()
    if passes:
        assert key_of(secret) == bytes(size)
    else:
        with pytest.raises(ValueError, match="too short"):
            key_of(secret)


def test_the_prefix_may_be_left_out() -> None:
    assert key_of(SECRET) == key_of(SECRET.removeprefix("whsec_")) == bytes(range(24))
