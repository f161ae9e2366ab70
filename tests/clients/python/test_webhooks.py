"""Events that pitturu posts are verified as it signs them; everything else is refused."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from pitturu_client import EventType, InvalidEvent, verify_event

from tests.outbound.events import created
from tests.portone.faulty_server import FaultyServer, Received, http, says
from tests.shop import Shop

OTHER = "whsec_c2VjcmV0IG9mIHNvbWVib2R5IGVsc2U="


@pytest.fixture
def posted(shop: Shop) -> tuple[Received, str]:
    """An event as it arrived, and the secret of the endpoint."""
    with FaultyServer(says(http(b""))) as receiver:
        endpoint = created(shop, f"{receiver.url}/hooks")
        shop.paid()
        (request,) = receiver.requests
        return request, endpoint.secret


def test_an_event_that_was_posted(posted: tuple[Received, str]) -> None:
    request, secret = posted
    event = verify_event(request.body, request.headers, secret)

    assert (event.type, event.data.amount) == (EventType.PAYMENT_PAID, 10_000)
    assert event.id == request.headers["webhook-id"]
    assert verify_event(request.body, request.headers, [OTHER, secret]) == event, "one of several secrets is enough"


CHANGES: dict[str, Callable[[Received], Received]] = {
    "body": lambda it: replace(it, body=it.body.replace(b"10000", b"10001")),
    "no headers": lambda it: replace(it, headers={}),
    "another id": lambda it: replace(it, headers=it.headers | {"webhook-id": "evt1"}),
    "no signature": lambda it: replace(it, headers=it.headers | {"webhook-signature": "v1"}),
    "not base64": lambda it: replace(it, headers=it.headers | {"webhook-signature": "v1,é"}),
    "a symmetric one": lambda it: replace(it, headers=it.headers | {"webhook-signature": "v1a,AAAA"}),
    "no time": lambda it: replace(it, headers=it.headers | {"webhook-timestamp": "soon"}),
    "endless time": lambda it: replace(it, headers=it.headers | {"webhook-timestamp": "9" * 30}),
    "no utf-8": lambda it: replace(it, body=b"\xff"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_is_not_signed(posted: tuple[Received, str], change: str) -> None:
    request = CHANGES[change](posted[0])

    with pytest.raises(InvalidEvent):
        verify_event(request.body, request.headers, posted[1])


def test_another_secret(posted: tuple[Received, str]) -> None:
    with pytest.raises(InvalidEvent):
        verify_event(posted[0].body, posted[0].headers, OTHER)


def test_an_event_is_refused_after_five_minutes(posted: tuple[Received, str]) -> None:
    request, secret = posted
    with time_machine.travel(timedelta(minutes=6)), pytest.raises(InvalidEvent):
        verify_event(request.body, request.headers, secret)


@pytest.mark.parametrize("secrets", [[], [""], "whsec_"])
def test_a_shop_without_a_secret(posted: tuple[Received, str], secrets: str | list[str]) -> None:
    """Without one, anybody could sign."""
    with pytest.raises(ValueError, match="secret"):
        verify_event(posted[0].body, posted[0].headers, secrets)
