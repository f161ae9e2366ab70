"""PortOne V2's feeds by cursor: every payment of a store, and all money that moved, page by page."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pitturu.domain.provider_listing import Page
from pitturu.portone import v2_parse
from pitturu.portone.reading import Unreadable
from pitturu.portone.transport import Timeouts
from pitturu.portone.v2 import V2Gateway
from tests.fake_portone import PortOne
from tests.values import V2_SECRET, V2_STORE

LIMITS: dict[str, Any] = {"timeouts": Timeouts(connect=5.0, read=20.0, whole=20.0), "pool_size": 4}


def window(portone: PortOne, order: str, generation: str = "v2") -> str:
    """The buyer opens a window."""
    wish = {"generation": generation, "merchant_uid": order, "amount": 15_400, "sandbox": True}
    return str(portone.control("POST", "payments", wish)["imp_uid"])


def pay(portone: PortOne, order: str, generation: str = "v2") -> str:
    """The buyer opens a window and pays."""
    attempt = window(portone, order, generation)
    portone.control("POST", f"payments/{attempt}/approve", {})
    return attempt


@pytest.fixture
def gateway(fresh_portone: PortOne) -> Iterator[V2Gateway]:
    opened = V2Gateway(fresh_portone.v2_url, V2_SECRET, V2_STORE, **LIMITS)
    yield opened
    opened.close()


def walked(ask: Callable[[Page], tuple[tuple[Any, ...], str]], size: int) -> list[list[Any]]:
    """Every page until the empty one."""
    now, pages, cursor = datetime.now(UTC), [], ""
    while True:
        found, cursor = ask(Page(now - timedelta(days=1), now + timedelta(days=1), cursor, size))
        if not cursor:
            assert found == ()
            return pages
        pages.append(list(found))


def test_every_payment_is_listed_once_including_v1s(gateway: V2Gateway, portone: PortOne) -> None:
    orders = [f"order{number}" for number in range(5)]
    attempts = [pay(portone, order) for order in orders[:3]]
    attempts += [pay(portone, orders[3], "v1"), window(portone, orders[4])]

    pages = walked(gateway.payments, 2)

    assert [len(page) for page in pages] == [2, 2, 1]
    assert [(one.order_id, one.provider_id) for page in pages for one in page] == list(
        zip(orders, attempts, strict=True)
    )


def test_money_that_came_and_went(gateway: V2Gateway, portone: PortOne) -> None:
    attempt = pay(portone, "ord1")
    window(portone, "never-paid")
    for amount in (400, 15_000):
        portone.control("POST", f"payments/{attempt}/console-cancel", {"amount": amount})

    events = [event for page in walked(gateway.events, 2) for event in page]

    assert sorted(event.amount for event in events) == [-15_000, -400, 15_400]
    assert {event.provider_id for event in events} == {attempt}
    assert sum(bool(event.cancellation_id) for event in events) == 2
    assert all(event.at is not None for event in events)


def test_payments_outside_the_window_are_not_listed(gateway: V2Gateway, portone: PortOne) -> None:
    pay(portone, "ord1")
    past = datetime(2020, 1, 1, tzinfo=UTC)
    assert gateway.payments(Page(past, past + timedelta(days=1))) == ((), "")


@pytest.mark.parametrize(
    "answer",
    [
        [],
        {},
        {"items": {}},
        {"items": [1]},
        {"items": [{"cursor": "c"}]},
        {"items": [{"paymentEvent": {}, "cursor": "c"}]},
        {"items": [{"paymentEvent": {"eventAmount": "1", "transactionId": "t", "paymentId": "p"}, "cursor": "c"}]},
        {"items": [{"paymentEvent": {"eventAmount": 1, "transactionId": "t", "paymentId": "p"}, "cursor": 7}]},
    ],
)
def test_invalid_pages(answer: object) -> None:
    with pytest.raises(Unreadable):
        v2_parse.events(answer)
