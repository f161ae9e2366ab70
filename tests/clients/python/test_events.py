"""A shop's server reads events and manages its endpoints."""

from datetime import UTC, datetime, timedelta

import pytest
from pitturu_client import EventType, NotAllowed, Pitturu
from pitturu_client.errors import EndpointPaused

from pitturu.domain.shop_events import ShopEventType
from tests.shop import Shop
from tests.waiting import until

URL = "http://127.0.0.1:1/hooks"


def visible(admin: Pitturu, count: int) -> bool:
    """Whether so many events can be read: not while a transaction of another test is open that began before them."""
    return len(admin.events.page().items) == count


def test_events_are_read_with_a_cursor(admin: Pitturu, shop: Shop) -> None:
    session = shop.paid()
    until(lambda: visible(admin, 1), "the event")
    page = admin.events.page()
    (event,) = page.items

    assert (event.type, event.sequence) == (EventType.PAYMENT_PAID, 1)
    assert (event.data.session_id, event.data.amount) == (session["session_id"], 10_000)
    shop.cancel(session)
    shop.drain()
    shop.paid(user="duri")
    until(lambda: visible(admin, 3), "two more events")
    found = [one for part in admin.events.since(page.cursor) for one in part.items]
    assert {one.type for one in found} == {EventType.PAYMENT_CANCELLED, EventType.PAYMENT_PAID}
    cancelled = next(one for one in found if one.type == EventType.PAYMENT_CANCELLED)
    assert cancelled.data.refund is not None
    assert cancelled.data.refund.amount == 10_000
    assert [one.type for one in admin.events.page(types=[EventType.PAYMENT_CANCELLED]).items] == ["payment.cancelled"]


def test_pages_go_on_until_nothing_is_left(admin: Pitturu, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    for user in ("hana", "duri", "sena"):
        shop.paid(user=user)
    until(lambda: visible(admin, 3), "three events")
    whole = admin.events.page
    monkeypatch.setattr(admin.events, "page", lambda after, types: whole(after, types=types, limit=2))

    assert [len(page.items) for page in admin.events.since()] == [2, 1]


def test_an_endpoint_from_creation_to_deletion(admin: Pitturu, shop: Shop) -> None:
    created = admin.event_endpoints.create(URL, types=[EventType.PAYMENT_PAID], description="orders")
    assert created.secret.startswith("whsec_")
    assert [one.endpoint_id for one in admin.event_endpoints.list()] == [created.endpoint_id]
    assert admin.event_endpoints.rotate(created.endpoint_id).secret != created.secret
    assert admin.event_endpoints.change(created.endpoint_id, types=[]).types == []

    event_id = admin.event_endpoints.test(created.endpoint_id)
    (delivery,) = admin.event_endpoints.deliveries(created.endpoint_id).items
    assert (delivery.event_id, delivery.type) == (event_id, EventType.ENDPOINT_TEST)
    since = datetime.now(UTC) - timedelta(hours=1)
    assert admin.event_endpoints.replay(created.endpoint_id, since=since).replayed == 0

    assert admin.event_endpoints.change(created.endpoint_id, enabled=False).paused_at is not None
    with pytest.raises(EndpointPaused):
        admin.event_endpoints.replay(created.endpoint_id, event_ids=[event_id])
    assert admin.event_endpoints.resume(created.endpoint_id).endpoint.enabled
    admin.event_endpoints.delete(created.endpoint_id)
    assert admin.event_endpoints.list() == []


def test_buyers_read_no_events(pitturu: Pitturu) -> None:
    with pytest.raises(NotAllowed) as refused:
        pitturu.events.page()
    assert refused.value.code == "operators_only"


def test_every_type_is_known() -> None:
    assert [*EventType] == [*ShopEventType]
